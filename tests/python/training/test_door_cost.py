"""What a step in Python costs beyond the work of NumPy."""

import time

from engines import need

import ravine

need("float")

STEPS = 20000
MOST_US = 15


class Idle:
    def step(self, theta, gradient, state, info):
        pass


def microseconds(optimizer):
    """Processor time of a step; the best of several, for other work on the machine only adds to it."""
    def once():
        begin = time.process_time()
        ravine.train("rosenbrock", optimizer, learning_rate=1e-6, steps=STEPS, observe="even(count=1)")
        return time.process_time() - begin

    return min(once() for _ in range(3)) / STEPS * 1e6


def test_the_door_costs_little():
    cost = microseconds(Idle) - microseconds("sgd")
    print(f"{cost:.1f} us a step")
    assert 0 < cost <= MOST_US
