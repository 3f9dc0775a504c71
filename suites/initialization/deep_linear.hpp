#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "ravine/core/objective.hpp"

/// Deep linear networks on whitened inputs, by their modes: Saxe, McClelland & Ganguli (2013).
namespace ravine::initialization {

/// Three layers of units: L(A, B) = 1/2 ||S - B A||^2 with S = diag(strengths); equation 2, rotated
/// so that S is diagonal. theta holds A transposed and B, a row of `hidden` weights per mode each.
class ThreeLayers final : public Objective {
 public:
  ThreeLayers(std::vector<double> strengths, std::size_t hidden)
      : s_(std::move(strengths)), hidden_(hidden) {}
  std::size_t size() const { return 2 * s_.size() * hidden_; }

  /// (B A)_mm: what of a mode is learned.
  double learned(std::span<const Real> theta, std::size_t mode) const {
    return inner(below(theta, mode), above(theta, mode));
  }
  /// |a + b|^2 / 4, which grows; a - b decays.
  double growing_part(std::span<const Real> theta, std::size_t mode) const {
    const auto a = below(theta, mode), b = above(theta, mode);
    return (inner(a, a) + 2 * inner(a, b) + inner(b, b)) / 4;
  }

 private:
  template <class T>
  std::span<T> below(std::span<T> theta, std::size_t mode) const {
    return theta.subspan(mode * hidden_, hidden_);
  }
  template <class T>
  std::span<T> above(std::span<T> theta, std::size_t mode) const {
    return theta.subspan((s_.size() + mode) * hidden_, hidden_);
  }
  static double inner(std::span<const Real> a, std::span<const Real> b) {
    double sum = 0;
    for (std::size_t k = 0; k < a.size(); ++k) sum += static_cast<double>(a[k]) * b[k];
    return sum;
  }

  double do_evaluate(std::span<const Real> theta, std::span<Real> gradient) override {
    double loss = 0;
    for (Real& value : gradient) value = 0;
    for (std::size_t out = 0; out < s_.size(); ++out)
      for (std::size_t in = 0; in < s_.size(); ++in) {
        const auto a = below(theta, in), b = above(theta, out);
        const double error = inner(a, b) - (in == out ? s_[in] : 0);
        loss += error * error / 2;
        if (gradient.empty()) continue;
        for (std::size_t k = 0; k < hidden_; ++k) {
          below(gradient, in)[k] += static_cast<Real>(error) * b[k];
          above(gradient, out)[k] += static_cast<Real>(error) * a[k];
        }
      }
    return loss;
  }

  std::vector<double> s_;
  std::size_t hidden_;
};

/// One decoupled mode of strength 1 through many layers of weights: L(w) = 1/2 (1 - w_1 w_2 ...)^2;
/// section 2.2 and figure 4. Behind the weights theta is padding.
class DecoupledMode final : public Objective {
 public:
  explicit DecoupledMode(std::size_t weights) : weights_(weights) {}
  double learned(std::span<const Real> theta) const {
    double product = 1;
    for (const Real weight : theta.first(weights_)) product *= weight;
    return product;
  }

 private:
  double do_evaluate(std::span<const Real> theta, std::span<Real> gradient) override {
    const double product = learned(theta);
    for (Real& value : gradient) value = 0;
    for (std::size_t i = 0; i < std::min(weights_, gradient.size()); ++i)
      gradient[i] = static_cast<Real>((product - 1) * product / theta[i]);
    return (1 - product) * (1 - product) / 2;
  }

  std::size_t weights_;
};

}  // namespace ravine::initialization
