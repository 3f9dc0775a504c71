#include "ravine/optim/partition.hpp"

#include <algorithm>
#include <utility>

#include "ravine/core/error.hpp"
#include "ravine/optim/state_bytes.hpp"

namespace ravine {
namespace {

class NamedRecords final : public RecordVisitor {
 public:
  NamedRecords(const std::string& part, RecordVisitor& visitor) : part_(part), visitor_(visitor) {}
  void number(std::string_view name, std::string_view unit, double value) override {
    visitor_.number(fmt::format("{}_{}", part_, name), unit, value);
  }

 private:
  const std::string& part_;
  RecordVisitor& visitor_;
};

}  // namespace

Partition::Partition(std::vector<Part> parts) {
  for (Part& part : parts) {
    auto* rule = dynamic_cast<FirstOrder*>(part.optimizer.get());
    if (!rule)
      fail(
          "partition({}) contains an optimizer that does not make one update from one gradient: "
          "use a rule such as sgd, momentum or adam, or put wrappers around the partition",
          part.name);
    part.optimizer.release();
    sides_.push_back(
        {std::move(part.name), std::move(part.takes), std::unique_ptr<FirstOrder>(rule)});
  }
}

void Partition::begin(const StepInfo& info) {
  for (Side& side : sides_) side.rule->begin(info);
}

std::vector<ParameterLayout> Partition::split(const ParameterLayout& layout) const {
  const auto side_of = [this](const Block& block) {
    const auto side = std::find_if(sides_.begin(), sides_.end(),
                                   [&](const Side& one) { return one.takes(block); });
    if (side == sides_.end())
      fail("partition leaves the block '{}' without an optimizer: add rest=", block.name);
    return &*side;
  };
  for (const Block& block : layout.blocks()) side_of(block);
  std::vector<ParameterLayout> layouts;
  for (const Side& side : sides_)
    layouts.push_back(layout.only([&](const Block& block) { return side_of(block) == &side; }));
  return layouts;
}

void Partition::prepare(const ParameterLayout& layout, std::span<const Real> theta,
                        Threads threads) {
  std::vector<ParameterLayout> layouts = split(layout);
  for (std::size_t k = 0; k < sides_.size(); ++k) {
    sides_[k].layout = std::move(layouts[k]);
    sides_[k].rule->prepare(sides_[k].layout, theta, threads);
  }
}

double Partition::extra_bytes(const ParameterLayout& layout) const {
  const std::vector<ParameterLayout> layouts = split(layout);
  double bytes = 0;
  for (std::size_t k = 0; k < sides_.size(); ++k)
    bytes += ravine::extra_bytes(*sides_[k].rule, layouts[k]);
  return bytes;
}

std::optional<double> Partition::state_bytes(const ParameterLayout& layout) {
  const std::vector<ParameterLayout> layouts = split(layout);
  double bytes = 0;
  for (std::size_t k = 0; k < sides_.size(); ++k)
    bytes += ravine::state_bytes(*sides_[k].rule, layouts[k]);
  return bytes;
}

bool Partition::looks_ahead() const {
  return std::any_of(sides_.begin(), sides_.end(),
                     [](const Side& side) { return side.rule->looks_ahead(); });
}

void Partition::look_ahead(const StepInfo& info, std::span<const Real> theta,
                           std::span<Real> point) {
  for (Side& side : sides_)
    if (side.rule->looks_ahead())
      side.rule->look_ahead(info, theta, point);
    else
      for (const Block& block : side.layout.blocks())
        std::ranges::copy(block.of(theta), block.of(point).begin());
}

void Partition::move(const StepInfo& info, std::span<const Real> gradient, std::span<Real> theta) {
  for (Side& side : sides_) side.rule->move(info, gradient, theta);
}

double Partition::decay(const StepInfo& info, const Block& block) const {
  const auto side =
      std::find_if(sides_.begin(), sides_.end(), [&](const Side& one) { return one.takes(block); });
  return side->rule->decay(info, block);
}

bool Partition::sets_theta() const {
  return std::any_of(sides_.begin(), sides_.end(),
                     [](const Side& side) { return side.rule->sets_theta(); });
}

void Partition::visit_state(StateVisitor& visitor) {
  for (Side& side : sides_) side.rule->visit_state(visitor);
}

void Partition::visit_records(RecordVisitor& visitor) const {
  for (const Side& side : sides_) {
    NamedRecords named(side.name, visitor);
    side.rule->visit_records(named);
  }
}

bool Partition::answer_is_average() const {
  return std::any_of(sides_.begin(), sides_.end(),
                     [](const Side& side) { return side.rule->answer_is_average(); });
}

std::unique_ptr<Optimizer> make_partition(PartitionFields fields) {
  std::vector<Partition::Part> parts;
  const auto add = [&](const char* name, Nested<Optimizer>& held, auto takes) {
    if (held.made)
      parts.push_back(
          {name, [takes](const Block& block) { return takes(block.kind); }, std::move(held.made)});
  };
  using Kind = BlockKind;
  add("output", fields.output, [](Kind kind) { return kind == Kind::kOutput; });
  add("kernels", fields.kernels, [](Kind kind) { return kind == Kind::kKernel; });
  add("embeddings", fields.embeddings, [](Kind kind) { return kind == Kind::kEmbedding; });
  add("hidden", fields.hidden,
      [](Kind kind) { return kind == Kind::kWeight || kind == Kind::kKernel; });
  add("weights", fields.weights,
      [](Kind kind) { return kind == Kind::kWeight || kind == Kind::kOutput; });
  add("gains", fields.gains, [](Kind kind) { return kind == Kind::kGain; });
  add("biases", fields.biases, [](Kind kind) { return kind == Kind::kBias; });
  add("rest", fields.rest, [](Kind) { return true; });
  return std::make_unique<Partition>(std::move(parts));
}

}  // namespace ravine
