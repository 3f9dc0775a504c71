#include "ravine/problems/linear_chain.hpp"

#include <algorithm>

namespace ravine {
namespace {

// A product and its derivative along v.
struct DualNumber {
  double value = 1, slope = 0;
};

DualNumber operator*(DualNumber a, DualNumber b) {
  return {a.value * b.value, a.slope * b.value + a.value * b.slope};
}

}  // namespace

void LinearChain::start(std::span<double> w) const { std::ranges::fill(w, weight); }

// df/dw_i = x (w_1 ... w_{i-1}) (w_{i+1} ... w_l)
double LinearChain::evaluate(std::span<const double> w, std::span<double> g) const {
  double before = x;
  for (std::size_t i = 0; i < w.size(); ++i) {
    g[i] = before;
    before *= w[i];
  }
  double behind = 1;
  for (std::size_t i = w.size(); i-- > 0;) {
    g[i] *= behind;
    behind *= w[i];
  }
  return before;
}

// The derivative of the gradient along v.
void LinearChain::hessian_vector(std::span<const double> w, std::span<const double> v,
                                 std::span<double> hv) const {
  std::vector<DualNumber> before(w.size() + 1);
  before[0] = {x, 0};
  for (std::size_t i = 0; i < w.size(); ++i) before[i + 1] = before[i] * DualNumber{w[i], v[i]};
  DualNumber behind;
  for (std::size_t i = w.size(); i-- > 0;) {
    hv[i] = (before[i] * behind).slope;
    behind = behind * DualNumber{w[i], v[i]};
  }
}

std::vector<double> LinearChain::step_expansion(std::span<const double> w,
                                                std::span<const double> g) const {
  std::vector<double> coefficients = {x};
  for (std::size_t i = 0; i < w.size(); ++i) {  // times (w_i - eps g_i)
    coefficients.push_back(0);
    for (std::size_t k = coefficients.size() - 1; k > 0; --k)
      coefficients[k] = w[i] * coefficients[k] - g[i] * coefficients[k - 1];
    coefficients[0] *= w[i];
  }
  return coefficients;
}

}  // namespace ravine
