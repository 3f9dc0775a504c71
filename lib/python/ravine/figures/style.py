"""How figures look: journal sizes, a fixed colour per optimizer, and the same bytes every time."""

import dataclasses
import hashlib
import io
import pathlib
import textwrap

import matplotlib
import matplotlib.colors
import numpy as np

from . import pgf

WIDTH = 7.0  # inches: two columns of a journal
GREY = "#b9b9b9"
INK = "#333333"

# Okabe & Ito (2008), darkened where a thin line on white would vanish, and extended with Tol's
# muted tones; relatives share a hue. Every figure uses these, so a colour means one optimizer.
COLOURS = {
    "sgd": "#222222",
    "momentum": "#0072b2",
    "nesterov": "#56b4e9",
    "adagrad": "#009e73",
    "rmsprop": "#e69f00",
    "rmsprop_nesterov": "#d55e00",
    "adam": "#cc79a7",
    "adamw": "#882255",
    "nadam": "#aa4499",
    "amsgrad": "#661100",
    "adadelta": "#44aa99",
    "lion": "#8c7a00",
    "lookahead": "#7f7f7f",
    "schedule_free": "#5d5d8f",
    "partition": "#8c6d31",
    "muon": "#b2182b",
    "normuon": "#e06c75",
    "muonh": "#7f0f1f",
    "spectral_descent": "#f4845f",
    "dion": "#fb8072",
    "scion": "#2b8c9e",
    "shampoo": "#1b5e20",
    "soap": "#7cb342",
    "psgd_kron": "#9c6b98",
    "newton": "#332288",
    "newton_cg": "#6a51a3",
    "damped_newton": "#2f7ed8",
    "saddle_free_newton": "#c51b7d",
    "gradient_descent": "#555555",
    "bfgs": "#6699cc",
    "lbfgs": "#117733",
    "conjugate_gradient": "#999933",
    "hessian_free": "#b5651d",
    # Each as far as possible from those before it in CIELAB, at a lightness of 22 to 68.
    "nadamw": "#1f1ff9",
    "adamax": "#f91ff9",
    "radam": "#f91f4b",
    "adabelief": "#04ae04",
    "yogi": "#8c3cdd",
    "qhadam": "#1f61f9",
    "laprop": "#ae0404",
    "adan": "#c05959",
    "ademamix": "#e006b4",
    "adopt": "#7bae04",
    "grams": "#4b5c23",
    "mars": "#0415ae",
    "signum": "#f91f76",
    "sophia": "#ae0437",
    "lars": "#5c232f",
    "lamb": "#57235c",
    "adafactor": "#7f1b98",
    "dadapt_sgd": "#f9351f",
    "dadapt_adam": "#04ae59",
    "prodigy": "#13526c",
    "schedule_free_adamw": "#b81ff9",
    "gpa": "#03347c",
    "decay": "#3f92a6",
    "clip": "#5c3a23",
    "centralize": "#dd5c3c",
    "cautious": "#cd3cdd",
    "sam": "#23345c",
    "asam": "#2253c3",
}
SPARE = ["#4d7c0f", "#b03a6f", "#0f766e", "#7c5cbf", "#946c4e"]
# Where one optimizer runs and another factor varies, such as the initializer: in order of appearance.
LEVELS = ["#222222", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#882255",
          "#8c7a00", *SPARE]
# In order of appearance, too: lines stay apart where a printer leaves greys only.
MARKERS = ["o", "s", "^", "D", "v", "P", "X", "<", ">", "h"]
MOST_MARKS = 25  # points of a line that are all marked; beyond, a few say which line it is
LEAST_CONTRAST = 4.5  # of words on white: Web Content Accessibility Guidelines 2.1, 1.4.3

FONT_SIZE = 7.5  # points, of which the sizes of all words are shares
LINE = 0.135  # inches from line to line of small words

SETTINGS = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": FONT_SIZE,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "xtick.minor.size": 1.8,
    "ytick.minor.size": 1.8,
    "axes.grid": True,
    "grid.color": "#ececec",
    "grid.linewidth": 0.5,
    "axes.axisbelow": True,
    "lines.linewidth": 1.2,
    "lines.solid_capstyle": "round",
    "figure.constrained_layout.use": True,
    "savefig.dpi": 200,
    "pdf.fonttype": 42,  # text stays text: journals refuse Type 3 fonts
    "svg.fonttype": "path",
    "svg.hashsalt": "ravine",  # the same element ids in every run
    "path.simplify": False,
    "pgf.rcfonts": False,  # words take the fonts of the paper; ours are files of this machine
}

OF_WORDS = ("font.size", "axes.titlesize", "axes.labelsize", "xtick.labelsize", "ytick.labelsize")

# No dates and versions: the same input gives the same bytes.
METADATA = {
    "png": {"Software": None},
    "pdf": {"Creator": None, "Producer": None, "CreationDate": None},
    "svg": {"Creator": None, "Date": None},
}


@dataclasses.dataclass(frozen=True)
class Page:
    """What figures are drawn for; without anything, for themselves.

    width: of every figure in inches, instead of its own. font_size: in points. settings: of
    matplotlib, over ours. title, caption: whether figures have them, or the paper does.
    """

    width: float | None = None
    font_size: float = FONT_SIZE
    settings: dict = dataclasses.field(default_factory=dict)
    title: bool = True
    caption: bool = True


_page = Page()


def apply(page=Page()):
    """Sets matplotlib up for a page, as its own settings are, for the whole process."""
    global _page
    _page = page
    matplotlib.use("Agg")
    matplotlib.rcdefaults()
    matplotlib.rcParams.update(SETTINGS)
    matplotlib.rcParams.update({name: points(SETTINGS[name]) for name in OF_WORDS})
    matplotlib.rcParams.update(page.settings)


def width(share=1.0, least=0.0):
    """The width of a figure in inches: that of the page, or a share of our own but `least` inches."""
    return _page.width or max(share * WIDTH, least)


def points(size):
    """A size of our own words as it is on this page."""
    return size * (_page.font_size / FONT_SIZE)


def most_columns(inches):
    """How many panels of a width, made for our own words, stand side by side; at least one."""
    return max(1, int(width() / points(inches) + 1e-9))


def colours(series):
    """{label: colour}: that of the optimizer, in other tones for further series of the same.

    Several series of a single optimizer take a colour each.
    """
    if len(series) > 1 and len({one.optimizer for one in series}) == 1:
        return {one.label: level(nth) for nth, one in enumerate(series)}
    chosen, seen = {}, {}
    names = _names({one.optimizer for one in series})
    for one in series:
        nth = seen.setdefault(one.optimizer, 0)
        chosen[one.label] = _tone(names[one.optimizer], nth)
        seen[one.optimizer] += 1
    return chosen


def level(nth):
    """The colour of the nth level of a factor, counted from 0; all differ."""
    return _tone(LEVELS[nth % len(LEVELS)], nth // len(LEVELS))


def dashes(nth):
    """The nth average: dashed, dotted, then a dash with one dot more each; raw iterates are solid."""
    return (0, ((3.2, 1.6), (1, 1.4))[nth] if nth < 2 else (5, 1.4, *(1, 1.4) * (nth - 1)))


def between(colours, count):
    """`count` colours in the order of a list: its first ones, or as many as needed between them."""
    if count <= len(colours):
        return colours[:count]
    ramp = matplotlib.colors.LinearSegmentedColormap.from_list("between", colours)
    return [ramp(share) for share in np.linspace(0, 1, count)]


def colour(name):
    """The colour of an optimizer by its name."""
    return _names([name])[name]


def _names(optimizers):
    """{optimizer: colour}. An optimizer outside the table takes the spare that its name picks."""
    names, spare = dict(COLOURS), list(SPARE)
    for name in sorted(set(optimizers) - set(COLOURS)):
        spare = spare or list(SPARE)
        pick = int(hashlib.sha256(name.encode()).hexdigest(), 16) % len(spare)
        names[name] = spare.pop(pick)
    return names


def _tone(colour, nth):
    """The colour, mixed with white for odd nth and with black for even ones, more each time."""
    share = 0.7 * (1 - 0.6 ** ((nth + 1) // 2))
    other = np.array([1.0, 1.0, 1.0]) if nth % 2 else np.array([0.0, 0.0, 0.0])
    return tuple((1 - share) * np.array(matplotlib.colors.to_rgb(colour)) + share * other)


def readable(colour):
    """The colour, mixed with as much black as words in it need on white."""
    rgb = np.array(matplotlib.colors.to_rgb(colour))
    shades = (tuple((1 - share) * rgb) for share in np.linspace(0, 1, 41))
    return next(shade for shade in shades if contrast(shade) >= LEAST_CONTRAST)


def contrast(colour):
    """The contrast of a colour with white, from 1 to 21 (Web Content Accessibility Guidelines 2.1)."""
    channels = np.array(matplotlib.colors.to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return 1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05)


def marks(nth, points, size=2.6):
    """The marks of the nth line: on all of its points, or on about eight of very many."""
    every = 1 if points <= MOST_MARKS else -(-points // 8)
    look = {"marker": MARKERS[nth % len(MARKERS)], "ms": size, "mew": 0}
    return look if every == 1 else look | {"markevery": (nth * every // len(MARKERS), every)}


def rate_text(rate):
    """A learning rate in two significant digits."""
    return f"{float(f'{rate:.2g}'):g}"


def plain(text):
    """A text that comes from data: a `$` in the name of a file does not begin a formula."""
    return str(text).replace("$", r"\$")


def heading(figure, title, detail):
    """The title of a page in bold, and below it the full text of what it shows."""
    title, detail = plain(title), plain(detail)
    lines = _lines(figure, detail) if detail != title else []
    if not _page.title:
        _grow(figure, -0.3 - LINE * len(lines))
        return
    _grow(figure, LINE * (len(lines) - len(textwrap.wrap(detail, int(20 * WIDTH)))) if lines else 0)
    figure.suptitle("\n".join([title, *[" "] * len(lines)]), x=0.008, ha="left", fontsize=points(9.5),
                    weight="bold")
    if lines:
        height = figure.get_size_inches()[1]
        figure.text(0.008, 1 - points(0.24) / height, "\n".join(lines), fontsize=points(6.5), va="top",
                    linespacing=1.5)


def caption(figure, text):
    """How to read the page, at its foot."""
    usual = len(textwrap.wrap(plain(text), int(20 * WIDTH)))
    if not _page.caption:
        _grow(figure, -LINE * usual)
        return
    lines = _lines(figure, plain(text))
    _grow(figure, LINE * (len(lines) - usual))
    figure.supxlabel("\n".join(lines), x=0.008, ha="left", fontsize=points(6.5), linespacing=1.5)


def _lines(figure, text):
    """A text in small words, as wide as the figure."""
    return textwrap.wrap(text, int(20 * figure.get_size_inches()[0] / points(1)))


def _grow(figure, inches):
    """Makes a figure higher, so that its axes keep their height beside longer words; on a paper's page only."""
    if _page.width:
        across, height = figure.get_size_inches()
        figure.set_size_inches(across, height + points(inches))


def lay_out(figure):
    """Gives the axes of a figure their places, which any later drawing decides anew."""
    if engine := figure.get_layout_engine():  # callers may have settings of their own
        engine.execute(figure)


def pages(figure, kinds):
    """{kind: the bytes of a figure} as pdf, svg, png and pgf, which share the places of its axes."""
    lay_out(figure)
    figure.set_layout_engine("none")  # finding the places takes longer than drawing
    return {kind: page(figure, kind) for kind in kinds}


def page(figure, kind):
    """The bytes of a figure as pdf, svg, png or pgf."""
    content = io.BytesIO()
    metadata = {"metadata": METADATA[kind]} if kind in METADATA else {}  # pgf refuses it
    with pgf.without_latex():
        figure.savefig(content, format=kind, **metadata)
    return content.getvalue()


def save(figure, path, kind):
    pathlib.Path(path).write_bytes(page(figure, kind))
