"""Problems, optimizers and single trials from Python, against the command line and central differences."""

import subprocess

import numpy as np
import pytest
from engines import SMALL, interrupt, need

import ravine
from ravine import places
from ravine.training.results import Stopped

need("float", "double")

TRIAL = {"learning_rate": 0.01, "epochs": 2, "seed": 3, "averaging": "ema(decay=0.9)"}


def test_a_trial_has_the_bits_of_the_command_line(tmp_path):
    output = tmp_path / "x.h5"
    subprocess.run([places.programs() / "ravine-optimizers", "--scale", "quick", "--problem", SMALL, "--optimizer",
                    "adamw(beta2=0.95)", "--learning-rate", "0.01", "--epochs", "2", "--seeds", "3:4", "--averaging",
                    "ema(decay=0.9)", "--output", output, "--workers", "1"], check=True, capture_output=True)
    stored = ravine.load(output)
    mine = ravine.train(SMALL, "adamw(beta2=0.95)", **TRIAL)
    assert list(stored.trials["id"]) == [mine.id]
    assert stored.trials["outcome"][0] == mine.outcome == "completed"
    columns = [name for name in mine.curve if name != "train_seconds"]
    assert len(columns) > 15
    for name in columns:
        np.testing.assert_array_equal(stored.curves[name].to_numpy(float), mine.curve[name].to_numpy(float), name)


def test_gradients_and_products_are_derivatives():
    problem = ravine.problem("mlp(data=glyphs, hidden=8, activation=tanh, train=500)", precision="double",
                             batch_size=50)
    theta = problem.initial()
    v = np.random.default_rng(0).normal(size=problem.size)
    for block in problem.blocks(v).values():
        assert block.base is not None
    loss, gradient = problem.gradient(theta)
    assert loss == problem.loss(theta)
    h = 1e-5
    slope = (problem.loss(theta + h * v) - problem.loss(theta - h * v)) / (2 * h)
    padding = np.ones(problem.size, bool)
    for block in problem.blocks(np.arange(problem.size)).values():
        padding[block] = False
    v[padding] = 0
    assert slope == pytest.approx(gradient @ v, rel=1e-6)
    turned = (problem.gradient(theta + h * v)[1] - problem.gradient(theta - h * v)[1]) / (2 * h)
    np.testing.assert_allclose(problem.hessian_vector(theta, v), turned, rtol=1e-5, atol=1e-7)
    assert v @ problem.gauss_newton_vector(theta, v) > 0


def test_blocks_are_views():
    problem = ravine.problem(SMALL)
    theta = problem.initial()
    weight = problem.blocks(theta)["dense0/weight"]
    assert weight.shape == (784, 16)
    before = problem.loss(theta)
    weight[...] = 0
    assert np.shares_memory(weight, theta)
    assert problem.loss(theta) != before


def test_batches_by_step_are_those_of_the_trial():
    """A trial by hand: its steps on the problem's batches end where ravine.train ends."""
    problem = ravine.problem(SMALL, seed=3)
    epoch = np.concatenate([problem.batch(step) for step in range(1, 5)])
    assert sorted(epoch) == list(range(min(epoch), min(epoch) + 500))
    theta, optimizer = problem.initial(), ravine.optimizer("momentum(beta=0.8)")
    for step in range(1, 9):
        optimizer.step(problem, theta, step, learning_rate=0.05, total_steps=8)
    trained = ravine.train(SMALL, "momentum(beta=0.8)", learning_rate=0.05, seed=3, steps=8)
    np.testing.assert_array_equal(theta, trained.theta)


def test_the_budget_of_a_call_replaces_that_of_the_problem():
    assert ravine.train("quadratic_deep", "sgd", learning_rate=0.01, steps=3).steps == 3


@pytest.mark.parametrize("call, sentence", [
    (lambda: ravine.train("mlp(data=glifs)", steps=1), "glyphs"),
    (lambda: ravine.train(SMALL, "adom", steps=1), "did you mean 'adam'"),
    (lambda: ravine.train(SMALL, "adam(beta1=2)", steps=1), r"beta1.* is 2.*\[0, 1\)"),
    (lambda: ravine.train(SMALL, "adam", steps=1, learning_rat=0.1), "no field 'learning_rat'.*learning_rate"),
    (lambda: ravine.train(SMALL, "adam", steps="many"), "steps is 'many': give a whole number"),
    (lambda: ravine.train(SMALL, "adam"), "budget"),
    (lambda: ravine.problem(SMALL, precision="half"), "float or double"),
    (lambda: ravine.problem(SMALL).loss(np.zeros(3, np.float32)), "theta has 3 numbers"),
    (lambda: ravine.problem(SMALL).loss(np.zeros(3)), 'numpy.ascontiguousarray.*"float32"'),
    (lambda: ravine.train(SMALL, 7, steps=1), "7 is not an optimizer"),
])
def test_misuse_is_an_exception_with_a_sentence(call, sentence):
    with pytest.raises(ravine.Misuse, match=sentence):
        call()


def test_ctrl_c_keeps_the_curve_and_continues_with_the_same_bits(tmp_path):
    checkpoint = tmp_path / "x.checkpoint"
    whole = ravine.train(SMALL, "adam", **TRIAL)

    with pytest.raises(Stopped) as stopped:
        ravine.train(SMALL, "adam", **TRIAL, checkpoint=checkpoint, callback=interrupt)
    assert stopped.value.result.outcome == "stopped"
    assert 1 <= len(stopped.value.result.curve) < len(whole.curve)
    assert checkpoint.exists()
    rest = ravine.train(SMALL, "adam", **TRIAL, checkpoint=checkpoint)
    assert not checkpoint.exists()
    np.testing.assert_array_equal(rest.theta, whole.theta)
    assert rest.curve.drop(columns="train_seconds").equals(whole.curve.drop(columns="train_seconds"))


def test_a_result_draws_itself():
    import matplotlib
    matplotlib.use("agg")
    axes = ravine.train(SMALL, "adam", learning_rate=0.01, epochs=1).plot()
    assert [line.get_label() for line in axes.lines] == ["train loss", "validation loss", "test loss"]


def test_a_result_shows_its_curve_in_a_notebook():
    result = ravine.train(SMALL, "adam", learning_rate=0.01, epochs=2)
    shown = result._repr_html_()
    assert shown.count("<svg") == 1 and "<script" not in shown
    for text in (result.id, "train loss", f"{result.curve['test_loss'].iloc[-1]:.6g}"):
        assert text in shown
