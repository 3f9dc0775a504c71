"""Problems that are Python classes, under ravine's own optimizers."""

import numpy as np
import pytest
from engines import need

import ravine

need("float", "double")

X = np.random.default_rng(0).normal(size=(200, 5))
Y = X @ np.arange(1, 6).reshape(5, 1) + 2


class Regression:
    """Least squares."""

    examples = 200
    blocks = {"w": (5, 1), "b": (1, 1)}
    metrics = ("test_loss",)
    ridge = ravine.Field(0.0, "[0, inf)", "weight of the penalty")

    def start(self, theta, seed):
        theta["w"][:] = np.random.default_rng(seed).normal(size=(5, 1))

    def evaluate(self, theta, gradient, batch):
        x, y = X[batch], Y[batch]
        residual = x @ theta["w"] + theta["b"] - y
        if gradient is not None:
            gradient["w"][:] = 2 * x.T @ residual / len(batch) + 2 * self.ridge * theta["w"]
            gradient["b"][:] = 2 * residual.mean()
        return (residual**2).mean() + self.ridge * (theta["w"]**2).sum()

    def measure(self, theta):
        return {"test_loss": float(np.abs(theta["w"]).sum())}


class Bowl:
    blocks = {"x": (1, 3)}

    def start(self, theta, seed):
        theta["x"][:] = 1

    def evaluate(self, theta, gradient, batch):
        if gradient is not None:
            gradient["x"][:] = theta["x"]
        return 0.5 * (theta["x"]**2).sum()


def test_ravine_finds_the_least_squares():
    result = ravine.train(Regression, "adam", learning_rate=0.1, epochs=200, batch_size=50, precision="double")
    np.testing.assert_allclose(result.blocks["w"].ravel(), [1, 2, 3, 4, 5], atol=1e-4)
    np.testing.assert_allclose(result.blocks["b"], 2, atol=1e-4)
    assert result.curve["test_loss"].iloc[-1] == pytest.approx(15, abs=1e-3)
    assert "regression(ridge=0, source=" in result.spec


def test_a_step_is_the_rule_of_its_equation():
    result = ravine.train(Bowl, "sgd", learning_rate=0.25, steps=3, precision="double")
    np.testing.assert_array_equal(result.blocks["x"], np.full((1, 3), 0.75**3))
    assert list(result.curve["objective"]) == [1.5 * 0.75**(2 * step) for step in result.curve["step"]]


def test_second_order_methods_and_classes_meet_it():
    assert ravine.train(Bowl, "bfgs", learning_rate=1, steps=5, batch_size=0,
                        precision="double").curve["objective"].iloc[-1] < 1e-12

    class Descent:
        def step(self, theta, gradient, state, info):
            theta -= info.learning_rate * gradient

    own = ravine.train(Regression, "sgd", learning_rate=0.05, epochs=3, batch_size=50, seed=2)
    mine = ravine.train(Regression, Descent, learning_rate=0.05, epochs=3, batch_size=50, seed=2)
    np.testing.assert_allclose(mine.theta, own.theta, rtol=1e-6)


def test_it_is_a_problem_as_any_other():
    problem = ravine.problem(Regression, precision="double", batch_size=20, seed=1)
    theta = problem.initial()
    assert theta[:5] == pytest.approx(np.random.default_rng(1).normal(size=5))
    first, second = problem.loss(theta), problem.select(2).loss(theta)
    assert first != second
    assert problem.gradient(theta)[0] == second


class Wrong(Bowl):
    blocks = {"x": (1, 0)}


class Words(Bowl):
    def evaluate(self, theta, gradient, batch):
        return "small"


class Bad(Bowl):
    def measure(self, theta):
        return {"accuracy": 1.0}


@pytest.mark.parametrize("cls, sentence", [
    (Wrong, r"block 'x' of Wrong has the shape \(1, 0\)"),
    (Words, "Words.evaluate gave 'small'"),
    (Bad, r"Bad.measure gives \['accuracy'\]"),
    (3, "3 is not a problem"),
])
def test_faults_of_a_class_are_sentences(cls, sentence):
    with pytest.raises(ravine.Misuse, match=sentence):
        ravine.train(cls, "sgd", steps=2, learning_rate=0.1)


def test_what_it_does_not_offer_is_refused():
    with pytest.raises(ravine.Misuse, match="Hessian"):
        ravine.train(Bowl, "newton", steps=2)
    with pytest.raises(ravine.Misuse, match="batch_norm"):
        ravine.train(Bowl, "sgd", steps=2, batch_norm="hidden")
