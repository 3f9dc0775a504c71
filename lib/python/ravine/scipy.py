"""Methods of scipy.optimize.minimize as optimizers of ravine.

    import ravine, ravine.scipy
    ravine.train("rosenbrock", ravine.scipy.adapt("L-BFGS-B"), steps=10)

Each step of the trial hands the objective of its mini-batch to SciPy for `iterations` iterations from where the last
step ended. SciPy's methods keep nothing from one call to the next, so few steps of many iterations do them justice,
on the full batch. The trial's learning rate plays no part.
"""

import hashlib

import numpy as np
import scipy
import scipy.optimize

from .errors import Misuse
from .training.declaration import Field

# Those that need nothing but losses and gradients.
METHODS = ("BFGS", "CG", "L-BFGS-B", "Nelder-Mead", "Powell", "SLSQP", "TNC")


def adapt(method, *, iterations=20, name=None, **options):
    """The class of optimizers for ravine.train and ravine.run. `options` are those of the method (scipy.optimize)."""
    if method not in METHODS:
        raise Misuse(f"there is no method {method!r} that needs only losses and gradients: choose one of "
                     f"{', '.join(METHODS)}")
    fixed = repr((scipy.__version__, method, sorted(options.items())))
    return type("Minimize", (_Minimize,), {
        "__doc__": f"{method} of scipy {scipy.__version__}",
        "__module__": __name__,
        "__ravine_source__": hashlib.sha256(fixed.encode()).hexdigest()[:12],
        "name": name or "scipy_" + method.lower().replace("-", "_"),
        "citation": "scipy.optimize.minimize",
        "iterations": Field(iterations, "[1, inf)", "iterations of SciPy in a step"),
        "method": method, "options": options,
    })


class _Minimize:
    def step(self, theta, objective, state, info):
        def value(x):
            loss, gradient = objective(x.astype(theta.dtype))
            return loss, gradient.astype(np.float64)

        # The few numbers of padding have no gradient and stay where they are.
        found = scipy.optimize.minimize(value, theta.astype(np.float64), jac=True, method=self.method,
                                        options={**self.options, "maxiter": int(self.iterations)})
        theta[:] = found.x
