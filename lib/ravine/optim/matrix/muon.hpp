#pragma once

#include <array>
#include <string>
#include <string_view>

#include "ravine/optim/matrix/on_matrices.hpp"
#include "ravine/optim/matrix/orthogonal_momentum.hpp"
#include "ravine/optim/matrix/shape_scale.hpp"

namespace ravine {

/// Muon: momentum whose singular values are brought to about 1 before every step.
///
///   m <- beta m + (1 - beta) g;   u = (1 - beta) g + beta m;   O = orthogonalized u
///   theta <- (1 - eps lambda) theta - eps c O
///
/// Jordan et al. (2024), "Muon: an optimizer for hidden layers in neural networks", and their code;
/// c is `scale` (shape_scale.hpp), lambda is `weight_decay`. It is made for the weights of hidden
/// layers: `blocks` says which it takes and `rest` what moves the others (on_matrices.hpp).
/// Five steps of the iteration on an m x m weight take 20 m^3 operations (30 m^3 without the
/// symmetry of two of three products), and training it on B examples 6 B m^2: 26 times as long at m
/// = 1000, B = 128. Compare seconds as well as steps.
/// **Deviates:** the iteration runs in the precision of the trial, where the authors' code runs in
/// bfloat16 and agrees to two digits. lambda is 0, as in their class; 0.01 to 0.1 is in use.
/// torch.optim.Muon describes momentum as m <- beta m + g: the iteration does not see the factor.
struct Muon : OrthogonalMomentum {
  static constexpr std::string_view kName = "muon";
  static constexpr std::array<std::string_view, 1> kState = {"m"};
  static constexpr RateRange kLearningRate = {0.02, "log(1e-3, 0.3)"};
  static constexpr OthersDefaults kOthers = {};
  std::string scale = "reference";
  double weight_decay = 0;

  template <class F>
  void fields(F&& field) {
    OrthogonalMomentum::fields(field);
    field({"scale", "adjust_lr_fn"}, scale, kShapeScales, "length of a step by the block's shape");
    field({"weight_decay", "lambda"}, weight_decay, "[0, inf)", "weight decay, multiplied by eps",
          "log(1e-3, 1)");
  }

  double decay(const StepInfo& info) const { return 1 - info.learning_rate * weight_decay; }

  template <class Work>
  void update(const StepInfo& info, const Work& work) const {
    const MatrixView<Real> o = direction(work, scale == "torch");
    decayed_step(work.threads, decay(info), info.learning_rate * shape_scale(scale, work.block), o,
                 work.theta);
    clear_subnormals(work);
  }
};

}  // namespace ravine
