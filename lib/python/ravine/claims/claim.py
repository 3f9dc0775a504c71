"""A claim as data: a sentence with the statistic and the rule that decide it."""

import dataclasses
import pathlib
import tomllib

from ..errors import Misuse

FOLDER = pathlib.Path(__file__).parent
STATISTICS = ("difference", "ratio", "slope", "exponent", "factor", "monotone", "value")
COMPARING = ("difference", "ratio")  # need a and b
TRENDS = ("slope", "exponent", "factor", "monotone")  # need over
WITHIN_TRIALS = ("layer", "step")  # trends along what one trial recorded
RULES = ("above", "below", "within")
TAKES = ("last", "first", "min", "max", "mean", "range")
LAYERS = ("all", "hidden")
RATES = ("each", "best")


@dataclasses.dataclass(frozen=True)
class Claim:
    """One claim; every field is a key of its [[claim]] table. README.md explains them.

    id: statement of the lecture and a letter ("L25a"), or of a paper.
    sentence, source: what is claimed, and who says so.
    gate: whether scripts/claims fails where it is not supported.
    where: the trials it is about; {column: pattern}. A pattern is a number, a text, the name of a
        component, {"name": ...} with arguments of one, or a list of these.
    a, b: what is compared; patterns like `where`.
    over: what a trend is measured along: a column of trials, or "layer" or "step" within a trial.
    ignore: columns in which trials that are compared may differ, too.
    rate: "each" pairs trials of equal learning rate, "best" lets every setting have its own.
    table, column, layer: where the number of a trial comes from; `column` may be an expression.
    layers: "hidden" leaves out the layer of the outputs.
    take, after, until: of which observations; after and until are steps, or shares of the last.
    target: "test_accuracy>=0.95"; then `column` is what it took to get there.
    statistic, rule, threshold, margin: the decision: effect above or below the threshold, or
        within margin of it.
    alpha, seeds: family-wise error rate, least number of seeds.
    """

    id: str
    sentence: str
    source: str
    statistic: str
    threshold: float
    column: str
    rule: str = "above"
    margin: float = 0.0
    gate: bool = False
    where: dict = dataclasses.field(default_factory=dict)
    a: dict = dataclasses.field(default_factory=dict)
    b: dict = dataclasses.field(default_factory=dict)
    over: str = ""
    ignore: tuple = ()
    rate: str = "each"
    table: str = "curves"
    layers: str = "all"
    layer: int = 0  # 1, 2, ... from the input; -1, -2, ... from the output; 0 for all
    take: str = "last"
    after: float = 0
    until: float = float("inf")
    target: str = ""
    alpha: float = 0.05
    seeds: int = 5

    def __post_init__(self):
        self._check(self.statistic in STATISTICS, "statistic", STATISTICS)
        self._check(self.rule in RULES, "rule", RULES)
        self._check(self.take in TAKES, "take", TAKES)
        self._check(self.rate in RATES, "rate", RATES)
        self._check(self.layers in LAYERS, "layers", LAYERS)
        self._check((self.rule == "within") == (self.margin > 0), "margin",
                    ["a positive number with rule = 'within', and only with it"])
        compares = self.statistic in COMPARING
        self._check(bool(self.a and self.b) == compares, "a",
                    [f"given together with b for {', '.join(COMPARING)}, and only for them"])
        self._check(bool(self.over) == (self.statistic in TRENDS), "over",
                    [f"given for {', '.join(TRENDS)}, and only for them"])
        self._check(compares or bool(self.where), "where", ["given: it says what the claim is of"])
        for patterns in (self.where, self.a, self.b):
            self._check_patterns(patterns)
        positive = self.statistic in ("ratio", "factor")
        self._check(self.threshold > 0 or not positive, "threshold", ["positive for ratios"])

    def _check(self, good, key, choices):
        if not good:
            raise Misuse(f"claim {self.id} has {key} = {getattr(self, key)!r}, but it must be "
                         f"{' or '.join(map(str, choices))}")

    def _check_patterns(self, patterns):
        for column, pattern in patterns.items():
            for one in pattern if isinstance(pattern, list) else [pattern]:
                if isinstance(one, str) and "(" in one or isinstance(one, dict) and "name" not in one:
                    raise Misuse(f"claim {self.id} has {column} = {one!r}: describe a component by its "
                                 'name and arguments, { name = "mlp", data = "glyphs" }')

    @property
    def compared(self):
        """The columns whose values tell a from b."""
        return sorted({*self.a, *self.b})


def read_claims(path):
    """The claims of one file, in its order. Raises Misuse for unknown, missing or repeated keys."""
    path = pathlib.Path(path)
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise Misuse(f"'{path}' is not TOML: {error}") from error
    known = {field.name for field in dataclasses.fields(Claim)}
    claims = []
    for table in tables.get("claim", []):
        if unknown := sorted(set(table) - known):
            raise Misuse(f"'{path}': claim {table.get('id')} has the unknown key '{unknown[0]}'; "
                         f"choose one of {', '.join(sorted(known))}")
        try:
            claims.append(Claim(**table))
        except TypeError as error:
            raise Misuse(f"'{path}': claim {table.get('id')}: {error}") from error
    ids = [claim.id for claim in claims]
    if repeated := sorted({one for one in ids if ids.count(one) > 1}):
        raise Misuse(f"'{path}' has the claim {repeated[0]} twice: give each its own id")
    return claims


def claims_of(suite):
    """The claims that the results of a suite decide; none if nobody has written any."""
    path = FOLDER / f"{suite.replace('-', '_')}.toml"
    return read_claims(path) if path.exists() else []
