#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "ravine/optim/matrix/on_matrices.hpp"
#include "ravine/optim/matrix/orthogonal_momentum.hpp"

namespace ravine {

/// MuonH: Muon on the sphere of matrices that are as long as theta_0 (Hyperball).
///
///   O as in Muon;   theta' = theta - eps |theta| O / max(|O|, 1e-10)
///   theta <- theta' |theta| / |theta'|
///
/// Wen et al. (2025), "Hyperball", as modded-nanogpt has it. Lengths of weights never change, so
/// eps is the angle of a step and no decay is needed; a step across theta turns it by atan(eps).
/// |.| is the Frobenius norm.
/// **Deviates:** the iteration runs in the precision of the trial, not in bfloat16.
struct MuonH : OrthogonalMomentum {
  static constexpr std::string_view kName = "muonh";
  static constexpr std::array<std::string_view, 1> kState = {"m"};
  static constexpr RateRange kLearningRate = {0.018, "log(1e-3, 0.3)"};
  static constexpr OthersDefaults kOthers = {};

  template <class Work>
  void update(const StepInfo& info, const Work& work) const {
    const MatrixView<Real> o = direction(work);
    const auto norm = [&](MatrixView<const Real> x) {
      return std::sqrt(squared_norm(work.threads, x.elements()));
    };
    const double radius = norm(work.theta);
    decayed_step(work.threads, 1, info.learning_rate * radius / std::max(norm(o), 1e-10), o,
                 work.theta);
    const double moved = norm(work.theta);
    if (moved > 0) OrthogonalMomentum::scale(work.threads, work.theta, radius / moved);
    clear_subnormals(work);
  }
};

}  // namespace ravine
