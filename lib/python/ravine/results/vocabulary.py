"""What a result file says of its own columns: roles of trial fields, the table of metrics, constants.

The C++ library writes them (results/FORMAT.md); no list of them is kept here.
"""

import dataclasses

import numpy as np

from ..errors import Misuse
from . import columns

ROLES = ("factors", "replicates", "budget", "protocol")
DIRECTIONS = ("larger", "smaller")


@dataclasses.dataclass(frozen=True)
class Vocabulary:
    """factors, replicates, budget, protocol: names of columns, in the order of canonical texts.

    metrics: {name: (direction, part)}, the preferred one first.
    constants: {name: number}.
    """

    factors: tuple
    replicates: tuple
    budget: tuple
    protocol: tuple
    metrics: dict
    constants: dict

    @property
    def reported(self):
        """Metrics by which results are told, the preferred one first."""
        return tuple(self.metrics)

    def larger_is_better(self, metric):
        """Whether larger values of a metric, or of an average's, are better; of all else smaller are."""
        of = next((name for name in self.metrics if metric == name
                   or metric.startswith("averaged_") and metric.endswith(f"_{name}")), None)
        return of is not None and self.metrics[of][0] == "larger"

    @property
    def selecting(self):
        """Those by which settings may be selected: none of the test part."""
        return tuple(name for name, (_, part) in self.metrics.items() if part != "test")

    @property
    def training_losses(self):
        """What training brings down: the plain loss before the objective with its penalties."""
        losses = [name for name, (direction, part) in self.metrics.items()
                  if part == "train" and direction == "smaller"]
        return tuple(sorted(losses, key=lambda name: name == "objective"))

    @property
    def told_beside_losses(self):
        """All other metrics, the preferred one first."""
        return tuple(name for name in self.metrics if name not in self.training_losses)

    def costs(self):
        """{column: what one of its evaluations costs in gradients}."""
        return {name.removeprefix("cost_of_"): value for name, value in self.constants.items()
                if name.startswith("cost_of_")}


def read(path, file, groups):
    """The Vocabulary of an open file. Raises Misuse for a file without one, or with a broken one."""
    own = columns.attributes(groups["trials"], path)
    if "metrics" not in groups or "constants" not in groups or not set(ROLES) <= set(own):
        raise Misuse(f"'{path}' lacks the table of metrics, as files of ravine 0.1 do: rewrite it "
                     f"with ravine-results merge NEW.h5 '{path}'")
    found = columns.datasets(groups["metrics"], path)
    columns.check_lengths(groups["metrics"], found, path)
    rows = {name: columns.values(column, path) for name, column in found.items()}
    if not {"name", "direction", "part", "preference"} <= set(rows):
        raise columns.malformed(path, "/metrics lacks some of its columns")
    if not set(rows["direction"]) <= set(DIRECTIONS) or rows["preference"].dtype.kind != "i":
        raise columns.malformed(path, "/metrics has a direction or preference that does not exist")
    if not all(isinstance(own[role], str) for role in ROLES):
        raise columns.malformed(path, "the roles of /trials are not texts")
    order = np.argsort(rows["preference"], kind="stable")
    metrics = {rows["name"][k]: (rows["direction"][k], rows["part"][k]) for k in order}
    constants = columns.attributes(groups["constants"], path)
    if not all(isinstance(value, (int, float)) for value in constants.values()):
        raise columns.malformed(path, "/constants has one that is not a number")
    return Vocabulary(*(tuple(filter(None, own[role].split(", "))) for role in ROLES), metrics,
                      constants)
