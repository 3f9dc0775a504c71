#pragma once

#include <array>
#include <cmath>
#include <string>
#include <string_view>

#include "ravine/optim/matrix/on_matrices.hpp"
#include "ravine/optim/matrix/orthogonal_momentum.hpp"
#include "ravine/optim/matrix/shape_scale.hpp"

namespace ravine {

/// NorMuon: Muon whose outputs all move about as far.
///
///   O as in Muon, but u = m;   v_o <- beta2 v_o + (1 - beta2) mean over inputs of O_o^2
///   O~_o = O_o / (sqrt(v_o) + 1e-8);   theta <- (1 - eps lambda) theta - eps c |O| / |O~| O~
///
/// Li et al. (2025), Algorithm 1, for the weights O_o of each output o; the defaults are those of
/// the authors of Dion (microsoft/dion, normuon.py), with c = sqrt(out / in) for `scale`. v starts
/// at 0 and is not corrected: |O| / |O~| takes every common factor out.
/// **Deviates:** the paper's c is 0.2 sqrt(in out) / |O~|; take scale=moonlight for its lengths.
struct NorMuon : OrthogonalMomentum {
  static constexpr std::string_view kName = "normuon";
  static constexpr std::array<std::string_view, 2> kState = {"m", "v"};
  static constexpr RateRange kLearningRate = {0.01, "log(1e-3, 0.3)"};
  static constexpr OthersDefaults kOthers = {.rest_rate = 0.03};
  double beta2 = 0.95;
  std::string scale = "ratio";
  double weight_decay = 0.01;

  NorMuon() {
    nesterov = false;
    orthogonalization = "polar_express";
  }

  template <class F>
  void fields(F&& field) {
    OrthogonalMomentum::fields(field);
    field({"beta2", "muon_beta2"}, beta2, "[0, 1)", "decay rate of the mean square of an output",
          "one_minus_log(0.5, 0.99)");
    field({"scale", "adjust_lr"}, scale, kShapeScales, "length of a step by the block's shape");
    field({"weight_decay", "lambda"}, weight_decay, "[0, inf)", "weight decay, multiplied by eps",
          "log(1e-3, 1)");
  }

  MatrixShape state_shape(std::size_t k, const Block& block) const {
    return {k == 0 ? block.rows : 1, block.cols};
  }
  double decay(const StepInfo& info) const { return 1 - info.learning_rate * weight_decay; }

  template <class Work>
  void update(const StepInfo& info, const Work& work) const {
    const MatrixView<Real> o = direction(work, scale == "torch");
    const double before = squared_norm(work.threads, o.elements());
    divide_outputs(work.threads, o, work.state[1]);
    const double after = squared_norm(work.threads, o.elements());
    const double kept = after > 0 ? std::sqrt(before / after) : 0;
    decayed_step(work.threads, decay(info),
                 info.learning_rate * shape_scale(scale, work.block) * kept, o, work.theta);
    clear_subnormals(work);
  }

 private:
  // v and O~ = O / (sqrt(v) + 1e-8); an output is a column.
  void divide_outputs(Threads threads, MatrixView<Real> o, MatrixView<Real> v) const {
    for_column_panels(threads, o.rows, o.cols, [&](std::size_t begin, std::size_t end) {
      Panel sums = {};
      for (std::size_t i = 0; i < o.rows; ++i)
        for (std::size_t j = begin; j < end; ++j)
          sums[j - begin] += double{o(i, j)} * double{o(i, j)};
      Panel divisors;
      for (std::size_t j = begin; j < end; ++j) {
        v(0, j) = Real(beta2 * double{v(0, j)} +
                       (1 - beta2) * sums[j - begin] / static_cast<double>(o.rows));
        divisors[j - begin] = std::sqrt(double{v(0, j)}) + 1e-8;
      }
      for (std::size_t i = 0; i < o.rows; ++i)
        for (std::size_t j = begin; j < end; ++j)
          o(i, j) = Real(double{o(i, j)} / divisors[j - begin]);
    });
  }
};

}  // namespace ravine
