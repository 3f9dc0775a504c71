"""Checks who includes whom, and that each outside library stays behind its one door.

    python3 tests/check_includes.py [ROOT]

Prints one line per violation and ends with exit code 1 if there is any.
"""

import pathlib
import re
import sys

# What each directory of lib/ravine may include besides itself. optim and problems never see each
# other: they meet in train, in the only training loop.
ALLOWED = {
    "core": set(),
    "linalg": {"core"},
    "io": {"core"},
    "data": {"core", "linalg", "io"},
    "nn": {"core", "linalg", "io"},
    "problems": {"core", "linalg", "io", "data", "nn"},
    "optim": {"core", "linalg"},
    "testing": {"core", "problems"},
    "results": {"core", "io"},
    "train": {"core", "linalg", "io", "data", "nn", "problems", "optim", "results"},
    "plan": {"core", "linalg", "io", "data", "nn", "problems", "optim", "results", "train"},
    "run": {"core", "linalg", "io", "data", "nn", "problems", "optim", "results", "train", "plan"},
    "cli": {"core", "linalg", "io", "data", "nn", "problems", "optim", "results", "train", "plan", "run"},
}

# What only some files of the library and the suites may use: (what, pattern of the line, files).
DOORS = [
    ("OpenMP threads", r'#\s*include\s*<omp\.h>|#\s*pragma\s+omp\s+(?!simd\b|declare\s+simd\b)',
     r"lib/ravine/core/parallel\.\w+"),
    # libm's last bits differ between versions: core/math for spans, core/portable for numbers.
    ("functions of libm", r'.*\bstd::(pow|exp2?|expm1|log(2|10|1p)?|sinh?|cosh?|tanh?|asin|acos|atan2?|'
     r'hypot|cbrt|erfc?|[lt]gamma)\(', r"lib/ravine/core/portable\.cpp"),
    # Its last bits follow its version and the sizes of caches: tests compare with it, nothing computes with it.
    ("Eigen", r'#\s*include\s*[<"](Eigen|unsupported/Eigen)/', r"(?!)"),
    ("HDF5", r'#\s*include\s*[<"](hdf5|H5)\w*\.h', r"lib/ravine/io/.*"),
    ("Boost.Program_options", r'#\s*include\s*<boost/program_options', r"lib/ravine/cli/configuration\.cpp"),
    # Its printing throws, also where a message cannot be written: say() and answer() know what to do.
    ("printing", r'.*(\bfmt::print\(|\bstd::(cout|cerr|clog)\b|\bf?printf\(|\bf?puts\()',
     r"lib/ravine/core/messages\.\w+"),
]
# And of the tests: two of their programs run side by side, where a fixed name belongs to both.
TEST_DOORS = [
    ("the folder of temporary files", r".*(\bTempDir\(|\btemp_directory_path\()",
     r"tests/(support/temporary_folder\.hpp|fuzz/.*)"),
]

INCLUDE = re.compile(r'^\s*#\s*include\s*"ravine/([^"]+)"')
SUFFIXES = {".hpp", ".cpp", ".h", ".cc"}


def sources(folder):
    return sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES)


def lines(path):
    return enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)


def layer_violations(root):
    """Includes of lib/ravine that go against the table."""
    library = root / "lib" / "ravine"
    for path in sources(library):
        parts = path.relative_to(library).parts
        if len(parts) == 1:  # export.hpp and the like belong to no layer
            continue
        layer = parts[0]
        if layer not in ALLOWED:
            yield f"{path.relative_to(root)}: directory '{layer}' has no row in tests/check_includes.py"
            continue
        for number, line in lines(path):
            match = INCLUDE.match(line)
            if not match or match[1] == "export.hpp":
                continue
            included = match[1].split("/")[0]
            if included != layer and included not in ALLOWED[layer]:
                allowed = ", ".join(sorted(ALLOWED[layer])) or "nothing else"
                yield (f"{path.relative_to(root)}:{number}: {layer} includes ravine/{match[1]}, "
                       f"but {layer} may include {allowed}")


def door_violations(root):
    """Uses of what stands behind a door in other files than the door."""
    places = [(path, DOORS) for path in sources(root / "lib") + sources(root / "suites")]
    for path, doors in places + [(path, TEST_DOORS) for path in sources(root / "tests")]:
        name = path.relative_to(root).as_posix()
        for what, pattern, door in doors:
            if re.fullmatch(door, name):
                continue
            for number, line in lines(path):
                if re.match(r"\s*(?:" + pattern + ")", line):
                    yield f"{name}:{number}: {what} is used here, but belongs in {door} only"


def public_headers(root):
    """The headers that are installed: HEADERS of the rooms in lib/CMakeLists.txt."""
    text = (root / "lib" / "CMakeLists.txt").read_text(encoding="utf-8")
    rooms = re.findall(r"^ravine_room\((\w+).*?\bHEADERS\b(.*?)\)", text, re.DOTALL | re.MULTILINE)
    return [f"ravine/{room}/{name}.hpp" for room, names in rooms for name in names.split()]


def header_violations(root):
    """Public headers that include a header which is not installed."""
    public = public_headers(root)
    for name in public:
        path = root / "lib" / name
        if not path.exists():
            yield f"lib/CMakeLists.txt: HEADERS lists {name}, which does not exist"
            continue
        for number, line in lines(path):
            match = INCLUDE.match(line)
            if match and match[1] != "export.hpp" and f"ravine/{match[1]}" not in public:
                yield (f"lib/{name}:{number}: a public header includes ravine/{match[1]}, which "
                       "no HEADERS list")


def violations(root):
    return [*layer_violations(root), *door_violations(root), *header_violations(root)]


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1]
    found = violations(root)
    for violation in found:
        print(violation)
    if found:
        sys.exit(1)
    print(f"{len(sources(root / 'lib'))} files follow the table")


if __name__ == "__main__":
    main()
