#include "ravine/nn/layers/smooth_activation.hpp"

#include <algorithm>
#include <array>

#include "ravine/core/math.hpp"
#include "ravine/linalg/panels.hpp"

namespace ravine {
namespace {

// Each function works on a part of x that can be computed once for a piece of elements, s(x), and
// says y, dy/dx and d2y/dx2 in x and s.

struct GeluTanh {
  static constexpr Real kC = Real(0.79788456080286535588), kA = Real(0.044715);
  static void prepare(std::span<const Real> x, std::span<Real> s) {
    for (std::size_t i = 0; i < x.size(); ++i) s[i] = kC * (x[i] + kA * x[i] * x[i] * x[i]);
    tanh(s, s);
  }
  static Real value(Real x, Real t) { return Real(0.5) * x * (1 + t); }
  static Real first(Real x, Real t) {
    return Real(0.5) * (1 + t) + Real(0.5) * x * (1 - t * t) * slope(x);
  }
  static Real second(Real x, Real t) {
    const Real u = slope(x), bend = 6 * kC * kA * x;
    return (1 - t * t) * (u + Real(0.5) * x * (bend - 2 * t * u * u));
  }
  static Real slope(Real x) { return kC * (1 + 3 * kA * x * x); }
};

struct Silu {
  static void prepare(std::span<const Real> x, std::span<Real> s) { logistic(x, s); }
  static Real value(Real x, Real s) { return x * s; }
  static Real first(Real x, Real s) { return s * (1 + x * (1 - s)); }
  static Real second(Real x, Real s) { return s * (1 - s) * (2 + x * (1 - 2 * s)); }
};

// s = 1 - e^x where x <= 0
struct Elu {
  static void prepare(std::span<const Real> x, std::span<Real> s) {
    for (std::size_t i = 0; i < x.size(); ++i) s[i] = x[i] > 0 ? Real(0) : -x[i];
    one_minus_exp(s, s);
  }
  static Real value(Real x, Real s) { return x > 0 ? x : -s; }
  static Real first(Real x, Real s) { return x > 0 ? Real(1) : 1 - s; }
  static Real second(Real x, Real s) { return x > 0 ? Real(0) : 1 - s; }
};

template <class F>
void with_function(SmoothFunction function, F f) {
  switch (function) {
    case SmoothFunction::kGeluTanh:
      return f(GeluTanh());
    case SmoothFunction::kSilu:
      return f(Silu());
    case SmoothFunction::kElu:
      return f(Elu());
  }
}

// Calls f(function, begin, x, s) for pieces of x.
template <class F>
void for_prepared(SmoothFunction function, Threads threads, std::span<const Real> x, F f) {
  with_function(function, [&](auto known) {
    for_elements(threads, x.size(), [&](std::size_t begin, std::size_t end) {
      std::array<Real, 256> room;
      for (; begin < end; begin += room.size()) {
        const std::size_t count = std::min(room.size(), end - begin);
        const std::span<const Real> piece = x.subspan(begin, count);
        const std::span<Real> s = std::span(room).first(count);
        known.prepare(piece, s);
        f(known, begin, piece, s);
      }
    });
  });
}

}  // namespace

void SmoothActivation::forward(const Pass& pass, std::span<const Real>,
                               const LayerState& state) const {
  Real* const y = state.y.data;
  for_prepared(function_, pass.threads, state.x.dense.elements(),
               [&](auto f, std::size_t begin, std::span<const Real> x, std::span<const Real> s) {
                 for (std::size_t i = 0; i < x.size(); ++i) y[begin + i] = f.value(x[i], s[i]);
               });
}

void SmoothActivation::backward(const Pass& pass, std::span<const Real>, const LayerState& state,
                                MatrixView<Real> dy, MatrixView<Real> dx, std::span<Real>) const {
  if (dx.empty()) return;
  for_prepared(function_, pass.threads, state.x.dense.elements(),
               [&](auto f, std::size_t begin, std::span<const Real> x, std::span<const Real> s) {
                 for (std::size_t i = 0; i < x.size(); ++i)
                   dx.data[begin + i] = dy.data[begin + i] * f.first(x[i], s[i]);
               });
}

void SmoothActivation::tangent_forward(const Pass& pass, std::span<const Real>,
                                       std::span<const Real>, const LayerState& state,
                                       const LayerState& tangent) const {
  const Real* const tx = tangent.x.dense.data;
  Real* const ty = tangent.y.data;
  for_prepared(function_, pass.threads, state.x.dense.elements(),
               [&](auto f, std::size_t begin, std::span<const Real> x, std::span<const Real> s) {
                 for (std::size_t i = 0; i < x.size(); ++i)
                   ty[begin + i] = tx[begin + i] * f.first(x[i], s[i]);
               });
}

void SmoothActivation::tangent_backward(const Pass& pass, std::span<const Real>,
                                        std::span<const Real>, const LayerState& state,
                                        const LayerState& tangent, Dual dy, Dual dx,
                                        std::span<Real>) const {
  if (dx.value.empty()) return;
  const Real* const tx = tangent.x.dense.data;
  for_prepared(function_, pass.threads, state.x.dense.elements(),
               [&](auto f, std::size_t begin, std::span<const Real> x, std::span<const Real> s) {
                 for (std::size_t i = 0; i < x.size(); ++i) {
                   const std::size_t at = begin + i;
                   const Real delta = dy.value.data[at], first = f.first(x[i], s[i]);
                   dx.tangent.data[at] =
                       dy.tangent.data[at] * first + delta * f.second(x[i], s[i]) * tx[at];
                   dx.value.data[at] = delta * first;
                 }
               });
}

}  // namespace ravine
