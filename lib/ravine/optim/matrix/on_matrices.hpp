#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ravine/core/error.hpp"
#include "ravine/optim/blockwise.hpp"
#include "ravine/optim/extra_memory.hpp"
#include "ravine/optim/optimizer.hpp"
#include "ravine/optim/partition.hpp"
#include "ravine/optim/state_bytes.hpp"

namespace ravine {

/// What a rule on matrices leaves to another rule unless the text says otherwise.
struct OthersDefaults {
  std::string_view blocks = "hidden";
  std::string_view rest = "adamw(beta1=0.9, beta2=0.95, epsilon=1e-10, weight_decay=0)";
  double rest_rate = 0.015;  // 3e-4 for 0.02, as the authors of Muon have it
};

/// A rule on matrices with three fields more, so that its text holds for a whole network:
///
///   blocks     hidden: weights and kernels, but neither the first ones nor the output's;
///              products: all weights and kernels
///   rest       the rule of all other blocks: biases, gains, embeddings, and vectors among weights
///   rest_rate  its learning rate, as a multiple of eps
///
/// A network with one hidden layer has no hidden weights in this sense: `rest` then moves all of
/// it, and the recorded share says so.
template <class Rule>
struct WithRest : Rule {
  std::string blocks{Rule::kOthers.blocks};
  Nested<Optimizer> rest{std::string(Rule::kOthers.rest)};
  double rest_rate = Rule::kOthers.rest_rate;

  WithRest() = default;

  template <class F>
  void fields(F&& field) {
    Rule::fields(field);
    field("blocks", blocks, "hidden|products",
          "weights that it takes: all but the first and the output's, or all");
    field("rest", rest, "", "rule of all other blocks");
    field("rest_rate", rest_rate, "[0, inf)", "learning rate of the rest, divided by eps",
          "log(1e-3, 10)");
  }
};

/// A rule with eps multiplied by a factor.
class RateScaled final : public FirstOrder, public ExtraMemory {
 public:
  RateScaled(std::unique_ptr<FirstOrder> inner, const double& factor)
      : inner_(std::move(inner)), factor_(factor) {}

  void begin(const StepInfo& info) override { inner_->begin(scaled(info)); }
  void prepare(const ParameterLayout& layout, std::span<const Real> theta,
               Threads threads) override {
    inner_->prepare(layout, theta, threads);
  }
  bool looks_ahead() const override { return inner_->looks_ahead(); }
  void look_ahead(const StepInfo& info, std::span<const Real> theta,
                  std::span<Real> point) override {
    inner_->look_ahead(scaled(info), theta, point);
  }
  void move(const StepInfo& info, std::span<const Real> gradient, std::span<Real> theta) override {
    inner_->move(scaled(info), gradient, theta);
  }
  double decay(const StepInfo& info, const Block& block) const override {
    return inner_->decay(scaled(info), block);
  }
  bool sets_theta() const override { return inner_->sets_theta(); }
  void visit_state(StateVisitor& visitor) override { inner_->visit_state(visitor); }
  void visit_records(RecordVisitor& visitor) const override { inner_->visit_records(visitor); }
  bool answer_is_average() const override { return inner_->answer_is_average(); }
  double extra_bytes(const ParameterLayout& layout) const override {
    return ravine::extra_bytes(*inner_, layout);
  }
  std::optional<double> state_bytes(const ParameterLayout& layout) override {
    return ravine::state_bytes(*inner_, layout);
  }

 private:
  StepInfo scaled(StepInfo info) const {
    info.learning_rate *= factor_;
    return info;
  }
  std::unique_ptr<FirstOrder> inner_;
  const double& factor_;
};

/// A rule on matrices beside another one for everything else: the partition that its text says.
///
/// Records `matrix_share`, the share of parameters that the rule itself moves. Throws Error for a
/// rest that is not first order.
template <class Rule>
class OnMatrices final : public FirstOrder, public ExtraMemory {
 public:
  explicit OnMatrices(WithRest<Rule> options) {
    auto rule = std::make_unique<Blockwise<WithRest<Rule>>>(std::move(options));
    options_ = &rule->options();
    rule_ = rule.get();
    auto* rest = dynamic_cast<FirstOrder*>(options_->rest.made.get());
    if (!rest)
      fail(
          "{}(rest) is '{}', which does not make one update from one gradient: use a rule such as "
          "adamw or sgd",
          Rule::kName, options_->rest.text);
    options_->rest.made.release();
    auto others =
        std::make_unique<RateScaled>(std::unique_ptr<FirstOrder>(rest), options_->rest_rate);
    rest_ = others.get();
    std::vector<Partition::Part> parts;
    parts.push_back(
        {"matrices", [this](const Block& block) { return takes(block); }, std::move(rule)});
    parts.push_back({"rest", [](const Block&) { return true; }, std::move(others)});
    partition_ = std::make_unique<Partition>(std::move(parts));
  }
  /// May be changed between steps.
  WithRest<Rule>& options() { return *options_; }

  void begin(const StepInfo& info) override {
    Optimizer::begin(info);
    partition_->begin(info);
  }
  void prepare(const ParameterLayout& layout, std::span<const Real> theta,
               Threads threads) override {
    first_ = first_product(layout);
    const ParameterLayout taken = layout.only([this](const Block& block) { return takes(block); });
    share_ = static_cast<double>(taken.parameter_count()) /
             static_cast<double>(std::max<std::size_t>(1, layout.parameter_count()));
    partition_->prepare(layout, theta, threads);
  }
  bool looks_ahead() const override { return partition_->looks_ahead(); }
  void look_ahead(const StepInfo& info, std::span<const Real> theta,
                  std::span<Real> point) override {
    partition_->look_ahead(info, theta, point);
  }
  void move(const StepInfo& info, std::span<const Real> gradient, std::span<Real> theta) override {
    partition_->move(info, gradient, theta);
  }
  double decay(const StepInfo& info, const Block& block) const override {
    return partition_->decay(info, block);
  }
  bool sets_theta() const override { return partition_->sets_theta(); }
  void visit_state(StateVisitor& visitor) override { partition_->visit_state(visitor); }
  void visit_records(RecordVisitor& visitor) const override {
    visitor.number("matrix_share", "1", share_);
    partition_->visit_records(visitor);
  }
  bool answer_is_average() const override { return partition_->answer_is_average(); }

  double extra_bytes(const ParameterLayout& layout) const override {
    const std::string first = first_product(layout);
    return rule_->extra_bytes(layout.only([&](const Block& block) {
      return takes(block, first);
    })) + rest_->extra_bytes(layout.only([&](const Block& block) { return !takes(block, first); }));
  }
  std::optional<double> state_bytes(const ParameterLayout& layout) override {
    first_ = first_product(layout);
    return partition_->state_bytes(layout);
  }

 private:
  static std::string first_product(const ParameterLayout& layout) {
    for (const Block& block : layout.blocks())
      if (is_product(block.kind)) return block.name;
    return "";
  }
  bool takes(const Block& block) const { return takes(block, first_); }
  bool takes(const Block& block, const std::string& first) const {
    if (!is_product(block.kind) || block.rows == 1 || block.cols == 1) return false;
    return options_->blocks == "products" ||
           (block.kind != BlockKind::kOutput && block.name != first);
  }

  WithRest<Rule>* options_;                // of the rule
  const Blockwise<WithRest<Rule>>* rule_;  // inside the partition
  const RateScaled* rest_;
  std::unique_ptr<Partition> partition_;
  std::string first_;
  double share_ = 0;
};

}  // namespace ravine
