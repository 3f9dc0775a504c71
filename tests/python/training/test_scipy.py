"""SciPy's methods as optimizers."""

import numpy as np
import pytest
import scipy.optimize
from engines import need

need("double")

import ravine  # noqa: E402
import ravine.scipy  # noqa: E402


@pytest.mark.parametrize("method", ["L-BFGS-B", "BFGS", "CG"])
def test_a_method_ends_where_scipy_alone_ends(method):
    problem = ravine.problem("rosenbrock", precision="double")
    alone = scipy.optimize.minimize(problem.gradient, problem.initial(), jac=True, method=method,
                                    options={"maxiter": 15})
    result = ravine.train("rosenbrock", ravine.scipy.adapt(method, iterations=15), precision="double", steps=1)
    np.testing.assert_array_equal(result.theta, alone.x)
    assert result.curve["gradient_evaluations"].iloc[-1] == alone.nfev


def test_unknown_methods_are_refused():
    with pytest.raises(ravine.Misuse, match="no method 'trust-exact'.*L-BFGS-B"):
        ravine.scipy.adapt("trust-exact")
