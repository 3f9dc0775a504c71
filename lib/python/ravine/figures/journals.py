"""The pages of journals and conferences, and of a style file of matplotlib's."""

import dataclasses
import difflib
import pathlib
import shutil

import matplotlib
import matplotlib.style

from .. import errors
from . import style

# STIX comes with matplotlib and is cut like Times; Computer Modern as matplotlib has it lacks most signs.
SERIF = {"font.family": "serif", "font.serif": ["STIXGeneral"], "mathtext.fontset": "stix"}
SANS = {"font.family": "sans-serif"}


@dataclasses.dataclass(frozen=True)
class Journal:
    """Widths in inches of a column and of the text, and the size of the labels of axes in points."""

    column: float
    text: float
    label: float
    fonts: dict


# Widths: of IEEE by its Author Center, "Size requirements for graphics"; of the others by their LaTeX styles
# (icml2024.sty, neurips_2024.sty, jmlr2e.sty, tmlr.sty), as tueplots (Kraemer, 2024) lists them, too. Fonts:
# these styles set Times, those of JMLR and TMLR Computer Modern. Labels: one point smaller than captions
# (ICML 9, the others 10), at IEEE 8 points, the least that it asks for.
JOURNALS = {
    "icml": Journal(3.25, 6.75, 8, SERIF),
    "neurips": Journal(5.5, 5.5, 9, SERIF),
    "jmlr": Journal(6.0, 6.0, 9, SERIF),
    "tmlr": Journal(6.5, 6.5, 9, SERIF),
    "ieee": Journal(3.5, 7.16, 8, SERIF),
}
STYLE_FILE = ".mplstyle"
LEAST_WIDTH, MOST_WIDTH = 2.0, 20.0  # inches
# Ours alone: a page that is cut to its ink has not the width that was asked for.
OURS = ("figure.constrained_layout.use", "figure.autolayout", "savefig.bbox", "svg.hashsalt", "path.simplify")


def page(name=None, width=None, title=True, caption=True):
    """The Page of a journal, or of FILE.mplstyle; `width` in inches replaces that of its column."""
    if width is not None and not LEAST_WIDTH <= width <= MOST_WIDTH:
        raise errors.Misuse(f"--width is {width:g}: give inches from {LEAST_WIDTH:g} to {MOST_WIDTH:g}, such "
                            "as 3.25")
    if name is None:
        return style.Page(width, title=title, caption=caption)
    if str(name).endswith(STYLE_FILE):
        settings = _style_file(name)
        size = settings.pop("figure.figsize", (None,))[0]
        return style.Page(width or size, settings.get("font.size", style.FONT_SIZE), settings, title, caption)
    if name not in JOURNALS:
        near = difflib.get_close_matches(name, JOURNALS, 1)
        told = f"did you mean '{near[0]}'?" if near else f"choose one of {', '.join(JOURNALS)}"
        raise errors.Misuse(f"unknown --for '{name}': {told} (or name a file that ends with {STYLE_FILE})")
    one = JOURNALS[name]
    size = one.label * style.FONT_SIZE / style.SETTINGS["axes.labelsize"]
    return style.Page(width or one.column, size, one.fonts, title, caption)


def _style_file(path):
    """The settings of a style file that concern how things look."""
    if not pathlib.Path(path).is_file():
        raise errors.Misuse(f"--for names '{path}', which does not exist: name a style file of matplotlib's")
    try:
        found = dict(matplotlib.rc_params_from_file(path, use_default_template=False))
    except (OSError, ValueError) as error:
        raise errors.Misuse(f"'{path}' is not a style file of matplotlib's: {' '.join(str(error).split())}") from error
    if found.get("text.usetex") and not shutil.which("latex"):
        raise errors.Misuse(f"'{path}' sets text.usetex, which needs LaTeX, and there is none here: remove that "
                            "line, or choose --format pgf, whose words the paper's LaTeX sets")
    return {key: value for key, value in found.items()
            if key not in {*matplotlib.style.core.STYLE_BLACKLIST, *OURS}}
