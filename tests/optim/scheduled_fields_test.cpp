#include "ravine/optim/scheduled_fields.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "ravine/optim/second_order/catalog.hpp"
#include "second_order/functions.hpp"
#include "support/refusal.hpp"

namespace ravine {
namespace {

std::string canonical(const std::string& text) { return optimizer_catalog().canonical(text); }
std::string refusal(const std::string& text) {
  const std::string canonical_error = refusal_of([&] { canonical(text); });
  EXPECT_EQ(canonical_error, refusal_of([&] { optimizer_catalog().make(text); }));
  return canonical_error;
}

// The velocity under a unit gradient at rate 1 is v <- alpha_t v - 1: it shows every alpha.
TEST(ScheduledFields, AreResolvedAtEveryStep) {
  const ParameterLayout layout = test::one_block(1);
  const auto optimizer =
      test::make_optimizer("momentum(beta=linear(initial=0.5, final=0.9))", layout);
  test::FunctionObjective unit([](auto, auto gradient) {
    gradient[0] = 1;
    return 0.0;
  });
  std::vector<Real> theta(layout.size(), 0);
  double v = 0, expected = 0;
  for (std::int64_t t = 1; t <= 10; ++t) {
    optimizer->step({t, 1, 10}, unit, theta);
    v = (0.5 + 0.4 * static_cast<double>(t - 1) / 10) * v - 1;
    expected += v;
    ASSERT_NEAR(theta[0], expected, 1e-5) << t;
  }
}

TEST(ScheduledFields, ConstantScheduleIsTheNumber) {
  const ParameterLayout layout = test::one_block(3);
  test::FunctionObjective square([](auto theta, auto gradient) {
    for (std::size_t i = 0; i < theta.size(); ++i) gradient[i] = theta[i];
    return 0.0;
  });
  std::vector<Real> a(layout.size(), 1), b(layout.size(), 1);
  const auto number = test::make_optimizer("nesterov(beta=0.8)", layout);
  const auto scheduled = test::make_optimizer("nesterov(beta=constant(value=0.8))", layout);
  for (std::int64_t t = 1; t <= 20; ++t) {
    number->step({t, 0.1, 20}, square, a);
    scheduled->step({t, 0.1, 20}, square, b);
  }
  EXPECT_EQ(a, b);
}

TEST(ScheduledFields, CanonicalTextHoldsTheFullSchedule) {
  const std::string text = canonical("momentum(beta=sutskever)");
  EXPECT_EQ(text, "momentum(beta=sutskever(max=0.99, period=250))");
  EXPECT_EQ(canonical(text), text);
  EXPECT_EQ(canonical("adam_slide(beta1=constant(value=0.5))"),
            "adam(beta1=constant(value=0.5), beta2=0.9, epsilon=1e-08, bias_correction=true)");
}

TEST(ScheduledFields, RefusalsNameTheValueAndTheRule) {
  EXPECT_EQ(refusal("momentum(beta=constant(value=1.5))"),
            "momentum(beta) is 1.5: it must be in [0, 1)");
  EXPECT_EQ(refusal("momentum(beta=1)"), "momentum(beta) is 1: it must be in [0, 1)");
  EXPECT_EQ(refusal("momentum(beta=high)"), "momentum(beta) is 'high': it must be a number");
  EXPECT_NE(refusal("momentum(beta=sutskver(max=0.9))").find("did you mean 'sutskever'?"),
            std::string::npos);
  EXPECT_EQ(refusal("adam(bias_correction=linear)"),
            "adam(bias_correction) is 'linear': it must be true or false");
  EXPECT_NE(refusal("momentum(betta=linear)").find("did you mean 'beta'?"), std::string::npos);
}

TEST(ScheduledFields, AValueOutOfRangeLaterStopsTheStep) {
  const ParameterLayout layout = test::one_block(1);
  const auto optimizer =
      test::make_optimizer("momentum(beta=warmup(steps=4, then=constant(value=1)))", layout);
  test::FunctionObjective flat([](auto, auto) { return 0.0; });
  std::vector<Real> theta(layout.size(), 0);
  for (std::int64_t t = 1; t <= 3; ++t) optimizer->step({t, 1, 10}, flat, theta);
  EXPECT_EQ(refusal_of([&] {
              optimizer->step({4, 1, 10}, flat, theta);
            }),
            "momentum(beta) is 1: it must be in [0, 1)");
}

TEST(ScheduledFields, ResolvingDoesNotAllocate) {
  const ParameterLayout layout = test::one_block(1);
  const auto optimizer = test::make_optimizer(
      "adam(beta1=warmup(steps=4, then=linear(initial=0.9, final=0.5)), "
      "beta2=constant(value=0.99))",
      layout);
  test::FunctionObjective flat([](auto, auto) { return 0.0; });
  std::vector<Real> theta(layout.size(), 0);
  const std::int64_t before = test::allocation_count();
  for (std::int64_t t = 1; t <= 10; ++t) optimizer->step({t, 1, 10}, flat, theta);
  EXPECT_EQ(test::allocation_count(), before);
}

// Six steps on a rotated quadratic, which has every product that a method may ask for.
std::vector<Real> six_steps(const std::string& text, double learning_rate) {
  auto objective = test::DenseQuadratic::rotated({0.5, 1, 2, 5, 9, 20}, 3);
  const ParameterLayout layout = test::one_block(6);
  std::vector<Real> theta(layout.size(), 0);
  const auto optimizer = test::make_optimizer(text, layout, theta);
  for (std::int64_t t = 1; t <= 6 && !optimizer->ending(); ++t)
    optimizer->step({t, learning_rate, 6}, objective, theta);
  return theta;
}

double natural_rate(const std::string& name) {
  const auto& second = second_order_catalog().names();
  return std::find(second.begin(), second.end(), name) == second.end() ? 0.01 : 1;
}

TEST(ScheduledFields, EveryNumberTakesAScheduleOrSaysThatItIsFixed) {
  const std::set<std::string> fixed = {
      "trials",   "k",       "history",   "restart",      "iterations",  "seed",
      "d0",       "initial", "initial_s", "warmup_steps", "beta2_decay", "hessian_free.damping",
      "max_skew", "steps",   "frequency", "block_size",   "max_size",    "rank"};
  for (const auto& entry : optimizer_catalog().entries())
    for (const FieldDoc& field : entry.fields) {
      if (!field.numeric || field.default_value == "true" || field.default_value == "false")
        continue;
      const std::string start = entry.name + "(" + field.key + "=";
      const std::string plain = start + field.default_value + ")";
      const std::string scheduled = start + "constant(value=" + field.default_value + "))";
      SCOPED_TRACE(scheduled);
      if (fixed.contains(field.key) || fixed.contains(entry.name + "." + field.key)) {
        EXPECT_NE(refusal(scheduled).find("it is fixed when a trial starts"), std::string::npos);
        continue;
      }
      const double rate = natural_rate(entry.name);
      EXPECT_EQ(six_steps(scheduled, rate), six_steps(plain, rate));
    }
  EXPECT_EQ(refusal("lbfgs(history=constant(value=10))"),
            "lbfgs(history) is 'constant(value=10)': it is fixed when a trial starts and cannot "
            "follow a schedule; give a whole number");
}

// The tolerance rises from 0: whatever the gradient, the second step is enough.
TEST(ScheduledFields, EveryMethodHearsOfTheValuesOfItsStep) {
  for (const std::string& name : second_order_catalog().names()) {
    auto objective = test::DenseQuadratic::rotated({0.5, 1, 2, 5, 9, 20}, 3);
    const ParameterLayout layout = test::one_block(6);
    std::vector<Real> theta(layout.size(), 0);
    const auto method =
        test::make_optimizer(name + "(tolerance=linear(initial=0, final=1e9))", layout, theta);
    method->step({1, 1, 10}, objective, theta);
    EXPECT_FALSE(method->ending()) << name;
    method->step({2, 1, 10}, objective, theta);
    ASSERT_TRUE(method->ending()) << name;
    EXPECT_TRUE(method->ending()->message.ends_with("at most 100000000"))
        << method->ending()->message;
  }
  for (const char* varying : {"hessian_free(decay=linear(initial=1, final=0))",
                              "conjugate_gradient(orthogonality=linear(initial=1e-30, final=10))",
                              "saddle_free_newton(damping=linear(initial=1, final=3))",
                              "lbfgs(c2=linear(initial=0.9, final=1e-3))"}) {
    std::string constant = varying;
    constant.replace(constant.find("linear(initial="), 15, "constant(value=");
    constant.resize(constant.find(','));
    EXPECT_NE(six_steps(varying, 1), six_steps(constant + "))", 1)) << varying;
  }
}

// The names of the lecture, of other papers and of PyTorch are understood, also in stored specs.
TEST(Names, AliasesOfTheLectureAreReadAsThePapersNames) {
  const std::vector<std::pair<std::string, std::string>> same = {
      {"adam(rho1=0.8, rho2=0.99, delta=1e-07)", "adam(beta1=0.8, beta2=0.99, epsilon=1e-07)"},
      {"adam_slide(rho1=constant(value=0.5))", "adam(beta1=constant(value=0.5), beta2=0.9)"},
      {"nadam(mu=0.8, nu=0.9, eps=1e-4)", "nadam(beta1=0.8, beta2=0.9, epsilon=1e-4)"},
      {"adamw(lambda=0.1)", "adamw(weight_decay=0.1)"},
      {"lion(rho1=0.8, rho2=0.9)", "lion(beta1=0.8, beta2=0.9)"},
      {"amsgrad(rho1=0.8, delta=1e-4)", "amsgrad(beta1=0.8, epsilon=1e-4)"},
      {"momentum(alpha=sutskever)", "momentum(beta=sutskever)"},
      {"momentum(momentum=0.5)", "momentum(beta=0.5)"},
      {"nesterov(mu=0.5)", "nesterov(alpha=0.5)"},
      {"adagrad(delta=1e-4, delta_inside=true)", "adagrad(epsilon=1e-4, epsilon_inside=true)"},
      {"rmsprop(alpha=0.5, delta=1e-4)", "rmsprop(rho=0.5, epsilon=1e-4)"},
      {"rmsprop_nesterov(alpha=0.5)", "rmsprop_nesterov(beta=0.5)"},
      {"adadelta(delta=1e-4)", "adadelta(epsilon=1e-4)"},
      {"lookahead(inner=adam(rho1=0.5), period=2, share=0.1)",
       "lookahead(inner=adam(beta1=0.5), k=2, alpha=0.1)"}};
  for (const auto& one : same) EXPECT_EQ(canonical(one.first), canonical(one.second));
  EXPECT_EQ(refusal("adam(rho1=0.9, beta1=0.8)"),
            "adam(rho1=0.9, beta1=0.8) gives 'beta1' and 'rho1', which are names of the same "
            "parameter: leave out one of them");
  EXPECT_NE(refusal("momentum(alpha=sutskever, beta=0.9)").find("names of the same parameter"),
            std::string::npos);
}

// A rule of a user's own: a struct and one row.
struct SignDescent {
  static constexpr std::string_view kName = "sign_descent";
  static constexpr std::array<std::string_view, 0> kState = {};
  double dead_zone = 0;
  template <class F>
  void fields(F&& field) {
    field("dead_zone", dead_zone, "[0, inf)", "gradients that do not count");
  }
  auto at(const StepInfo& info) const {
    const Real eps = Real(info.learning_rate), zone = Real(dead_zone);
    return [=](Real theta, Real g) { return theta - eps * (Real(g > zone) - Real(g < -zone)); };
  }
};

TEST(ElementwiseEntry, AddsARowToAUsersCopy) {
  auto mine = optimizer_catalog();
  mine.add(elementwise_entry<SignDescent>("moves by the sign", "Bernstein et al. 2018"));
  EXPECT_EQ(mine.canonical("sign_descent(dead_zone=cosine(initial=0.5))"),
            "sign_descent(dead_zone=cosine(final=0, initial=0.5))");
  const ParameterLayout layout = test::one_block(2);
  const auto optimizer = mine.make("sign_descent(dead_zone=0.1)");
  std::vector<Real> theta(layout.size(), 0);
  optimizer->reset(layout, theta);
  test::FunctionObjective slope([](auto, auto gradient) {
    gradient[0] = -3;
    gradient[1] = static_cast<Real>(0.05);
    return 0.0;
  });
  optimizer->step({1, 0.25, 1}, slope, theta);
  EXPECT_EQ(theta[0], static_cast<Real>(0.25));
  EXPECT_EQ(theta[1], 0);
}

}  // namespace
}  // namespace ravine
