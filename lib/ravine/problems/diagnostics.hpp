#pragma once

#include <string>

#include "ravine/linalg/summary.hpp"

namespace ravine {

/// What is recorded of one layer of weights at an observation.
///
///   input_*          s, what enters the activation function (the output z for the last layer)
///   activation_*     h = f(s), what leaves it
///   delta_*          dC/ds, the back-propagated gradient, C = sum of the losses of the cases
///   weight_*         the weights W
///   weight_gradient_*  dL/dW, L = C / cases, without L2
///   unit_*           s of the layer's first unit alone
///   units_std        sqrt of the mean over cases of the variance of s over the units: 0 as long as
///                    all units compute the same
///   weight_gradient_norm, bias_gradient_norm, gain_gradient_norm
///                    ||dL/d(block)||; bias and gain are those of batch normalization if there is
///
/// where * is mean, std, and q02 to q98, the quantiles of Summary. NaN where a layer has no such
/// number. Sources: Glorot & Bengio (2010, figures 2 to 9), Ioffe & Szegedy (2015, figure 1).
struct LayerDiagnostics {
  double layer = 0;  // 1, 2, ... from the input
  Summary input, activation, delta, weight, weight_gradient, unit;
  double units_std = Summary::kNone;
  double weight_gradient_norm = Summary::kNone;
  double bias_gradient_norm = Summary::kNone;
  double gain_gradient_norm = Summary::kNone;

  /// Calls f(name, value) for every number, always in the same order.
  template <class F>
  void each(F&& f) const {
    f(std::string("layer"), layer);
    each_of("input", input, f);
    each_of("activation", activation, f);
    each_of("delta", delta, f);
    each_of("weight", weight, f);
    each_of("weight_gradient", weight_gradient, f);
    each_of("unit", unit, f);
    f(std::string("units_std"), units_std);
    f(std::string("weight_gradient_norm"), weight_gradient_norm);
    f(std::string("bias_gradient_norm"), bias_gradient_norm);
    f(std::string("gain_gradient_norm"), gain_gradient_norm);
  }

 private:
  template <class F>
  static void each_of(const std::string& what, const Summary& summary, F& f) {
    f(what + "_mean", summary.mean);
    f(what + "_std", summary.standard_deviation);
    for (std::size_t i = 0; i < Summary::kShares.size(); ++i) {
      const int percent = static_cast<int>(100 * Summary::kShares[i] + 0.5);
      f(what + (percent < 10 ? "_q0" : "_q") + std::to_string(percent), summary.quantiles[i]);
    }
  }
};

}  // namespace ravine
