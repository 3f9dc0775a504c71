#include "ravine/optim/second_order/vectors.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace ravine {
namespace {

constexpr std::size_t kPieceElements = 16384;

template <class F>
void for_each_element(Threads threads, std::size_t count, F f) {
  const auto piece = [f](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) f(i);
  };
  if (count <= kPieceElements)
    piece(0, count);
  else
    parallel_chunks(threads, count, kPieceElements, piece);
}

}  // namespace

void add_scaled(Threads threads, std::span<const Real> x, double a, std::span<const Real> d,
                std::span<Real> out) {
  assert(x.size() == d.size() && x.size() == out.size());
  for_each_element(threads, out.size(),
                   [a = Real(a), p = x.data(), q = d.data(), r = out.data()](std::size_t i) {
                     r[i] = p[i] + a * q[i];
                   });
}

void combine(Threads threads, double a, std::span<const Real> x, double b, std::span<const Real> y,
             std::span<Real> out) {
  assert(x.size() == y.size() && x.size() == out.size());
  for_each_element(threads, out.size(),
                   [a = Real(a), b = Real(b), p = x.data(), q = y.data(),
                    r = out.data()](std::size_t i) { r[i] = a * p[i] + b * q[i]; });
}

void scale(Threads threads, double a, std::span<Real> x) {
  for_each_element(threads, x.size(), [a = Real(a), p = x.data()](std::size_t i) { p[i] *= a; });
}

double largest_magnitude(std::span<const Real> x) {
  double largest = 0;
  bool is_nan = false;
  for (const Real value : x) {
    largest = std::max(largest, std::abs(static_cast<double>(value)));
    is_nan |= value != value;
  }
  return is_nan ? std::numeric_limits<double>::quiet_NaN() : largest;
}

}  // namespace ravine
