"""Optimizers that are Python classes: the same numbers as ravine's own rules, their texts, state and faults."""

import subprocess
import sys

import numpy as np
import pytest
from engines import SMALL, interrupt, need

import ravine
from ravine.training import state_bytes
from ravine.training.command import environment_of_children
from ravine.training.declaration import describe
from ravine.training.results import Stopped

need("float", "double")

RUN = {"learning_rate": 0.05, "epochs": 2, "seed": 1}


class HeavyBall:
    """Momentum, as ravine has it."""

    beta = ravine.Field(0.9, "[0, 1)", "share of the velocity that is kept", search="one_minus_log(0.5, 0.999)")
    learning_rate = 0.1, "log(1e-4, 1)"

    def step(self, theta, gradient, state, info):
        if not state:
            state["v"] = np.zeros_like(theta)
        velocity = state["v"]
        velocity *= self.beta
        velocity -= info.learning_rate * gradient
        theta += velocity


class PerBlock(HeavyBall):
    per_block = True

    def step(self, theta, gradient, state, info):
        assert theta.shape == info.block.shape
        super().step(theta, gradient, state, info)


class Returns:
    def step(self, theta, gradient, state, info):
        return theta - info.learning_rate * gradient


class Evaluates:
    def step(self, theta, objective, state, info):
        loss, gradient = objective(theta)
        assert objective.loss(theta) == loss
        return theta - info.learning_rate * gradient


def close(mine, own, tolerance=1e-12):
    return np.abs(mine.theta - own.theta).max() <= tolerance * np.abs(own.theta).max()


@pytest.mark.parametrize("mine, own", [(HeavyBall, "momentum(beta=0.9)"), (PerBlock, "momentum(beta=0.9)"),
                                       (Returns, "sgd"), (Evaluates, "sgd")])
def test_a_class_trains_as_the_rule_of_its_equation(mine, own):
    mine = ravine.train(SMALL, mine, precision="double", **RUN)
    assert close(mine, ravine.train(SMALL, own, precision="double", **RUN))


def test_a_class_trains_within_another_rule_and_by_schedules():
    own = ravine.train(SMALL, "lookahead(inner=momentum(beta=sutskever(max=0.9)))", precision="double", **RUN)
    mine = ravine.optimizer("lookahead(inner=heavy_ball(beta=sutskever(max=0.9)))", classes=[HeavyBall],
                            precision="double")
    assert close(ravine.train(SMALL, mine, **RUN), own)


def test_the_text_has_every_field_and_the_source():
    text = ravine.optimizer(HeavyBall, beta=0.5).text
    assert text == f"heavy_ball(beta=0.5, source={describe(HeavyBall).fields[-1][1]})"
    with pytest.raises(ravine.Misuse, match=r"beta.* is 1.*\[0, 1\)"):
        ravine.optimizer(HeavyBall, beta=1.0)


def test_code_without_a_file_has_a_digest_of_its_own():
    def typed_in(rate):
        space = {"__name__": "typed"}
        exec(f"class Typed:\n    def step(self, theta, gradient, state, info):\n        theta -= {rate} * gradient", space)
        return describe(space["Typed"]).fields[-1][1]

    assert typed_in(0.1) == typed_in(0.1) != typed_in(0.2)


def test_another_source_or_version_is_another_trial():
    def made(version, factor):
        cls = type("Made", (Returns,), {"version": version})
        cls.__ravine_source__ = f"{factor:012x}"
        return ravine.train(SMALL, cls, steps=1, learning_rate=0.1).id

    assert len({made(1, 1), made(2, 1), made(1, 2)}) == 3
    assert made(1, 1) == made(1, 1)


@pytest.mark.parametrize("cls", [HeavyBall, PerBlock])
def test_state_continues_with_the_same_bits(tmp_path, cls):
    whole = ravine.train(SMALL, cls, **RUN)
    with pytest.raises(Stopped) as stopped:
        ravine.train(SMALL, cls, **RUN, checkpoint=tmp_path / "c", callback=interrupt)
    assert stopped.value.result.steps == 1
    np.testing.assert_array_equal(ravine.train(SMALL, cls, **RUN, checkpoint=tmp_path / "c").theta, whole.theta)


def test_any_state_comes_back_from_its_bytes():
    state = {"m": np.arange(6, dtype=np.float32).reshape(2, 3), "t": 3, 7: [1.5, None, True, ("a", np.int64(4))],
             "none": np.zeros((0, 2))}
    data = state_bytes.write(state)
    again = state_bytes.read(data)
    assert state_bytes.write(again) == data
    np.testing.assert_array_equal(again["m"], state["m"])
    assert again[7] == [1.5, None, True, ("a", 4)]
    assert again["none"].shape == (0, 2)


class Raises:
    def step(self, theta, gradient, state, info):
        if info.step == 3:
            raise ValueError("no more")


class Grows:
    def step(self, theta, gradient, state, info):
        return np.zeros(3)


class BecomesNan:
    def step(self, theta, gradient, state, info):
        theta[:] = np.nan


class Opaque:
    def step(self, theta, gradient, state, info):
        state["file"] = object()


class OnItself:
    def prepare(self, theta, gradient, blocks):
        self.momentum = np.zeros_like(theta)

    def step(self, theta, gradient, state, info):
        self.momentum *= 0.9
        self.momentum += gradient
        theta -= info.learning_rate * self.momentum


class Counts:
    def step(self, theta, gradient, state, info):
        self.calls = getattr(self, "calls", 0) + 1


class Forgets:
    def __init__(self):
        self.last = [0]

    def step(self, theta, gradient, state, info):
        del self.last


class Lazy:
    def step(self, theta, objective, state, info):
        pass


def test_what_a_class_raises_comes_through():
    with pytest.raises(ValueError, match="no more") as caught:
        ravine.train(SMALL, Raises, steps=5)
    assert any(frame.name == "step" for frame in caught.traceback)


@pytest.mark.parametrize("cls, sentence", [
    (Grows, r"Grows.step returned an array of float64 and shape \(3,\)"),
    (Opaque, r"state\['file'\] is of the type object"),
    (OnItself, "OnItself.step changed self.momentum, which checkpoints would lose: keep it in `state`"),
    (Counts, "Counts.step changed self.calls"),
    (Forgets, "Forgets.step changed self.last"),
    (Lazy, "lazy did not evaluate the objective in step 1"),
    (type("NoStep", (), {}), "NoStep has no step"),
    (type("Two", (), {"step": lambda self, theta: None}), "step has the parameters"),
    (type("Named", (Returns,), {"name": "My Rule"}), "Named.name is 'My Rule'"),
    (type("Fielded", (Returns,), {"rate": ravine.Field([1])}), r"default of Fielded.rate is \[1\]"),
    (type("Sgd", (Returns,), {"name": "sgd"}), "there is a optimizer 'sgd' already"),
])
def test_faults_of_a_class_are_sentences(cls, sentence):
    with pytest.raises(ravine.Misuse, match=sentence):
        ravine.train(SMALL, cls, steps=5)


def test_a_process_that_step_forks_does_not_go_on(tmp_path):
    own = tmp_path / "forks.py"
    own.write_text("import os\nclass Forks:\n    def step(self, theta, gradient, state, info):\n"
                   "        state['child'] = int(os.fork() == 0)\n        theta -= info.learning_rate * gradient\n"
                   "        if not state['child']:\n            assert os.WEXITSTATUS(os.wait()[1]) == 70\n")
    done = subprocess.run([sys.executable, "-m", "ravine", "run", "own", "--problem", SMALL, "--optimizer",
                           f"{own}:Forks", "--learning-rate", "0.1", "--steps", "3", "--seeds", "1", "--output",
                           tmp_path / "x.h5"], capture_output=True, text=True, check=False,
                          env=environment_of_children())
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("Forks.step returned in a process that it forked") == 3
    assert "Fatal" not in done.stderr
    assert list(ravine.load(tmp_path / "x.h5").trials["outcome"]) == ["completed"]


def test_nan_diverges():
    assert ravine.train(SMALL, BecomesNan, steps=5).outcome == "diverged"


def test_arrays_that_a_class_keeps_stay_valid():
    kept = []

    class Keeps:
        def step(self, theta, gradient, state, info):
            kept.append((theta, gradient))
            theta -= 0.1 * gradient

    result = ravine.train(SMALL, Keeps, steps=3)
    np.testing.assert_array_equal(kept[-1][0], result.theta)
