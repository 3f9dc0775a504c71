"""Stock torch optimizers against ravine's own rules."""

import numpy as np
import pytest
from engines import SMALL, interrupt, need

torch = pytest.importorskip("torch")
need("float", "double")

import ravine  # noqa: E402
import ravine.torch  # noqa: E402
from ravine.training.results import Stopped  # noqa: E402

torch.set_num_threads(1)

PAIRS = [
    ("adamw(weight_decay=0.1)", torch.optim.AdamW, {"weight_decay": 0.1}, 1e-3),
    ("adam(beta2=0.99)", torch.optim.Adam, {"betas": (0.9, 0.99)}, 1e-3),
    ("adadelta(rho=0.95)", torch.optim.Adadelta, {"rho": 0.95}, 1.0),
    ("momentum(beta=0.9)", torch.optim.SGD, {"momentum": 0.9}, 0.01),
]


@pytest.mark.parametrize("precision, tolerance", [("float", 1e-6), ("double", 1e-12)])
@pytest.mark.parametrize("own, cls, options, rate", PAIRS, ids=[pair[1].__name__ for pair in PAIRS])
def test_a_stock_optimizer_reproduces_the_rule(precision, tolerance, own, cls, options, rate):
    run = {"learning_rate": rate, "steps": 100, "precision": precision}
    mine = ravine.train(SMALL, ravine.torch.adapt(cls, lr=rate, **options), **run)
    theirs = ravine.train(SMALL, own, **run)
    assert np.abs(mine.theta - theirs.theta).max() <= tolerance * np.abs(theirs.theta).max()
    assert mine.steps == 100


def test_lbfgs_with_its_closure_reaches_the_minimum():
    adapted = ravine.torch.adapt(torch.optim.LBFGS, lr=1.0, line_search_fn="strong_wolfe", tolerance_grad=1e-10,
                                  tolerance_change=1e-14)
    result = ravine.train("rosenbrock", adapted, steps=30, precision="double")
    assert result.curve["objective"].iloc[-1] < 1e-12
    np.testing.assert_allclose(result.theta[:2], [1, 1], atol=1e-5)
    assert result.curve["gradient_evaluations"].iloc[-1] > 30


class Flat:
    """No gradient: only decay moves."""

    blocks = {"w": (2, 2), "b": (1, 2)}

    def start(self, theta, seed):
        theta["w"][:] = theta["b"][:] = 1

    def evaluate(self, theta, gradient, batch):
        if gradient is not None:
            gradient["w"][:] = gradient["b"][:] = 0
        return 1.0


def test_weight_decay_on_matrices_only():
    def groups(blocks):
        return [{"params": [block for block in blocks if block.kind != "bias"], "weight_decay": 0.5},
                {"params": [block for block in blocks if block.kind == "bias"], "weight_decay": 0.0}]

    result = ravine.train(Flat, ravine.torch.adapt(torch.optim.AdamW, lr=0.01, groups=groups), steps=20,
                          learning_rate=0.1, precision="double")
    np.testing.assert_allclose(result.blocks["w"], (1 - 0.1 * 0.5)**20, rtol=1e-12)
    np.testing.assert_array_equal(result.blocks["b"], 1)


def test_the_state_dict_is_in_checkpoints(tmp_path):
    adapted = ravine.torch.adapt(torch.optim.AdamW, lr=1e-2)
    run = {"learning_rate": 1e-2, "steps": 8}
    whole = ravine.train(SMALL, adapted, **run)
    with pytest.raises(Stopped) as stopped:
        ravine.train(SMALL, adapted, **run, checkpoint=tmp_path / "c", callback=interrupt)
    assert stopped.value.result.steps == 1
    rest = ravine.train(SMALL, adapted, **run, checkpoint=tmp_path / "c")
    np.testing.assert_array_equal(rest.theta, whole.theta)


def test_a_schedule_sets_the_rate_of_every_step():
    run = {"learning_rate": 0.05, "steps": 20, "schedule": "linear(final=0.01)", "precision": "double"}
    mine = ravine.train(SMALL, ravine.torch.adapt(torch.optim.SGD, lr=0.1), **run)
    own = ravine.train(SMALL, "sgd", **run)
    assert np.abs(mine.theta - own.theta).max() <= 1e-12 * np.abs(own.theta).max()


def test_an_optimizer_of_sparse_gradients_says_so():
    with pytest.raises(RuntimeError, match="SparseAdam does not support dense gradients"):
        ravine.train(SMALL, ravine.torch.adapt(torch.optim.SparseAdam, lr=0.1), steps=2)


def test_what_is_not_an_optimizer_is_refused():
    with pytest.raises(ravine.Misuse, match="not a torch optimizer"):
        ravine.torch.adapt(torch.nn.Linear)
