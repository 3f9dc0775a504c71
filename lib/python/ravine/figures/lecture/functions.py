"""The functions of two variables that are drawn as contours, as lib/ravine/problems has them."""

import numpy as np


def function(problem):
    """f(x, y) of the Component of a problem."""
    if problem.name == "quadratic":
        flat = 1 / float(problem.arguments["condition"])
        return lambda x, y: 0.5 * (x**2 + flat * y**2)
    return {"rosenbrock": lambda x, y: 100 * (y - x**2) ** 2 + (1 - x) ** 2,
            "saddle": lambda x, y: x**2 - y**2,
            "beale": lambda x, y: sum((c - x * (1 - y**k)) ** 2
                                      for k, c in ((1, 1.5), (2, 2.25), (3, 2.625)))}[problem.name]


def minimum(problem):
    """Where it is least, or None."""
    return {"quadratic": (0, 0), "rosenbrock": (1, 1), "beale": (3, 0.5)}.get(problem.name)


def derivatives(problem, x, y):
    """g'g and g'Hg at a point, by central differences along axes and gradient."""
    f, h = function(problem), 1e-5
    g = np.array([f(x + h, y) - f(x - h, y), f(x, y + h) - f(x, y - h)]) / (2 * h)
    gg = float(g @ g)
    s = 1e-4 / np.sqrt(gg)
    ghg = (f(x + s * g[0], y + s * g[1]) - 2 * f(x, y) + f(x - s * g[0], y - s * g[1])) / s**2
    return gg, float(ghg)
