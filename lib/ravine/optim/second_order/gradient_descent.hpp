#pragma once

#include <utility>

#include "ravine/optim/second_order/line_search_method.hpp"
#include "ravine/optim/second_order/vectors.hpp"

namespace ravine {

/// Steepest descent with a line search:  theta <- theta - a g,  a by LineSearchOptions.
///
/// Cauchy (1847); Nocedal and Wright (2006), section 3.3: with the exact search the distance to the
/// minimum of a quadratic falls by (k - 1)/(k + 1) a step at condition k.
struct GradientDescentOptions : LineSearchOptions {
  static constexpr std::string_view kName = "gradient_descent";
  double tolerance = 0;

  template <class F>
  void fields(F&& field) {
    LineSearchOptions::fields(field, "wolfe|exact");
    field("tolerance", tolerance, "[0, inf)", "converged if every |g_i| <= tolerance");
  }
};

class RAVINE_EXPORT GradientDescent final : public LineSearchMethod {
 public:
  explicit GradientDescent(const GradientDescentOptions& options)
      : LineSearchMethod(options, options.tolerance), options_(options) {
    options.check(options.kName);
  }
  GradientDescentOptions& options() { return options_; }
  void options_changed() { set_search(options_); }

 private:
  void reset_memory(const ParameterLayout&) override {}
  void visit_memory(StateVisitor&) override {}
  std::optional<Ending> choose(const Place& place, std::span<Real> d) override {
    combine(threads(), -1, place.gradient, 0, place.gradient, d);
    return std::nullopt;
  }
  void learn(const Move&) override {}
  void forget() override {}
  FirstTrial first_trial() const override { return FirstTrial::kSameGain; }

  GradientDescentOptions options_;
};

}  // namespace ravine
