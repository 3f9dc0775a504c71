#include "ravine/optim/second_order/bfgs.hpp"

#include <algorithm>
#include <cmath>

#include "ravine/core/error.hpp"
#include "ravine/linalg/stats.hpp"
#include "ravine/optim/second_order/vectors.hpp"

namespace ravine {
namespace {

constexpr std::size_t kPieceRows = 16;  // of one piece of work

}  // namespace

Bfgs::Bfgs(const BfgsOptions& options)
    : LineSearchMethod(options, options.tolerance), options_(options) {
  options.check(options.kName);
}

void Bfgs::reset_memory(const ParameterLayout& layout) {
  if (layout.parameter_count() > kMostParameters)
    fail("bfgs keeps a dense matrix: {} parameters are more than {}; use lbfgs",
         layout.parameter_count(), kMostParameters);
  for (auto* vector : {&s_, &y_, &h_y_}) vector->assign(layout.size(), Real{0});
  matrix_.resize(layout.size() * layout.size());
  forget();
}

void Bfgs::visit_memory(StateVisitor& visitor) {
  visitor.reals("inverse_hessian", matrix_);
  visitor.integer("updates", updates_);
}

// The matrix is part of the state.
double Bfgs::extra_bytes(const ParameterLayout& layout) const {
  return 3.0 * static_cast<double>(layout.size()) * sizeof(Real);
}

MatrixView<const Real> Bfgs::inverse_hessian() const { return {matrix_, s_.size(), s_.size()}; }

std::optional<Ending> Bfgs::choose(const Place& place, std::span<Real> d) {
  multiply(place.gradient, d);
  scale(threads(), -1, d);
  return std::nullopt;
}

// Before the first update the direction is -g, of no natural length; with a scaled matrix it fits
// from then on.
Bfgs::FirstTrial Bfgs::first_trial() const {
  if (updates_ == 0) return FirstTrial::kSameGain;
  return options_.initial == "scaled" ? FirstTrial::kUnit : FirstTrial::kSameDecrease;
}

void Bfgs::learn(const Move& move) {
  combine(threads(), move.step, move.direction, 0, move.direction, s_);
  combine(threads(), 1, move.new_gradient, -1, move.gradient, y_);
  const double s_y = dot(threads(), s_, y_), y_y = squared_norm(threads(), y_);
  if (!(s_y > kLeastCosine * std::sqrt(squared_norm(threads(), s_) * y_y))) return;
  if (updates_++ == 0 && options_.initial == "scaled") set_diagonal(s_y / y_y);
  multiply(y_, h_y_);
  // H + s w' - (H y / s'y) s' with w = (1 + y'H y / s'y) s / s'y - H y / s'y, the same sum. The
  // vector y is spent: it takes w.
  const double y_h_y = dot(threads(), y_, h_y_);
  scale(threads(), 1 / s_y, h_y_);
  combine(threads(), (1 + y_h_y / s_y) / s_y, s_, -1, h_y_, y_);
  const std::size_t n = s_.size();
  parallel_chunks(threads(), n, kPieceRows, [&, n](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      Real* __restrict row = matrix_.data() + i * n;
      const Real* __restrict s = s_.data();
      const Real* __restrict w = y_.data();
      const Real s_i = s[i], u_i = h_y_[i];
      for (std::size_t j = 0; j < n; ++j) row[j] += s_i * w[j] - u_i * s[j];
    }
  });
}

void Bfgs::forget() {
  set_diagonal(1);
  updates_ = 0;
}

void Bfgs::multiply(std::span<const Real> v, std::span<Real> out) const {
  const std::size_t n = s_.size();
  parallel_chunks(threads(), n, kPieceRows, [&, n](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
      out[i] = static_cast<Real>(dot({1}, std::span(matrix_).subspan(i * n, n), v));
  });
}

void Bfgs::set_diagonal(double value) {
  std::ranges::fill(matrix_, Real{0});
  for (std::size_t i = 0; i < s_.size(); ++i)
    matrix_[i * (s_.size() + 1)] = static_cast<Real>(value);
}

}  // namespace ravine
