#include "ravine/core/objective.hpp"

#include "ravine/core/error.hpp"

namespace ravine {

void Objective::do_hessian_vector(std::span<const Real>, std::span<const Real>, std::span<Real>) {
  fail("this problem does not provide Hessian-vector products: choose a first-order optimizer");
}

void Objective::do_gauss_newton_vector(std::span<const Real>, std::span<const Real>,
                                       std::span<Real>) {
  fail("this problem does not provide Gauss-Newton products: choose a first-order optimizer");
}

}  // namespace ravine
