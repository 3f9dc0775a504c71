#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ravine/optim/second_order/line_search_method.hpp"

namespace ravine {

/// Nonlinear conjugate gradients:  d <- -g + beta d,  theta <- theta + a d,  with y = g+ - g and
///
///   fletcher_reeves     beta = g+'g+ / g'g                 Fletcher and Reeves (1964)
///   polak_ribiere       beta = max(0, g+'y / g'g)          Polak and Ribiere (1969); Gilbert and
///                                                          Nocedal (1992) for the maximum (PR+)
///   hestenes_stiefel    beta = g+'y / d'y                  Hestenes and Stiefel (1952)
///
/// Nocedal and Wright (2006), section 5.2; lecture L39. d <- -g again after `restart` steps, where
/// successive gradients are far from orthogonal, |g+'g| >= `orthogonality` |g+|^2 (Powell 1977;
/// equation 5.52), and where d descends too slowly, g'd > -0.01 |g|^2.
struct ConjugateGradientOptions : LineSearchOptions {
  static constexpr std::string_view kName = "conjugate_gradient";
  std::string beta = "polak_ribiere";
  std::int64_t restart = 0;
  double orthogonality = 0.2;
  double tolerance = 0;

  ConjugateGradientOptions() { c2 = 0.1; }

  template <class F>
  void fields(F&& field) {
    field("beta", beta, "fletcher_reeves|polak_ribiere|hestenes_stiefel", "formula for beta");
    field("restart", restart, "[0, inf)", "steps between restarts; 0: number of parameters");
    field("orthogonality", orthogonality, "[0, inf)",
          "restart if |g+'g| >= this times |g+|^2; 0: never");
    LineSearchOptions::fields(field, "wolfe|exact");
    field("tolerance", tolerance, "[0, inf)", "converged if every |g_i| <= tolerance");
  }
};

class RAVINE_EXPORT ConjugateGradient final : public LineSearchMethod {
 public:
  explicit ConjugateGradient(const ConjugateGradientOptions& options);
  ConjugateGradientOptions& options() { return options_; }
  void options_changed() { set_search(options_); }

 private:
  void reset_memory(const ParameterLayout& layout) override;
  void visit_memory(StateVisitor& visitor) override;
  std::optional<Ending> choose(const Place& place, std::span<Real> d) override;
  void learn(const Move& move) override;
  void forget() override;
  FirstTrial first_trial() const override { return FirstTrial::kSameGain; }
  double next_beta(const Move& move) const;

  ConjugateGradientOptions options_;
  std::int64_t cycle_ = 0;  // steps between restarts
  std::int64_t since_ = 0;  // steps since the last one
  double beta_ = 0;
};

}  // namespace ravine
