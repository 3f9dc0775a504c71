#pragma once

#include <string>
#include <string_view>

#include "ravine/linalg/matrix.hpp"
#include "ravine/optim/second_order/line_search_method.hpp"

namespace ravine {

/// BFGS:  d = -H g, with the dense estimate H of the inverse Hessian; after a step s = theta+ -
/// theta with y = g+ - g,
///
///   H <- (I - s y'/s'y) H (I - y s'/s'y) + s s'/s'y.
///
/// Broyden, Fletcher, Goldfarb and Shanno (1970); Nocedal and Wright (2006), Algorithm 6.1; lecture
/// L38. H begins as I, or with `scaled` as (s'y / y'y) I before the first update (equation 6.20). A
/// pair is used only if it shows positive curvature, s'y > 1e-10 |s| |y|. At most kMostParameters
/// (H takes n^2 numbers, a step 6 n^2 operations): beyond, reset() throws Error.
struct BfgsOptions : LineSearchOptions {
  static constexpr std::string_view kName = "bfgs";
  std::string initial = "identity";
  double tolerance = 0;

  template <class F>
  void fields(F&& field) {
    field("initial", initial, "scaled|identity", "first estimate of the inverse Hessian");
    LineSearchOptions::fields(field, "wolfe|exact");
    field("tolerance", tolerance, "[0, inf)", "converged if every |g_i| <= tolerance");
  }
};

class RAVINE_EXPORT Bfgs final : public LineSearchMethod {
 public:
  static constexpr std::size_t kMostParameters = 5000;
  explicit Bfgs(const BfgsOptions& options);
  BfgsOptions& options() { return options_; }
  void options_changed() { set_search(options_); }
  /// H, padding included.
  MatrixView<const Real> inverse_hessian() const;
  double extra_bytes(const ParameterLayout& layout) const override;
  std::size_t most_parameters() const override { return kMostParameters; }

 private:
  void reset_memory(const ParameterLayout& layout) override;
  void visit_memory(StateVisitor& visitor) override;
  std::optional<Ending> choose(const Place& place, std::span<Real> d) override;
  void learn(const Move& move) override;
  void forget() override;
  FirstTrial first_trial() const override;
  void multiply(std::span<const Real> v, std::span<Real> out) const;
  void set_diagonal(double value);

  BfgsOptions options_;
  AlignedVector<Real> matrix_, s_, y_, h_y_;
  std::int64_t updates_ = 0;
};

}  // namespace ravine
