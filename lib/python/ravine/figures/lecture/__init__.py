"""The pictures of the lecture, drawn from what the suites recorded for them; one page per picture.

Every function takes results and returns a figure, or None if their suite has not recorded it.
"""

from . import (batch_size, bouncing, chain, gradient_noise, gradient_norm, lookahead,
               noisy_quadratic, one_step, paths, robbins_monro, terminal_speed, update_cost)

FIGURES = {
    "paths": (paths.draw, "the rules' paths in a ravine, two valleys and at a saddle (L8, L11)"),
    "terminal-speed": (terminal_speed.draw, "step lengths under a constant gradient (L10)"),
    "lookahead": (lookahead.draw, "momentum and Nesterov across a ravine (L12)"),
    "one-step": (one_step.draw, "gain of a step along the gradient (L21)"),
    "chain": (chain.draw, "predicted and actual change of a product of weights (L22)"),
    "bouncing": (bouncing.draw, "bouncing iterates and their averages (L33, L34)"),
    "gradient-norm": (gradient_norm.draw, "the gradient's norm while a network learns (A5)"),
    "robbins-monro": (robbins_monro.draw, "error under three schedules of the rate (L4)"),
    "gradient-noise": (gradient_noise.draw, "noise of the gradient against batch size (L6)"),
    "update-cost": (update_cost.draw, "seconds per update against training examples (L2, L7)"),
    "batch-size": (batch_size.draw, "steps and examples to a target against batch size"),
    "noisy-quadratic": (noisy_quadratic.draw, "steps to a target in the noisy quadratic model"),
}

# Suites whose trials are pictures: learning curves and tables of them would say nothing.
PICTURES_ONLY = ("illustrations",)
