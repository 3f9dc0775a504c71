"""Adds up the JUnit files of a folder: junit.py FOLDER prints "PASSED FAILED".

A test with a failure or an error has failed, whatever else it says; one that was skipped, disabled or
not run counts nowhere. A file that nobody has finished (a program that crashed, a runner that never
began) is one failure, and so is a folder without files.
"""

import pathlib
import sys
import xml.etree.ElementTree as xml

BAD = ("failure", "error")
IDLE = ("notrun", "disabled", "suppressed", "skipped")


def count(path):
    """(passed, failed) of one file."""
    try:
        root = xml.parse(path).getroot()
    except (OSError, xml.ParseError):
        return 0, 1
    tests = list(root.iter("testcase"))
    # An error outside of any test, such as one of a file that cannot be collected.
    loose = sum(child.tag in BAD for suite in root.iter("testsuite") for child in suite)
    failed = sum(has_failed(test) for test in tests)
    passed = sum(not has_failed(test) and not is_idle(test) for test in tests)
    return passed, failed + loose


def has_failed(test):
    return test.get("status") == "fail" or any(child.tag in BAD for child in test)


def is_idle(test):
    said = {test.get("status", "").lower(), test.get("result", "").lower()}
    return bool(said & set(IDLE)) or test.find("skipped") is not None


def main(folder):
    counts = [count(path) for path in sorted(pathlib.Path(folder).glob("*.xml"))] or [(0, 1)]
    print(sum(passed for passed, _ in counts), sum(failed for _, failed in counts))


if __name__ == "__main__":
    main(sys.argv[1])
