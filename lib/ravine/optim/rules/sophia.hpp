#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "ravine/core/catalog.hpp"
#include "ravine/optim/extra_memory.hpp"
#include "ravine/optim/optimizer.hpp"

namespace ravine {

/// Sophia: momentum over the diagonal of the curvature, clipped by element.
///
///   theta <- (1 - eps lambda) theta;   m <- beta1 m + (1 - beta1) g
///   theta <- theta - eps clip(m / max(gamma h, epsilon), 1)
///   after every k-th step, at the new theta:  h <- beta2 h + (1 - beta2) h^
///
/// Liu, Li, Hall, Liang and Ma (2023), Algorithm 3. h^ is by `estimator`:
///
///   hessian           u (H u), Sophia-H (Algorithm 1, Hutchinson), with the exact H
///   gauss_newton      u (G u) with the exact Gauss-Newton matrix G: its mean is that of Sophia-G
///   empirical_fisher  g^2 at the new theta, with the labels of the data
///
/// by element, where u are standard normals, or signs of either kind: these give the exact diagonal
/// of a diagonal matrix. h = 0 during the first k steps: sign descent with momentum.
/// **Deviates:** Sophia-G draws labels from the model, which an optimizer has no access to;
/// gauss_newton has the same mean without the noise of the labels. The authors' code divides by
/// rho bs h + 1e-15, where h has no factor of the batch: gamma = rho bs with empirical_fisher, and
/// gamma = rho with the others.
struct SophiaFields {
  static constexpr std::string_view kName = "sophia";
  static constexpr RateRange kLearningRate = {1e-3, "log(1e-5, 0.1)"};
  double beta1 = 0.965;
  double beta2 = 0.99;
  double gamma = 0.01;
  double epsilon = 1e-12;
  double weight_decay = 0.1;
  std::int64_t k = 10;
  std::string estimator = "hessian";
  std::string probes = "normal";
  std::int64_t seed = 0;

  template <class F>
  void fields(F&& field) {
    field("beta1", beta1, "[0, 1)", "decay rate of the momentum", "one_minus_log(0.5, 0.99)");
    field("beta2", beta2, "[0, 1)", "decay rate of the curvature", "one_minus_log(0.9, 0.999)");
    field({"gamma", "rho"}, gamma, "(0, inf)", "factor of the curvature: larger clips less",
          "log(1e-3, 1)");
    field({"epsilon", "eps"}, epsilon, "(0, inf)", "least curvature that divides");
    field({"weight_decay", "lambda"}, weight_decay, "[0, inf)", "weight decay, multiplied by eps",
          "log(1e-4, 1)");
    field({"k", "period"}, k, "[1, inf)", "steps between estimates of the curvature");
    field("estimator", estimator, "hessian|gauss_newton|empirical_fisher", "of the curvature");
    field("probes", probes, "normal|signs", "distribution of u");
    field("seed", seed, "[0, inf)", "of the probes");
  }
};

class RAVINE_EXPORT Sophia final : public Optimizer, public ExtraMemory {
 public:
  explicit Sophia(SophiaFields fields) : fields_(std::move(fields)) {}
  SophiaFields& options() { return fields_; }

  Capabilities needs() const override;
  void reset(const ParameterLayout& layout, std::span<const Real> theta, Threads threads) override;
  void visit_state(StateVisitor& visitor) override;
  std::span<const Real> last_gradient() const override { return gradient_; }
  double extra_bytes(const ParameterLayout& layout) const override {
    return static_cast<double>(2 * layout.size() * sizeof(Real));
  }

 private:
  double do_step(const StepInfo& info, Objective& objective, std::span<Real> theta) override;
  void estimate(std::int64_t step, Objective& objective, std::span<const Real> theta);
  void draw_probes(std::int64_t step);

  SophiaFields fields_;
  ParameterLayout layout_;
  Threads threads_;
  AlignedVector<Real> gradient_, m_, h_;
  AlignedVector<Real> probe_, product_;  // of an estimate
};

}  // namespace ravine
