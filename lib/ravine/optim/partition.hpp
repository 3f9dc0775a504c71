#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ravine/core/catalog.hpp"
#include "ravine/optim/extra_memory.hpp"
#include "ravine/optim/first_order.hpp"

namespace ravine {

/// What a text says of a partition: which optimizer takes which blocks. A block goes to the first
/// of these that is given and takes it:
///
///   output       the weight whose products are the network's outputs
///   kernels      kernels of convolutions
///   embeddings   one row per token
///   hidden       weights of products and kernels, but not the output's
///   weights      weights of products, the output's included
///   gains        factors of elements
///   biases       what is added to elements
///   rest         everything else
struct PartitionFields {
  static constexpr std::string_view kName = "partition";
  static constexpr RateRange kLearningRate = {1e-3, "log(1e-5, 0.1)"};
  Nested<Optimizer> output{"none"}, kernels{"none"}, embeddings{"none"}, hidden{"none"};
  Nested<Optimizer> weights{"none"}, gains{"none"}, biases{"none"}, rest{"adam"};

  template <class F>
  void fields(F&& field) {
    field("output", output, "", "optimizer of the output's weight, or none");
    field("kernels", kernels, "", "optimizer of the kernels of convolutions, or none");
    field("embeddings", embeddings, "", "optimizer of embeddings, or none");
    field("hidden", hidden, "", "optimizer of weights and kernels before the output, or none");
    field("weights", weights, "", "optimizer of the weights of products, or none");
    field("gains", gains, "", "optimizer of gains, or none");
    field("biases", biases, "", "optimizer of biases, or none");
    field("rest", rest, "", "optimizer of all other blocks");
  }
};

/// Several optimizers side by side, each on blocks of its own:
///
///   theta_b <- the update of the part that takes block b,  g once for all
///
/// A block goes to the first part that takes it. The gradient of a step is evaluated once, where
/// every part wants its blocks: Nesterov's look-ahead moves its own blocks of the common point.
/// With the same rule in every part the bits are those of that rule alone.
///
/// Each part must be a FirstOrder: methods that evaluate more than one gradient a step, or search
/// lines, need the whole vector and are refused; so is lookahead, which goes around the partition.
/// A part keeps states of the whole length. theta counts as an average if one part says that its
/// own is.
class RAVINE_EXPORT Partition final : public FirstOrder, public ExtraMemory {
 public:
  struct Part {
    std::string name;  // for messages, "weights"
    std::function<bool(const Block&)> takes;
    std::unique_ptr<Optimizer> optimizer;
  };
  /// Throws Error for a part that is not first order.
  explicit Partition(std::vector<Part> parts);

  void begin(const StepInfo& info) override;
  /// Throws Error if no part takes a block.
  void prepare(const ParameterLayout& layout, std::span<const Real> theta,
               Threads threads) override;
  bool looks_ahead() const override;
  void look_ahead(const StepInfo& info, std::span<const Real> theta,
                  std::span<Real> point) override;
  void move(const StepInfo& info, std::span<const Real> gradient, std::span<Real> theta) override;
  double decay(const StepInfo& info, const Block& block) const override;
  bool sets_theta() const override;
  void visit_state(StateVisitor& visitor) override;
  /// Those of the parts, "<part>_<name>".
  void visit_records(RecordVisitor& visitor) const override;
  bool answer_is_average() const override;
  double extra_bytes(const ParameterLayout& layout) const override;
  std::optional<double> state_bytes(const ParameterLayout& layout) override;

 private:
  struct Side {
    std::string name;
    std::function<bool(const Block&)> takes;
    std::unique_ptr<FirstOrder> rule;
    ParameterLayout layout = {};
  };
  /// The blocks of each side. Throws Error if no part takes a block.
  std::vector<ParameterLayout> split(const ParameterLayout& layout) const;

  std::vector<Side> sides_;
};

/// The partition that a text says. Throws Error for a part that is not first order.
RAVINE_EXPORT std::unique_ptr<Optimizer> make_partition(PartitionFields fields);

}  // namespace ravine
