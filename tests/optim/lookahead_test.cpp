// Lookahead holds any optimizer.
#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "optim/support.hpp"
#include "ravine/optim/extra_memory.hpp"
#include "support/refusal.hpp"

namespace ravine {
namespace {

constexpr std::int64_t kSteps = 12, kPeriod = 3;

// A bowl with a little of a quartic, the same at every step: line searches may reuse what they saw.
class Bowl final : public Objective {
 public:
  bool stationary() const override { return true; }

 private:
  double do_evaluate(std::span<const Real> theta, std::span<Real> gradient) override {
    double loss = 0;
    for (std::size_t i = 0; i < theta.size(); ++i) {
      const double x = theta[i], h = 0.5 + 0.1 * static_cast<double>(i % 7);
      loss += h * x * x / 2 + x * x * x * x / 40;
      if (!gradient.empty()) gradient[i] = static_cast<Real>(h * x + x * x * x / 10);
    }
    return loss;
  }
  void do_hessian_vector(std::span<const Real> theta, std::span<const Real> v,
                         std::span<Real> hv) override {
    for (std::size_t i = 0; i < theta.size(); ++i) {
      const double x = theta[i], h = 0.5 + 0.1 * static_cast<double>(i % 7);
      hv[i] = static_cast<Real>((h + 0.3 * x * x) * double{v[i]});
    }
  }
  void do_gauss_newton_vector(std::span<const Real> theta, std::span<const Real> v,
                              std::span<Real> gv) override {
    do_hessian_vector(theta, v, gv);
  }
};

std::vector<Real> lookahead_start(const ParameterLayout& layout) {
  std::vector<Real> theta(layout.size(), 0);
  for (std::size_t i = 0; i < 20; ++i)
    theta[i] = static_cast<Real>(1 + 0.1 * static_cast<double>(i));
  return theta;
}

bool equal_bits(const std::vector<Real>& a, const std::vector<Real>& b) {
  return std::memcmp(a.data(), b.data(), a.size() * sizeof(Real)) == 0;
}

// The fast steps by the optimizer itself, the slow one as the paper prints it.
TEST(Lookahead, IsTheInnerOptimizerWithASlowStepEveryKSteps) {
  const ParameterLayout layout = test::one_block(20);
  for (const auto& entry : optimizer_catalog().entries()) {
    if (test::sets_theta(entry.name)) continue;
    SCOPED_TRACE(entry.name);
    Bowl bowl;
    auto theta = lookahead_start(layout), expected = theta, phi = theta;
    const auto whole = test::make_optimizer("lookahead(inner=" + entry.name + ", k=3, alpha=0.3)",
                                            layout, lookahead_start(layout));
    const auto inner = test::make_optimizer(entry.name, layout, lookahead_start(layout));
    EXPECT_EQ(whole->answer_is_average(), inner->answer_is_average());
    for (std::int64_t t = 1; t <= kSteps; ++t) {
      const double loss = whole->step({t, 0.1, kSteps}, bowl, theta);
      EXPECT_EQ(loss, inner->step({t, 0.1, kSteps}, bowl, expected));
      if (t % kPeriod == 0) {
        const Real share = static_cast<Real>(0.3);
        for (std::size_t i = 0; i < phi.size(); ++i)
          expected[i] = phi[i] = phi[i] + share * (expected[i] - phi[i]);
        inner->theta_moved();
      }
      ASSERT_TRUE(equal_bits(theta, expected)) << t;
      EXPECT_EQ(whole->ending().has_value(), inner->ending().has_value());
    }
  }
}

// What a method remembers of the place that the slow step left is not taken for the new one.
TEST(Lookahead, EveryStepSeesTheLossWhereItStarts) {
  const ParameterLayout layout = test::one_block(20);
  for (const auto& entry : optimizer_catalog().entries()) {
    if (test::sets_theta(entry.name)) continue;
    if (entry.name == "nesterov" || entry.name == "rmsprop_nesterov") continue;  // looks ahead
    if (entry.name == "lookahead") continue;
    Bowl bowl;
    auto theta = lookahead_start(layout);
    const auto whole = test::make_optimizer("lookahead(inner=" + entry.name + ", k=2)", layout,
                                            lookahead_start(layout));
    if (whole->answer_is_average()) continue;
    for (std::int64_t t = 1; t <= 6; ++t) {
      const double loss = bowl.evaluate(theta, {});
      EXPECT_EQ(whole->step({t, 0.1, 6}, bowl, theta), loss) << entry.name << " at step " << t;
    }
  }
}

// The rule as it was when it held plain gradient descent only: one pass, the same bits.
TEST(Lookahead, ByDefaultHasTheBitsOfTheFusedRule) {
  const ParameterLayout layout = test::one_block(20);
  Bowl bowl;
  auto theta = lookahead_start(layout), expected = theta;
  std::vector<Real> phi(layout.size()), g(layout.size());
  const auto whole = test::make_optimizer("lookahead(alpha=0.3)", layout, lookahead_start(layout));
  for (std::int64_t t = 1; t <= 30; ++t) {
    const double rate = 0.3 / static_cast<double>(t);
    whole->step({t, rate, 30}, bowl, theta);
    bowl.evaluate(expected, g);
    const bool first = t == 1, slow_step = t % 5 == 0;
    const Real eps = static_cast<Real>(rate), a = static_cast<Real>(0.3);
    for (std::size_t i = 0; i < theta.size(); ++i) {
      const Real slow = first ? expected[i] : phi[i], fast = expected[i] - eps * g[i];
      phi[i] = slow_step ? slow + a * (fast - slow) : slow;
      expected[i] = slow_step ? phi[i] : fast;
    }
    ASSERT_TRUE(equal_bits(theta, expected)) << t;
  }
}

TEST(Lookahead, CanonicalTextHoldsTheWholeInnerOptimizer) {
  const auto& catalog = optimizer_catalog();
  EXPECT_EQ(catalog.canonical("lookahead"), "lookahead(inner=sgd, k=5, alpha=0.5)");
  const std::string nested =
      catalog.canonical("lookahead(alpha=linear, inner=lookahead(inner=momentum(beta=sutskever)))");
  EXPECT_EQ(nested,
            "lookahead(inner=lookahead(inner=momentum(beta=sutskever(max=0.99, period=250)), "
            "k=5, alpha=0.5), k=5, alpha=linear(final=0.01, tau=1, initial=1))");
  EXPECT_EQ(catalog.canonical(nested), nested);
  EXPECT_EQ(refusal_of([&] { catalog.make("lookahead(inner=adma)"); }).substr(0, 70),
            "lookahead(inner): unknown optimizer 'adma' (did you mean 'adam'?): cho");
  EXPECT_EQ(
      refusal_of([&] { catalog.make("lookahead(inner=momentum(beta=sutskver()))"); }).substr(0, 80),
      "lookahead(inner): momentum(beta): unknown schedule 'sutskver' (did you mean 'sut");
  EXPECT_EQ(catalog.versions("lookahead(inner=momentum(beta=step))"),
            (std::vector<std::string>{"optimizer 1", "optimizer 1", "schedule 2"}));
}

TEST(Lookahead, NeedsTheMemoryOfTheInnerOptimizer) {
  const ParameterLayout layout = test::one_block(20);
  for (const auto& entry : optimizer_catalog().entries()) {
    if (test::sets_theta(entry.name)) continue;
    const auto whole = optimizer_catalog().make("lookahead(inner=" + entry.name + ")");
    const auto inner = optimizer_catalog().make(entry.name);
    const auto* memory = dynamic_cast<const ExtraMemory*>(whole.get());
    const auto* expected = dynamic_cast<const ExtraMemory*>(inner.get());
    ASSERT_TRUE(memory);
    EXPECT_EQ(memory->extra_bytes(layout), expected ? expected->extra_bytes(layout) : 0);
    EXPECT_EQ(whole->needs(), inner->needs());
    EXPECT_EQ(memory->most_parameters(),
              expected ? expected->most_parameters() : std::numeric_limits<std::size_t>::max());
  }
}

// A rule and a schedule of a user's own.
struct Damped {
  static constexpr std::string_view kName = "damped";
  static constexpr std::array<std::string_view, 0> kState = {};
  double factor = 0.5;
  template <class F>
  void fields(F&& field) {
    field("factor", factor, "[0, 1]", "of the step");
  }
  auto at(const StepInfo& info) const {
    return
        [eps = Real(factor * info.learning_rate)](Real theta, Real g) { return theta - eps * g; };
  }
};
struct Halves {
  static constexpr std::string_view kName = "halves";
  template <class F>
  void fields(F&&) {}
  double value(std::int64_t, std::int64_t) const { return 0.5; }
};

TEST(Lookahead, HoldsRowsOfAUsersOwn) {
  auto schedules = schedule_catalog();
  schedules.add(schedule_entry<Halves>("always a half", "x"));
  EXPECT_EQ(schedules.make("warmup(steps=2, then=halves)")->value(1, 10), 0.25);
  auto mine = optimizer_catalog();
  mine.add(elementwise_entry<Damped>("a shorter step", "x")).nest(schedules);
  EXPECT_EQ(mine.canonical("lookahead(inner=damped(factor=halves))"),
            "lookahead(inner=damped(factor=halves), k=5, alpha=0.5)");
  const ParameterLayout layout = test::one_block(20);
  Bowl bowl;
  auto theta = lookahead_start(layout), half = theta;
  const auto whole = mine.make("lookahead(inner=damped(factor=halves))");
  whole->reset(layout, theta);
  const auto plain = test::make_optimizer("lookahead", layout, lookahead_start(layout));
  for (std::int64_t t = 1; t <= kSteps; ++t) {
    whole->step({t, 0.25, kSteps}, bowl, theta);
    plain->step({t, 0.125, kSteps}, bowl, half);
  }
  EXPECT_TRUE(equal_bits(theta, half));
}

}  // namespace
}  // namespace ravine
