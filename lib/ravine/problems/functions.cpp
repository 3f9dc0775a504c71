#include "ravine/problems/functions.hpp"

#include <algorithm>
#include <array>

#include "ravine/core/portable.hpp"

namespace ravine {

double Quadratic::eigenvalue(std::size_t i) const {
  if (i == 0) return 1;
  const double share = static_cast<double>(i) / static_cast<double>(size() - 1);
  return i + 1 == size() ? 1 / condition : portable_exp(-share * portable_log(condition));
}

void Quadratic::start(std::span<double> x) const { std::ranges::fill(x, 1.0); }

double Quadratic::evaluate(std::span<const double> x, std::span<double> g) const {
  double value = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    g[i] = eigenvalue(i) * x[i];
    value += 0.5 * g[i] * x[i];
  }
  return value;
}

void Quadratic::hessian_vector(std::span<const double>, std::span<const double> v,
                               std::span<double> hv) const {
  for (std::size_t i = 0; i < v.size(); ++i) hv[i] = eigenvalue(i) * v[i];
}

void Rosenbrock::start(std::span<double> x) const {
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = i % 2 == 0 ? -1.2 : 1;
}

double Rosenbrock::evaluate(std::span<const double> x, std::span<double> g) const {
  std::ranges::fill(g, 0.0);
  double value = 0;
  for (std::size_t i = 0; i + 1 < x.size(); ++i) {
    const double valley = x[i + 1] - x[i] * x[i], slope = 1 - x[i];
    value += 100 * valley * valley + slope * slope;
    g[i] += -400 * x[i] * valley - 2 * slope;
    g[i + 1] += 200 * valley;
  }
  return value;
}

void Rosenbrock::hessian_vector(std::span<const double> x, std::span<const double> v,
                                std::span<double> hv) const {
  std::ranges::fill(hv, 0.0);
  for (std::size_t i = 0; i + 1 < x.size(); ++i) {
    const double valley = x[i + 1] - x[i] * x[i];
    const double d_valley = v[i + 1] - 2 * x[i] * v[i];
    hv[i] += -400 * (v[i] * valley + x[i] * d_valley) + 2 * v[i];
    hv[i + 1] += 200 * d_valley;
  }
}

namespace {

constexpr std::array<double, 3> kBeale = {1.5, 2.25, 2.625};

// r = c - x (1 - y^k) with its derivatives.
struct BealeTerm {
  double r, r_x, r_y, r_xy, r_yy;
  BealeTerm(int k, double x, double y) {
    const double lower = k == 1 ? 0 : integer_power(y, k - 2);  // y^(k-2)
    const double power = k == 1 ? 1 : lower * y;                // y^(k-1)
    r_x = power * y - 1;
    r = kBeale[static_cast<std::size_t>(k - 1)] + x * r_x;
    r_xy = k * power;
    r_y = x * r_xy;
    r_yy = x * k * (k - 1) * lower;
  }
};

}  // namespace

void Beale::start(std::span<double> x) const { x[0] = x[1] = 1; }

double Beale::evaluate(std::span<const double> x, std::span<double> g) const {
  double value = 0;
  g[0] = g[1] = 0;
  for (int k = 1; k <= 3; ++k) {
    const BealeTerm t(k, x[0], x[1]);
    value += t.r * t.r;
    g[0] += 2 * t.r * t.r_x;
    g[1] += 2 * t.r * t.r_y;
  }
  return value;
}

void Beale::hessian_vector(std::span<const double> x, std::span<const double> v,
                           std::span<double> hv) const {
  hv[0] = hv[1] = 0;
  for (int k = 1; k <= 3; ++k) {
    const BealeTerm t(k, x[0], x[1]);
    const double d_r = t.r_x * v[0] + t.r_y * v[1];
    hv[0] += 2 * (d_r * t.r_x + t.r * t.r_xy * v[1]);
    hv[1] += 2 * (d_r * t.r_y + t.r * (t.r_xy * v[0] + t.r_yy * v[1]));
  }
}

void Saddle::start(std::span<double> x) const {
  x[0] = x0;
  x[1] = y0;
}

double Saddle::evaluate(std::span<const double> x, std::span<double> g) const {
  g[0] = 2 * x[0];
  g[1] = -2 * x[1];
  return x[0] * x[0] - x[1] * x[1];
}

void Saddle::hessian_vector(std::span<const double>, std::span<const double> v,
                            std::span<double> hv) const {
  hv[0] = 2 * v[0];
  hv[1] = -2 * v[1];
}

}  // namespace ravine
