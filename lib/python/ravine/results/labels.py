"""Short names for component texts: what figures and tables call a problem or an optimizer."""

import re


def parse(text):
    """("momentum", {"alpha": "0.9"}) of "momentum(alpha=0.9)"; nested values stay text."""
    match = re.fullmatch(r"\s*([^()]+?)\s*(?:\((.*)\))?\s*", text, re.DOTALL)
    if not match:
        return text, {}
    arguments = (piece.partition("=") for piece in split(match[2] or ""))
    return match[1], {key.strip(): value.strip() for key, _, value in arguments}


def split(text):
    """The pieces between the commas that lie outside parentheses and quoted values."""
    depth, piece, pieces = 0, "", []
    for token in re.findall(r'(?<=[=(,])"(?:[^"]|"")*"|.', text, re.DOTALL):
        depth += {"(": 1, ")": -1}.get(token, 0)
        if token == "," and depth == 0:
            pieces.append(piece)
            piece = ""
        else:
            piece += token
    return [piece for piece in [*pieces, piece] if piece.strip()]


def short_labels(texts, always=()):
    """{text: label}: the name, the parameters in `always`, and those that tell texts apart."""
    parsed = {text: parse(text) for text in texts}
    labels = {}
    for text, (name, arguments) in parsed.items():
        rivals = [other for rival, other in parsed.values() if rival == name]
        differing = [key for key in arguments
                     if key in always or any(r.get(key) != arguments[key] for r in rivals)]
        shown = [arguments[key] if key in always else f"{key}={arguments[key]}"
                 for key in differing]
        labels[text] = f"{name}({', '.join(shown)})" if shown else name
    return labels
