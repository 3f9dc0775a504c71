"""Figures of papers, drawn anew from what the suites recorded; one page per figure.

Every function takes results and returns a figure, or None if their suite has not recorded it.
"""

from . import bottou, deepobs, reddi, wilson

FIGURES = {
    "deepobs": (deepobs.draw, "quadratic_deep beside its published curves (A1)"),
    "reddi": (reddi.draw, "Adam and AMSGrad on the online problem of Reddi et al. (A3)"),
    "wilson": (wilson.draw, "accuracy on fresh examples, problem of Wilson et al. (A2)"),
    "bottou": (bottou.draw, "averaged SGD beside SGD, in Bottou's setting (B7)"),
}
