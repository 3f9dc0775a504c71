"""Component texts are cut where the C++ parser cuts them."""

from ravine.results import labels


def test_nested_values_stay_text():
    assert labels.parse("adam(rho1=0.9, average=ema(decay=0.9, bias=false))") == (
        "adam", {"rho1": "0.9", "average": "ema(decay=0.9, bias=false)"})
    assert labels.parse("sgd") == ("sgd", {})


def test_quoted_values_may_hold_commas_and_parentheses():
    text = 'mlp(data="a, b(1.csv", hidden=4, target="say ""hi"", you", inner=f(x="c,d)"))'
    assert labels.parse(text) == (
        "mlp", {"data": '"a, b(1.csv"', "hidden": "4", "target": '"say ""hi"", you"',
                "inner": 'f(x="c,d)")'})
