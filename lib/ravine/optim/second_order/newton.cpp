#include "ravine/optim/second_order/newton.hpp"

#include <algorithm>
#include <cmath>

#include "ravine/core/error.hpp"
#include "ravine/core/text.hpp"
#include "ravine/linalg/symmetric.hpp"
#include "ravine/optim/second_order/vectors.hpp"

namespace ravine {
namespace {

constexpr double kSingular = 1e-12;  // share of the largest eigenvalue that counts as zero
constexpr double kFlat = 1e-10;      // SaddleFreeNewton: the smallest share that is divided by

double inner(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

double largest_of(std::span<const double> ascending) {
  return std::max(std::abs(ascending.front()), std::abs(ascending.back()));
}

Ending stuck(std::string message) { return {Ending::Kind::kStuck, std::move(message)}; }

}  // namespace

NewtonMethod::NewtonMethod(std::string_view name, const LineSearchOptions& search, double tolerance)
    : LineSearchMethod(search, tolerance), name_(name), searches_(search.line_search != "none") {
  search.check(name);
}

void NewtonMethod::reset_memory(const ParameterLayout& layout) {
  hessian_.reset(layout, name_);
  const std::size_t n = hessian_.size();
  spectrum_.values.resize(n);
  spectrum_.vectors.resize(n * n);
  factor_.resize(n * n);
  packed_.resize(n);
  product_.resize(n);
  steepest_ = false;
}

// The Hessian, its eigenvectors and its factor; vectors of the same length.
double NewtonMethod::extra_bytes(const ParameterLayout& layout) const {
  const double n = static_cast<double>(layout.parameter_count());
  return (3 * n * n + 3 * n) * sizeof(double) + n * sizeof(std::size_t) +
         2 * static_cast<double>(layout.size()) * sizeof(Real);
}

std::optional<Ending> NewtonMethod::choose(const Place& place, std::span<Real> d) {
  if (std::exchange(steepest_, false)) {
    combine(threads(), -1, place.gradient, 0, place.gradient, d);
    return std::nullopt;
  }
  if (!hessian_.assemble(place.objective, place.theta))
    return Ending{Ending::Kind::kDiverged, "the Hessian has elements that are not finite"};
  hessian_.pack(place.gradient, packed_);
  for (double& x : packed_) x = -x;
  auto ending = solve_step(packed_);
  if (!ending) hessian_.unpack(packed_, d);
  return ending;
}

std::optional<Ending> NewtonMethod::judge(const Place& place) {
  if (!hessian_.assemble(place.objective, place.theta)) return std::nullopt;
  const double smallest = spectrum().values.front();
  if (smallest >= -kSingular * largest_of(spectrum_.values)) return std::nullopt;
  return stuck(
      fmt::format("the gradient vanishes at a point that is no minimum: the Hessian is "
                  "indefinite with smallest eigenvalue {}; start elsewhere, or use "
                  "saddle_free_newton, which leaves saddles before it meets them",
                  format_number(smallest)));
}

const NewtonMethod::Spectrum& NewtonMethod::spectrum() {
  const std::size_t n = hessian_.size();
  symmetric_eigen(hessian_.matrix(), spectrum_.values, MatrixView<double>(spectrum_.vectors, n, n));
  return spectrum_;
}

bool NewtonMethod::solve(double shift, std::span<double> x) {
  const std::size_t n = hessian_.size();
  std::ranges::copy(hessian_.matrix().elements(), factor_.begin());
  for (std::size_t i = 0; i < n; ++i) factor_[i * (n + 1)] += shift;
  std::ranges::copy(x, product_.begin());
  if (!solve_positive_definite(MatrixView<double>(factor_, n, n), product_)) return false;
  std::ranges::copy(product_, x.begin());
  return true;
}

template <class F>
void NewtonMethod::divide_in_eigenbasis(std::span<double> x, F f) {
  const std::size_t n = x.size();
  std::ranges::fill(product_, 0.0);
  for (std::size_t k = 0; k < n; ++k) {
    const auto q = std::span<const double>(spectrum_.vectors).subspan(k * n, n);
    const double along = inner(q, x);
    if (along == 0) continue;
    const double share = along / f(spectrum_.values[k]);
    for (std::size_t i = 0; i < n; ++i) product_[i] += share * q[i];
  }
  std::ranges::copy(product_, x.begin());
}

std::optional<Ending> Newton::solve_step(std::span<double> x) {
  if (solve(0, x)) return std::nullopt;
  const auto& values = spectrum().values;
  const double largest = largest_of(values);
  for (const double value : values)
    if (std::abs(value) <= kSingular * largest)
      return stuck(
          fmt::format("the Hessian is singular: it has the eigenvalue {} beside {}; use "
                      "damped_newton",
                      format_number(value), format_number(largest)));
  const std::vector<double> minus_g(x.begin(), x.end());
  divide_in_eigenbasis(x, [](double value) { return value; });
  if (searches_lines() && !(inner(minus_g, x) > 0))
    return stuck(
        fmt::format("the Hessian is indefinite with smallest eigenvalue {} and the Newton "
                    "step does not descend; use damped_newton or saddle_free_newton",
                    format_number(values.front())));
  return std::nullopt;
}

std::optional<Ending> DampedNewton::solve_step(std::span<double> x) {
  double smallest = hessian().matrix()(0, 0);
  for (std::size_t i = 0; i < hessian().size(); ++i)
    smallest = std::min(smallest, hessian().matrix()(i, i));
  double tau = smallest > 0 ? 0 : options_.damping - smallest;
  while (!solve(tau, x)) {
    tau = std::max(2 * tau, options_.damping);
    if (!std::isfinite(tau))
      return stuck("no multiple of the unit matrix makes the Hessian definite");
  }
  tau_ = tau;
  return std::nullopt;
}

std::optional<Ending> SaddleFreeNewton::solve_step(std::span<double> x) {
  const double largest = largest_of(spectrum().values);
  if (largest + options_.damping == 0)
    return stuck("the Hessian is zero: the loss is linear here; use gradient_descent");
  divide_in_eigenbasis(x, [=, this](double value) {
    return std::max(std::abs(value), kFlat * largest) + options_.damping;
  });
  return std::nullopt;
}

}  // namespace ravine
