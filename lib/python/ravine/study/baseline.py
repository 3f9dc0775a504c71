"""The optimizer with which the others are compared: chosen by name, or by a rule that ignores results."""

from ..errors import Misuse, near
from .per_problem import common_labels

CUSTOMARY = ("sgd", "momentum", "adam")


def baseline(studied, name=None):
    """The label of the baseline among the optimizers that ran on every problem; None without any.

    name: an optimizer or a label; without one the first of CUSTOMARY that ran, or else the first in
    alphabetical order. A baseline that was chosen because it won would make the rest look worse than it
    is. Raises Misuse for a name that these optimizers do not have, or that several lines share.
    """
    labels = common_labels(studied)
    if name is None:
        return next((found[0] for one in CUSTOMARY if (found := lines_of(studied, one))), min(labels, default=None))
    found = lines_of(studied, name)
    if len(found) == 1:
        return found[0]
    if found:
        raise Misuse(f"--baseline names '{name}', which several lines share: choose one of {', '.join(found)}")
    raise Misuse(f"--baseline names '{name}', which did not run on every problem that is compared{near(name, labels)}: "
                 f"choose one of {', '.join(labels) or 'none: no two optimizers ran on one problem'}")


def lines_of(studied, name):
    """The labels that a name means, in alphabetical order."""
    labels = common_labels(studied)
    return [name] if name in labels else sorted(
        label for label in labels if studied[0].entry(label).optimizer == name)
