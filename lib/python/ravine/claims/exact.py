"""Exact claims: what C++ computed beside a closed form, a published number or another algorithm."""

from ..errors import Misuse

COLUMNS = ("id", "statement", "quantity", "predicted", "actual", "tolerance", "unit")


def holds(predicted, actual, tolerance):
    """|actual - predicted| <= tolerance max(1, |predicted|); false for what is not a number."""
    return abs(actual - predicted) <= tolerance * max(1.0, abs(predicted))


def check_rows(results):
    """The rows of /checks as dictionaries. Raises Misuse for a table of another form."""
    checks = results.checks
    if checks.empty:
        return []
    if lacking := [name for name in COLUMNS if name not in checks]:
        raise Misuse(f"'{results.path}' lacks /checks/{lacking[0]}: run the suite again")
    return checks[list(COLUMNS)].to_dict("records")


def evidence(row):
    """"momentum at t = 100: 1.000 m/s, predicted 1.000, off by 2e-13"."""
    unit = f" {row['unit']}" if row["unit"] not in ("", "1") else ""
    return (f"{row['quantity']}: {row['actual']:.6g}{unit}, predicted {row['predicted']:.6g}, off "
            f"by {abs(row['actual'] - row['predicted']):.1e} (tolerance {row['tolerance']:.1e}"
            f"{' of it' if abs(row['predicted']) > 1 else ''})")
