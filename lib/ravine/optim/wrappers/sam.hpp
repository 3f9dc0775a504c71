#pragma once

#include <cmath>
#include <limits>
#include <span>
#include <string_view>
#include <utility>

#include "ravine/core/catalog.hpp"
#include "ravine/optim/block_sums.hpp"
#include "ravine/optim/sweeps.hpp"
#include "ravine/optim/wrapper.hpp"

namespace ravine {

/// SAM: the gradient is taken where the loss is about worst nearby.
///
///   e = rho g / (|g| + 1e-12)   over everything;   the rule's update from theta with g(theta + e)
///
/// Foret, Kleiner, Mobahi and Neyshabur (2021), Algorithm 1. Both gradients are of one batch; each
/// step costs two. Rules that look ahead take both at their point.
struct SamFields {
  static constexpr std::string_view kName = "sam";
  static constexpr bool kAdaptive = false;
  Nested<Optimizer> inner{"sgd"};
  double rho = 0.05;

  template <class F>
  void fields(F&& field) {
    field("inner", inner, "", "rule that takes the second gradient");
    field("rho", rho, "[0, inf)", "distance of the second gradient", "log(0.005, 1)");
  }
};

/// ASAM: SAM in the units of each weight, whatever these are.
///
///   T = |theta| + eta;   e = rho T^2 g / (|T g| + 1e-12)
///
/// Kwon, Kim, Park and Choi (2021), Algorithm 1.
/// **Deviates:** eta is 0 as in the customary code (davda54/sam); the paper's is 0.01.
struct AsamFields {
  static constexpr std::string_view kName = "asam";
  static constexpr bool kAdaptive = true;
  Nested<Optimizer> inner{"sgd"};
  double rho = 0.5;
  double eta = 0;

  template <class F>
  void fields(F&& field) {
    field("inner", inner, "", "rule that takes the second gradient");
    field("rho", rho, "[0, inf)", "distance of the second gradient", "log(0.05, 5)");
    field("eta", eta, "[0, inf)", "added to the sizes of the weights");
  }
};

/// The optimizer of either. `inner` must be a FirstOrder; its state is all there is. The loss that
/// it returns is that at theta, its last gradient the second.
template <class Fields>
class Sam final : public Optimizer, public ExtraMemory {
 public:
  /// Throws Error as wrapped_rule() does.
  explicit Sam(Fields fields)
      : fields_(std::move(fields)),
        rule_(wrapped_rule(Fields::kName, fields_.inner, false)),
        memory_(dynamic_cast<const ExtraMemory*>(&rule_)) {}
  Fields& options() { return fields_; }

  Capabilities needs() const override { return {Capability::kGradient}; }
  void begin(const StepInfo& info) override {
    Optimizer::begin(info);
    rule_.begin(info);
  }
  void reset(const ParameterLayout& layout, std::span<const Real> theta, Threads threads) override {
    layout_ = layout;
    threads_ = threads;
    gradient_.assign(layout.size(), Real{0});
    point_.assign(layout.size(), Real{0});
    rule_.prepare(layout, theta, threads);
  }
  void theta_moved() override { rule_.theta_moved(); }
  void visit_state(StateVisitor& visitor) override { rule_.visit_state(visitor); }
  void visit_records(RecordVisitor& visitor) const override { rule_.visit_records(visitor); }
  bool answer_is_average() const override { return rule_.answer_is_average(); }
  std::span<const Real> last_gradient() const override { return gradient_; }

  double extra_bytes(const ParameterLayout& layout) const override {
    return memory_ ? memory_->extra_bytes(layout) : 0;
  }
  std::optional<double> state_bytes(const ParameterLayout& layout) override {
    return ravine::state_bytes(rule_, layout);
  }
  std::size_t most_parameters() const override {
    return memory_ ? memory_->most_parameters() : std::numeric_limits<std::size_t>::max();
  }

 private:
  double do_step(const StepInfo& info, Objective& objective, std::span<Real> theta) override {
    if (rule_.looks_ahead())
      rule_.look_ahead(info, theta, point_);
    else
      for (const Block& block : layout_.blocks())
        std::ranges::copy(block.of(theta), block.of(std::span(point_)).begin());
    const double loss = objective.evaluate(point_, gradient_);
    climb();
    objective.evaluate(point_, gradient_);
    rule_.move(info, gradient_, theta);
    return loss;
  }

  /// point_ <- point_ + e.
  void climb() {
    const std::span<const Real> g = gradient_;
    const std::span<Real> point = point_;
    const Real more = eta();
    double square = 0;
    for (const Block& block : layout_.blocks())
      square += Fields::kAdaptive
                    ? sweep_sum(
                          threads_,
                          [more](Real at, Real slope) {
                            const double scaled = double{std::abs(at) + more} * double{slope};
                            return scaled * scaled;
                          },
                          block.of(point), block.of(g))
                    : squared_norm(threads_, block.of(g));
    const Real far = Real(fields_.rho / (std::sqrt(square) + 1e-12));
    for (const Block& block : layout_.blocks())
      sweep(
          threads_,
          [far, more](Real& at, Real slope) {
            const Real size = Fields::kAdaptive ? std::abs(at) + more : Real{1};
            at = at + far * (size * size) * slope;
          },
          block.of(point), block.of(g));
  }

  Real eta() const {
    if constexpr (Fields::kAdaptive)
      return Real(fields_.eta);
    else
      return 0;
  }

  Fields fields_;
  FirstOrder& rule_;           // that of fields_.inner
  const ExtraMemory* memory_;  // of the rule, or null
  ParameterLayout layout_;
  Threads threads_;
  AlignedVector<Real> gradient_, point_;
};

}  // namespace ravine
