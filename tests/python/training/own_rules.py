"""Optimizers that tests name as own_rules.py:CLASS."""

import numpy as np

import ravine


class HeavyBall:
    """Momentum, as ravine has it."""

    beta = ravine.Field(0.9, "[0, 1)", "share of the velocity that is kept", search="one_minus_log(0.5, 0.999)")
    learning_rate = 0.1, "log(1e-3, 1)"

    def step(self, theta, gradient, state, info):
        if not state:
            state["v"] = np.zeros_like(theta)
        velocity = state["v"]
        velocity *= self.beta
        velocity -= info.learning_rate * gradient
        theta += velocity


class Fails:
    def step(self, theta, gradient, state, info):
        raise ValueError("out of ideas")


class Slow:
    def step(self, theta, gradient, state, info):
        import time

        time.sleep(0.05)
        theta -= info.learning_rate * gradient
