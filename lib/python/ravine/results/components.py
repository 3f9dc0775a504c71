"""What the component texts of a result file are made of: the table /components, read as it stands.

"adam(beta1=0.9)" has the name adam and the argument beta1; the C++ library takes texts apart when it
packs them (results/FORMAT.md), so that nothing here parses one.
"""

import dataclasses

from ..errors import Misuse
from . import columns

COLUMNS = ("text", "kind", "key", "value")
KINDS = ("name", "argument", "element")


@dataclasses.dataclass(frozen=True)
class Component:
    """name, arguments: {key: text} in their order. elements: the texts of a list, which has no name."""

    name: str = ""
    arguments: dict = dataclasses.field(default_factory=dict)
    elements: tuple = ()


class Components:
    """The Component of each text. One without rows is a word, which is its own name."""

    def __init__(self, known):
        self._known = dict(known)

    def __contains__(self, text):
        return text in self._known

    def __getitem__(self, text):
        return self._known.get(text) or Component(text)

    def __eq__(self, other):
        return isinstance(other, Components) and self._known == other._known

    def __or__(self, other):
        return Components(self._known | (other._known if isinstance(other, Components) else other))

    def name(self, text):
        return self[text].name

    def arguments(self, text):
        return self[text].arguments

    def elements(self, text):
        """The texts of a list, or the text itself."""
        return self[text].elements or (text,)

    def differing(self, texts, always=()):
        """{text: {key: value}}: the arguments in `always`, and those that tell equal names apart."""
        own = {text: self[text] for text in texts}
        return {text: {key: value for key, value in one.arguments.items() if key in always or any(
                    rival.arguments.get(key) != value for rival in own.values()
                    if rival.name == one.name)}
                for text, one in own.items()}

    def labels(self, texts, always=()):
        """{text: label}: the name and the arguments that `differing` gives; of a list, its elements."""
        shown = self.differing([one for text in texts for one in self.elements(text)], always)
        labels = {}
        for text, arguments in shown.items():
            said = [value if key in always else f"{key}={value}" for key, value in arguments.items()]
            labels[text] = spelt(self.name(text), said)
        return {text: ", ".join(labels[one] for one in self.elements(text)) for text in texts}

    def matches(self, text, pattern):
        """Whether a text is what a pattern describes.

        A word describes the component of that name, {"name": "mlp", "data": "glyphs"} the one that
        has these arguments, too; an argument may be described in the same way. Numbers match by value.
        """
        if not isinstance(pattern, dict):
            return text == pattern or self.name(text) == pattern
        own = self[text]
        return own.name == pattern["name"] and all(
            self._same(own.arguments.get(key), wanted)
            for key, wanted in pattern.items() if key != "name")

    def _same(self, own, wanted):
        if own is None:
            return False
        if isinstance(wanted, bool):
            return own == ("true" if wanted else "false")
        if isinstance(wanted, (int, float)):
            try:
                return float(own) == wanted
            except ValueError:
                return False
        return self.matches(own, wanted)


def spelt(name, said):
    """ "adam(beta1=0.9)" of a name and what is said of it."""
    return f"{name}({', '.join(said)})" if said else name


def say(pattern):
    """A pattern in words: "mlp(data=glyphs)"."""
    if not isinstance(pattern, dict):
        return str(pattern).lower() if isinstance(pattern, bool) else str(pattern)
    return spelt(pattern["name"], [f"{key}={say(value)}" for key, value in pattern.items()
                                   if key != "name"])


def read(path, groups):
    """The Components of an open file. Raises Misuse for a file without them, or with a broken table."""
    if "components" not in groups:
        raise Misuse(f"'{path}' lacks the table of components, as files of ravine 0.1 do: rewrite it "
                     f"with ravine-results merge NEW.h5 '{path}'")
    group = groups["components"]
    rows = [columns.column(group, name, columns.TEXT, path) for name in COLUMNS]
    if len({len(column) for column in rows}) > 1:
        raise columns.malformed(path, "/components has columns of different lengths")
    known = {}
    for text, kind, key, value in zip(*rows):
        if kind not in KINDS:
            raise columns.malformed(path, f"/components/kind holds {kind!r}, which does not exist")
        part = known.setdefault(text, {"name": "", "arguments": {}, "elements": ()})
        if kind == "argument":
            part["arguments"][key] = value
        elif kind == "element":
            part["elements"] += (value,)
        else:
            part["name"] = value
    nameless = [text for text, part in known.items() if bool(part["name"]) == bool(part["elements"])]
    if nameless:
        raise columns.malformed(path, f"/components gives {nameless[0]!r} neither a name nor elements, "
                                      "or both")
    return Components({text: Component(**part) for text, part in known.items()})
