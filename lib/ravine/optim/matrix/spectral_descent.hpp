#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "ravine/optim/matrix/on_matrices.hpp"
#include "ravine/optim/matrix/orthogonal_momentum.hpp"
#include "ravine/optim/matrix/shape_scale.hpp"

namespace ravine {

/// Spectral descent: the steepest step among those of spectral norm 1.
///
///   g = U S V^T;   theta <- (1 - eps lambda) theta - eps c U V^T
///
/// Carlson, Cevher and Carin (2015), equation 9; it is Muon without momentum and with the
/// orthogonal factor itself, and Shampoo without memory. c is `scale` (shape_scale.hpp).
/// **Deviates:** the paper multiplies the step by the sum of all singular values, so that it falls
/// with the gradient; here, as in Muon, eps alone sets the length. U V^T comes from 12 steps of an
/// iteration that converges for singular values above 1e-3 of the gradient's norm; smaller ones
/// stay below 1.
struct SpectralDescent : OrthogonalMomentum {
  static constexpr std::string_view kName = "spectral_descent";
  static constexpr std::array<std::string_view, 0> kState = {};
  static constexpr RateRange kLearningRate = {0.02, "log(1e-3, 0.3)"};
  static constexpr OthersDefaults kOthers = {};
  std::string scale = "none";
  double weight_decay = 0;

  SpectralDescent() { orthogonalization = "polar"; }

  template <class F>
  void fields(F&& field) {
    iteration_fields(field);
    field({"scale", "adjust_lr_fn"}, scale, kShapeScales, "length of a step by the block's shape");
    field({"weight_decay", "lambda"}, weight_decay, "[0, inf)", "weight decay, multiplied by eps",
          "log(1e-3, 1)");
  }

  double decay(const StepInfo& info) const { return 1 - info.learning_rate * weight_decay; }

  template <class Work>
  void update(const StepInfo& info, const Work& work) const {
    std::ranges::copy(work.gradient.elements(), work.scratch[0].data);
    orthogonalize(work, scale == "torch");
    decayed_step(work.threads, decay(info), info.learning_rate * shape_scale(scale, work.block),
                 work.scratch[0], work.theta);
  }
};

}  // namespace ravine
