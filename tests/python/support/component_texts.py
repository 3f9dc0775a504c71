"""The table /components of results that tests make up, by a reading of the grammar of its own.

Real files get theirs from C++; test_components.py compares the two on the quick results.
"""

import re

import h5py

from ravine.results.components import COLUMNS, Component, Components

FIELDS = ("problem", "batch_norm", "initializer", "optimizer", "schedule", "averaging", "shuffle",
          "observe", "divergence", "target", "record")


def component_of(text):
    """The Component of a text; None of a list and of what is neither."""
    match = re.fullmatch(r"\s*(\w+)\s*(?:\((.*)\))?\s*", text, re.DOTALL)
    pieces = _split(match[2] or "") if match else None
    if pieces is None or not all(re.match(r"\s*\w+\s*=", piece) for piece in pieces):
        return None
    arguments = (piece.partition("=") for piece in pieces)
    return Component(match[1], {key.strip(): _unquoted(value.strip()) for key, _, value in arguments})


def _split(text):
    """The pieces between the commas outside parentheses and quoted values; None if unbalanced."""
    depth, piece, pieces = 0, "", []
    for token in re.findall(r'(?<=[=(,])"(?:[^"]|"")*"|.', text, re.DOTALL):
        depth += {"(": 1, ")": -1}.get(token, 0)
        if depth < 0:
            return None
        if token == "," and depth == 0:
            pieces.append(piece)
            piece = ""
        else:
            piece += token
    return None if depth else [one for one in [*pieces, piece] if one.strip()]


def _unquoted(value):
    return value[1:-1].replace('""', '"') if value.startswith('"') else value


def known(texts):
    """{text: Component} of these texts and of all within them."""
    found, waiting = {}, list(texts)
    while waiting:
        text = waiting.pop()
        if text in found:
            continue
        one = component_of(text)
        elements = tuple(map(str.strip, _split(text) or ())) if one is None else ()
        if one is None:
            one = Component(elements=elements) if len(elements) > 1 else Component(text)
        found[text] = one
        waiting += one.elements
        waiting += [value for value in one.arguments.values()
                    if (inner := component_of(value)) and inner.arguments]
    return found


def of(trials):
    """The Components of a frame of trials."""
    return Components(known(text for name in FIELDS if name in trials
                            for text in trials[name].unique() if isinstance(text, str) and text))


def write(file):
    """Gives an open HDF5 file that has /trials its /components, in the place of any there."""
    texts = [text.decode() for name in FIELDS if name in file["trials"]
             and h5py.check_string_dtype(file["trials"][name].dtype)
             for text in set(file["trials"][name][:]) if text]
    rows = []
    for text, one in known(texts).items():
        rows += [(text, "name", "", one.name)] if one.name else []
        rows += [(text, "argument", key, value) for key, value in one.arguments.items()]
        rows += [(text, "element", "", value) for value in one.elements]
    if "components" in file:
        del file["components"]
    group = file.create_group("components")
    for name, column in zip(COLUMNS, zip(*rows)):
        group.create_dataset(name, data=list(column), dtype=h5py.string_dtype())
