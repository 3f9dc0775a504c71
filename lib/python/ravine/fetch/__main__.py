"""Fetch the real data sets of the catalog, verified by size and SHA-256.

Without NAME: every set that has a public URL, or every set of the mirror. A broken download stays
as FILE.part and is resumed by the next run; FILE itself appears only when it is complete and right.

Exit codes: 0 all files are there; 1 some could not be fetched; 2 misuse.
"""

import argparse
import sys
from pathlib import Path

from .. import errors, places
from .catalog import is_right, read_catalog, select
from .files import fetch, is_url, source_of
from .words import Failure, printable, reason_of


def size_text(count):
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.1f} kB"


def bring(entry, arguments):
    """Brings one file and says so in one line; True if it is there afterwards."""
    target = arguments.to / entry.file
    if is_right(target, entry):
        print(f"{entry.file}: already there")
        return True
    print(f"{entry.file}: ", end="", flush=True)
    try:
        source = source_of(entry, arguments.mirror)
        print(f"{size_text(entry.bytes)} from {printable(source)} ... ", end="", flush=True)
        fetch(entry, target, source)
    except BrokenPipeError:
        raise
    except Failure as error:
        print(f"FAILED: {printable(error)}")
        return False
    except OSError as error:
        print(f"FAILED: '{printable(target)}' cannot be written: {reason_of(error)}")
        return False
    print("ok")
    return True


def show_list(entries, folder):
    sets = {}
    for entry in entries:
        sets.setdefault(entry.set, []).append(entry)
    for name, files in sets.items():
        kind = "original" if all(file.kind == "original" for file in files) else "derived"
        here = all((folder / file.file).is_file() for file in files)
        size = size_text(sum(file.bytes for file in files))
        print(f"{printable(name):24} {kind:9} {size:>8}  {'present' if here else ''}".rstrip())


def parse_arguments(words):
    parser = argparse.ArgumentParser(
        prog=places.spoken("scripts/fetch_datasets"), description=places.spoken(__doc__),
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="mnist, fashion_mnist, uci, ...")
    parser.add_argument("--mirror", metavar="DIR|URL",
                        help="source of the files, laid out like datasets/")
    parser.add_argument("--to", type=Path, default=places.ROOT / "datasets", metavar="DIR",
                        help="destination of the files (default: %(default)s)")
    parser.add_argument("--list", action="store_true", help="list the known sets and exit")
    parser.add_argument("--catalog", type=Path, default=places.data_catalog(),
                        metavar="FILE", help="another catalog of the same form")
    return parser.parse_args(words)


def run(arguments):
    entries = read_catalog(arguments.catalog)
    if arguments.mirror and not is_url(arguments.mirror) and not Path(arguments.mirror).is_dir():
        raise errors.Misuse(f"--mirror '{arguments.mirror}' is neither a folder nor an http(s) URL")
    chosen = select(entries, arguments.names) if arguments.names else entries
    if arguments.list:
        show_list(chosen, arguments.to)
        return 0
    if not arguments.names and arguments.mirror is None:
        chosen = [entry for entry in chosen if entry.url != "-"]
    results = [bring(entry, arguments) for entry in chosen]
    failed = results.count(False)
    if failed:
        print(f"{failed} of {len(results)} files could not be fetched", file=sys.stderr)
    return 1 if failed else 0


def main():
    try:
        return run(parse_arguments(sys.argv[1:]))
    except errors.Misuse as error:
        raise errors.Misuse(printable(error)) from error
    except KeyboardInterrupt:
        print(places.spoken("\nscripts/fetch_datasets: stopped; run again to resume"), file=sys.stderr)
        return 130


if __name__ == "__main__":
    errors.run("scripts/fetch_datasets", main)
