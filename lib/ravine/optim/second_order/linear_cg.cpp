#include "ravine/optim/second_order/linear_cg.hpp"

#include <algorithm>
#include <cmath>

#include "ravine/linalg/stats.hpp"
#include "ravine/optim/second_order/vectors.hpp"

namespace ravine {
namespace {

constexpr double kFirstKept = 5, kKeptRatio = 1.3;

std::size_t most_kept(std::int64_t most) {
  std::size_t kept = 1;
  for (double at = kFirstKept; at <= static_cast<double>(most); at *= kKeptRatio) ++kept;
  return kept;
}

}  // namespace

void LinearCg::reset(std::size_t size, std::int64_t most, double tolerance, Threads threads) {
  most_ = most;
  tolerance_ = tolerance;
  threads_ = threads;
  for (auto* vector : {&x_, &residual_, &preconditioned_, &p_, &ap_}) vector->assign(size, Real{0});
  values_.assign(static_cast<std::size_t>(most) + 1, 0);
  kept_.assign(most_kept(most), AlignedVector<Real>(size, Real{0}));
}

double LinearCg::bytes(std::size_t size, std::int64_t most) {
  return static_cast<double>(5 + most_kept(most)) * static_cast<double>(size) * sizeof(Real) +
         static_cast<double>(most) * sizeof(double);
}

std::int64_t LinearCg::solve(const Product& product, std::span<const Real> b,
                             std::span<const Real> x, std::span<const Real> inverse) {
  std::ranges::copy(x, x_.begin());
  product(x_, residual_);
  combine(threads_, 1, residual_, -1, b, residual_);  // r = A x - b
  precondition(inverse);
  scale(threads_, 0, p_);
  double r_y = dot(threads_, residual_, preconditioned_), beta = 0;
  values_[0] = value(b);
  kept_count_ = 0;
  double next_kept = kFirstKept;
  std::int64_t i = 0;
  while (i < most_ && r_y > 0) {
    combine(threads_, -1, preconditioned_, beta, p_, p_);
    product(p_, ap_);
    const double curvature = dot(threads_, p_, ap_);
    if (!(curvature > 0)) break;
    ++i;
    const double alpha = r_y / curvature;
    add_scaled(threads_, x_, alpha, p_, x_);
    add_scaled(threads_, residual_, alpha, ap_, residual_);
    precondition(inverse);
    const double last = r_y;
    r_y = dot(threads_, residual_, preconditioned_);
    beta = r_y / last;
    values_[static_cast<std::size_t>(i)] = value(b);
    if (settled(i)) break;
    if (i == static_cast<std::int64_t>(std::ceil(next_kept)) && i < most_) {
      keep();
      next_kept *= kKeptRatio;
    }
  }
  keep();
  return i;
}

// phi(x) = 1/2 x'(A x - b) - 1/2 b'x.
double LinearCg::value(std::span<const Real> b) const {
  return 0.5 * (dot(threads_, x_, residual_) - dot(threads_, x_, b));
}

void LinearCg::precondition(std::span<const Real> inverse) {
  const std::size_t n = residual_.size();
  for (std::size_t i = 0; i < n; ++i)
    preconditioned_[i] = inverse.empty() ? residual_[i] : residual_[i] * inverse[i];
}

void LinearCg::keep() { std::ranges::copy(x_, kept_[kept_count_++].begin()); }

bool LinearCg::settled(std::int64_t i) const {
  const std::int64_t gap = std::max<std::int64_t>(10, (i + 9) / 10);
  if (i <= gap) return false;
  const double now = values_[static_cast<std::size_t>(i)];
  const double before = values_[static_cast<std::size_t>(i - gap)];
  return now < 0 && (now - before) / now < tolerance_ * static_cast<double>(gap);
}

}  // namespace ravine
