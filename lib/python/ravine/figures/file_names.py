"""Names of the files of figures: short, the same for the same results, and never shared by two."""

import collections
import hashlib
import re

LONGEST = 100  # characters of a stem: folders and formats need room below the 255 of file systems


def file_stem(label):
    """A label as part of a file name: mlp(mnist) becomes mlp-mnist."""
    return re.sub(r"[^A-Za-z0-9_.]+", "-", label).strip("-.")


def file_stems(labels):
    """{text: part of a file name} of {text: label}.

    Where this loses what tells labels apart (`x0=-1` and `x0=1`, cases, long paths), eight letters of
    the text's SHA-256 follow.
    """
    stems = {text: file_stem(label) for text, label in labels.items()}
    # Some file systems take A for a.
    shared = collections.Counter(stem.casefold() for stem in stems.values())
    return {text: stem if stem and shared[stem.casefold()] == 1 and len(stem) <= LONGEST
            else f"{stem[:LONGEST].rstrip('-.')}-{hashlib.sha256(text.encode()).hexdigest()[:8]}".lstrip("-")
            for text, stem in stems.items()}
