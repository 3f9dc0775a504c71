// The update of every first-order rule of the catalog, in cache and out of it.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "networks.hpp"
#include "ravine/optim/catalog.hpp"
#include "rows.hpp"
#include "work.hpp"

namespace ravine::kernels {
namespace {

/// Leaves the gradient of the first call as it is: a step costs the update alone.
class FixedGradient final : public Objective {
 public:
  explicit FixedGradient(const Real* theta) : theta_(theta) {}
  /// Whether the rule asks for its gradient at a point of its own.
  bool elsewhere() const { return elsewhere_; }

 private:
  double do_evaluate(std::span<const Real> at, std::span<Real> gradient) override {
    if (gradient[0] == 0) fill_random(gradient, 1);
    elsewhere_ = at.data() != theta_;
    return 0;
  }
  // The identity: curvature costs a copy, and the update is what is timed.
  void do_hessian_vector(std::span<const Real>, std::span<const Real> v,
                         std::span<Real> hv) override {
    std::copy(v.begin(), v.end(), hv.begin());
  }
  const Real* theta_;
  bool elsewhere_ = false;
};

struct CountVectors final : StateVisitor {
  int vectors = 0;
  void reals(std::string_view, std::span<Real>) override { ++vectors; }
  void doubles(std::string_view, std::span<double>) override {}
  void integer(std::string_view, std::int64_t&) override {}
};

// Each vector is read once, and theta and the state written once; a rule that looks ahead has to
// read theta and state once more and to write its point.
Work update_work(Optimizer& optimizer, bool looks_ahead, std::size_t parameters) {
  CountVectors state;
  optimizer.visit_state(state);
  const int touched = 2 + state.vectors;  // theta, gradient, state
  const int moved = touched + (1 + state.vectors) + (looks_ahead ? state.vectors + 2 : 0);
  const std::size_t bytes = parameters * sizeof(Real);
  return {.bytes = moved * static_cast<double>(bytes),
          .working_set_bytes = static_cast<std::size_t>(touched + looks_ahead) * bytes};
}

struct Size {
  std::size_t parameters;
  double target;  // of Adam
};
// Adam's four vectors fill half of a level-2 cache of 1 MiB, and twice a last level of 32 MiB.
constexpr std::array kSizes = {Size{std::size_t{1} << 15, 0.85}, Size{std::size_t{1} << 22, 0.75}};

void time_update(benchmark::State& state, const Limits& limits, const std::string& rule,
                 Size size) {
  ParameterLayout layout;
  layout.add("weight", 1, size.parameters, BlockKind::kWeight);
  const auto optimizer = first_order_catalog().make(rule);
  AlignedVector<Real> theta(layout.size());
  fill_random(theta);
  optimizer->reset(layout, theta);
  FixedGradient objective(theta.data());
  StepInfo info{.step = 0, .learning_rate = 1e-6, .total_steps = std::int64_t{1} << 40};
  for (auto _ : state) {
    ++info.step;
    optimizer->step(info, objective, theta);
  }
  report(state, limits, update_work(*optimizer, objective.elsewhere(), size.parameters));
  if (rule != "adam") return;
  set_target(state, size.target);
  // In cache the divider, not the copy, is what Adam waits for: a root and a quotient each.
  state.counters["divider_share"] =
      benchmark::Counter(static_cast<double>(size.parameters) / limits.roots_per_second,
                         benchmark::Counter::kIsIterationInvariantRate);
}

}  // namespace

void add_updates(const Limits& limits) {
  for (const auto& entry : first_order_catalog().entries()) {
    // Rules on matrices leave the one vector here to another rule: see matrix_updates.cpp.
    if (std::ranges::count(entry.fields, "blocks", &FieldDoc::key) > 0) continue;
    for (const Size size : kSizes)
      add_row(fmt::format("update/{}/{}", entry.name, size.parameters),
              [=, &limits, rule = entry.name](benchmark::State& state) {
                time_update(state, limits, rule, size);
              });
  }
}

}  // namespace ravine::kernels
