"""The flags of figures and tables, together in a TOML file that is kept with a paper.

files, problem, optimizer, order and the table [label] hold for both; [figures] and [tables] have what
concerns one. Paths are relative to the file, and a flag replaces what the file says.
"""

import difflib
import pathlib
import tomllib

from .. import errors
from ..study.narrowing import Choice

TEXT, NUMBER, SWITCH, LIST, TABLE = "a text", "a number", "true or false", "a list of texts", "a table of texts"
SHARED = {"files": LIST, "problem": LIST, "optimizer": LIST, "order": LIST, "label": TABLE}
OF_FIGURES = {"for": TEXT, "width": NUMBER, "title": SWITCH, "caption": SWITCH, "figure": LIST, "format": LIST,
              "x": TEXT, "together": SWITCH, "output": TEXT}
OF_TABLES = {"format": TEXT, "output": TEXT}
SECTIONS = {"figures": OF_FIGURES, "tables": OF_TABLES}


def add_flags(parser):
    """The flags that figures and tables share."""
    parser.add_argument("--config", metavar="FILE", type=pathlib.Path,
                        help="a TOML file with the names of these flags as keys, kept with the paper")
    parser.add_argument("--problem", metavar="NAME", action="append",
                        help="only this problem, such as mlp (repeatable)")
    parser.add_argument("--optimizer", metavar="NAME,...", action="append",
                        help="only these optimizers (repeatable)")
    parser.add_argument("--order", metavar="NAME,...", action="append", help="the order of the optimizers")
    parser.add_argument("--label", metavar="NAME=TEXT", action="append",
                        help="what to write for an optimizer, such as \"adam=Adam\" (repeatable)")


def read(path, section):
    """{key: value} of a file: what is shared, and what one section says.

    Raises Misuse for what is not TOML, unknown keys and values of another kind.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise errors.Misuse(f"cannot read '{path}': {error.strerror}; name a TOML file with --config") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise errors.Misuse(f"'{path}' is not TOML: {error}") from error
    _check(path, content, SHARED | dict.fromkeys(SECTIONS, "a table"), "")
    for name, keys in SECTIONS.items():
        _check(path, content.get(name, {}), keys, f"[{name}] ")
    found = {key: value for key, value in content.items() if key in SHARED} | content.get(section, {})
    for key in ("output", "for"):
        if key in found and (key == "output" or found[key].endswith(".mplstyle")):
            found[key] = str(path.parent / found[key])
    if "files" in found:
        found["files"] = [str(path.parent / one) for one in found["files"]]
    return found


def _check(path, content, kinds, where):
    for key, value in content.items():
        if key not in kinds:
            near = difflib.get_close_matches(key, kinds, 1)
            told = f"did you mean '{near[0]}'?" if near else f"choose among {', '.join(kinds)}"
            raise errors.Misuse(f"'{path}' has the unknown key {where}'{key}': {told}")
        if not _is(value, kinds[key]):
            raise errors.Misuse(f"'{path}' gives {where}{key} the value {value!r}: it must be {kinds[key]}")


def _is(value, kind):
    if kind == LIST:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if kind == TABLE:
        return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())
    if kind == NUMBER:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, {TEXT: str, SWITCH: bool}.get(kind, dict))


def merged(options, section):
    """The parsed flags with what their --config says where no flag does."""
    for key, value in (read(options.config, section) if options.config else {}).items():
        if getattr(options, key, None) in (None, []):
            setattr(options, key, value)
    return options


def choice(options):
    """The Choice of the shared flags."""
    labels = options.label or {}
    if isinstance(labels, list):
        pairs = [text.partition("=") for text in labels]
        for name, sign, text in pairs:
            if not (sign and name and text):
                raise errors.Misuse(f"--label is '{name}{sign}{text}': write NAME=TEXT, such as \"adam=Adam\"")
        labels = {name: text for name, _, text in pairs}
    return Choice(tuple(options.problem or ()), *(tuple(_split(one)) for one in (options.optimizer, options.order)),
                  labels)


def _split(texts):
    """The names of a repeatable flag with commas; commas within parentheses belong to a label."""
    for text in texts or ():
        if not text.strip():
            raise errors.Misuse("a list of names is empty: give names with commas, or leave the flag out")
        start, depth = 0, 0
        for at, letter in enumerate(text + ","):
            depth += {"(": 1, ")": -1}.get(letter, 0)
            if letter == "," and depth == 0:
                if name := text[start:at].strip():
                    yield name
                start = at + 1
