// What every row of the second-order catalog promises. New rows join by being there.
#include <gtest/gtest.h>

#include <cstring>
#include <set>

#include "ravine/optim/second_order/catalog.hpp"
#include "second_order/functions.hpp"

namespace ravine {
namespace {

using test::DenseQuadratic;
using test::kDouble;

/// A chain of Rosenbrock valleys with its own exact products, on a layout with padding between the
/// blocks; another function at every step if `noisy`.
class ValleyChain final : public Objective {
 public:
  explicit ValleyChain(const ParameterLayout& layout, bool noisy = false) : noisy_(noisy) {
    for (const Block& block : layout.blocks())
      for (std::size_t i = 0; i < block.size(); ++i) place_.push_back(block.offset + i);
  }
  bool stationary() const override { return !noisy_; }
  void select(std::int64_t step) { step_ = step; }
  std::size_t size() const { return place_.size(); }
  std::span<const std::size_t> places() const { return place_; }

 private:
  double do_evaluate(std::span<const Real> theta, std::span<Real> gradient) override {
    double loss = 0;
    if (!gradient.empty()) std::fill(gradient.begin(), gradient.end(), Real{0});
    RandomStream noise(3, Purpose::kNoise, static_cast<std::uint64_t>(step_));
    for (std::size_t i = 0; i < size(); ++i) {
      const double tilt = noisy_ ? 0.1 * noise.normal() : 0, x = theta[place_[i]];
      loss += tilt * x + 0.5 * (1 - x) * (1 - x);
      if (!gradient.empty()) gradient[place_[i]] += static_cast<Real>(tilt - (1 - x));
      if (i + 1 == size()) continue;
      const double valley = theta[place_[i + 1]] - x * x;
      loss += 2 * valley * valley;
      if (gradient.empty()) continue;
      gradient[place_[i]] += static_cast<Real>(-8 * x * valley);
      gradient[place_[i + 1]] += static_cast<Real>(4 * valley);
    }
    return loss;
  }
  void do_hessian_vector(std::span<const Real> theta, std::span<const Real> v,
                         std::span<Real> hv) override {
    product(theta, v, hv, 1);
  }
  // Least squares: without the curvature of the residuals.
  void do_gauss_newton_vector(std::span<const Real> theta, std::span<const Real> v,
                              std::span<Real> gv) override {
    product(theta, v, gv, 0);
  }
  void product(std::span<const Real> theta, std::span<const Real> v, std::span<Real> out,
               double residual) {
    std::fill(out.begin(), out.end(), Real{0});
    for (std::size_t i = 0; i < size(); ++i) {
      const double x = theta[place_[i]], d = v[place_[i]];
      out[place_[i]] += static_cast<Real>(d);
      if (i + 1 == size()) continue;
      const double valley = theta[place_[i + 1]] - x * x;
      const double d_valley = v[place_[i + 1]] - 2 * x * d;
      out[place_[i]] += static_cast<Real>(-8 * (x * d_valley + residual * d * valley));
      out[place_[i + 1]] += static_cast<Real>(4 * d_valley);
    }
  }
  bool noisy_;
  std::int64_t step_ = 0;
  std::vector<std::size_t> place_;
};

class SecondOrder : public testing::TestWithParam<std::string> {
 protected:
  SecondOrder() {
    layout_.add("weight", 3, 5, BlockKind::kWeight);
    layout_.add("bias", 1, 3, BlockKind::kBias);
  }
  std::vector<Real> start() const {
    std::vector<Real> theta(layout_.size(), 0);
    for (const Block& block : layout_.blocks())
      for (Real& x : block.of(std::span(theta))) x = static_cast<Real>(0.3);
    return theta;
  }
  void run(Optimizer& optimizer, ValleyChain& chain, std::span<Real> theta, std::int64_t first,
           std::int64_t last) const {
    for (std::int64_t t = first; t <= last; ++t) {
      chain.select(t);
      optimizer.step({t, 1, last}, chain, theta);
    }
  }
  ParameterLayout layout_;
};
std::vector<std::string> texts() {
  std::vector<std::string> all = second_order_catalog().names();
  for (const char* beta : {"fletcher_reeves", "hestenes_stiefel"})
    all.push_back(std::string("conjugate_gradient(beta=") + beta + ")");
  return all;
}
std::string name_of(const testing::TestParamInfo<std::string>& row) {
  std::string name = row.param;
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}
INSTANTIATE_TEST_SUITE_P(Catalog, SecondOrder, testing::ValuesIn(texts()), name_of);

// Newton's own step takes the indefinite Hessian of the start as it is, which may lead uphill.
class Descending : public SecondOrder {};
std::vector<std::string> descending() {
  std::vector<std::string> all = texts();
  std::erase(all, "newton");
  return all;
}
INSTANTIATE_TEST_SUITE_P(Catalog, Descending, testing::ValuesIn(descending()), name_of);

bool same_bits(std::span<const Real> a, std::span<const Real> b) {
  return std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

TEST_P(SecondOrder, FindsTheMinimumAndStops) {
  ValleyChain chain(layout_);
  const auto method = test::make_optimizer(GetParam(), layout_);
  auto theta = start();
  const auto largest = test::run(*method, chain, theta, 3000);
  for (std::size_t i : chain.places()) EXPECT_NEAR(theta[i], 1, kDouble ? 1e-6 : 2e-2);
  if (std::string_view(GetParam()).find("newton") == std::string_view::npos && kDouble) {
    ASSERT_TRUE(method->ending());
    EXPECT_EQ(method->ending()->kind, Ending::Kind::kConverged) << method->ending()->message;
  }
}

TEST_P(SecondOrder, StopsAtItsTolerance) {
  ValleyChain chain(layout_);
  const double tolerance = kDouble ? 1e-4 : 1e-2;
  std::string text = GetParam();
  text = text.back() == ')' ? text.substr(0, text.size() - 1) + ", " : text + "(";
  const auto method =
      test::make_optimizer(text + "tolerance=" + format_number(tolerance) + ")", layout_);
  auto theta = start();
  const auto largest = test::run(*method, chain, theta, 3000);
  ASSERT_TRUE(method->ending());
  EXPECT_EQ(method->ending()->kind, Ending::Kind::kConverged);
  EXPECT_LE(largest.back(), tolerance);
  EXPECT_GT(largest[largest.size() - 2], tolerance);
}

TEST_P(SecondOrder, ContinuesFromSavedState) {
  for (const bool noisy : {false, true})
    for (const std::int64_t cut : {1, 4}) {
      ValleyChain chain(layout_, noisy);
      const auto original = test::make_optimizer(GetParam(), layout_);
      auto theta = start();
      run(*original, chain, theta, 1, cut);
      test::StateSaver saved;
      original->visit_state(saved);
      auto copy = theta;
      run(*original, chain, theta, cut + 1, cut + 5);

      ValleyChain again(layout_, noisy);
      const auto restored = test::make_optimizer(GetParam(), layout_);
      test::StateLoader loader(saved);
      restored->visit_state(loader);
      run(*restored, again, copy, cut + 1, cut + 5);
      EXPECT_TRUE(same_bits(theta, copy)) << "cut after " << cut << (noisy ? ", noisy" : "");
    }
}

TEST_P(SecondOrder, HasTheSameBitsForAnyThreadsAndAfterReset) {
  ValleyChain chain(layout_);
  const auto method = test::make_optimizer(GetParam(), layout_);
  auto one = start();
  run(*method, chain, one, 1, 6);
  auto three = start();
  method->reset(layout_, three, {3});
  run(*method, chain, three, 1, 6);
  EXPECT_TRUE(same_bits(one, three));
}

TEST_P(SecondOrder, NeverMovesPadding) {
  ValleyChain chain(layout_);
  const auto method = test::make_optimizer(GetParam(), layout_);
  auto theta = start();
  run(*method, chain, theta, 1, 6);
  std::set<std::size_t> places(chain.places().begin(), chain.places().end());
  for (std::size_t i = 0; i < theta.size(); ++i)
    if (!places.contains(i)) {
      EXPECT_EQ(theta[i], Real{0});
    }
}

TEST_P(Descending, OnMiniBatches) {
  ValleyChain noisy(layout_, true), mean(layout_);
  const auto method = test::make_optimizer(GetParam(), layout_);
  auto theta = start();
  const double before = mean.evaluate(theta, {});
  run(*method, noisy, theta, 1, 30);
  EXPECT_LT(mean.evaluate(theta, {}), 0.5 * before);
}

TEST_P(SecondOrder, SaysThatTheLossIsNotFinite) {
  test::FunctionObjective objective([](auto, auto gradient) {
    std::fill(gradient.begin(), gradient.end(), Real{1});
    return std::nan("");
  });
  const auto method = test::make_optimizer(GetParam(), layout_);
  auto theta = start();
  const auto before = theta;
  EXPECT_TRUE(std::isnan(method->step({1, 1, 1}, objective, theta)));
  ASSERT_TRUE(method->ending());
  EXPECT_EQ(method->ending()->kind, Ending::Kind::kDiverged);
  EXPECT_NE(method->ending()->message.find("the loss is nan"), std::string::npos);
  EXPECT_TRUE(same_bits(before, theta));
}

TEST_P(SecondOrder, CanonicalTextReadsBackAsItself) {
  const std::string text = optimizer_catalog().canonical(GetParam());
  EXPECT_EQ(optimizer_catalog().canonical(text), text);
}

// A gradient of the wrong sign leaves no way down: the methods that search must say so.
class Searching : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Catalog, Searching,
                         testing::Values("gradient_descent", "conjugate_gradient", "bfgs",
                                         "lbfgs"));
TEST_P(Searching, SaysThatItCannotProgress) {
  test::FunctionObjective objective([](auto theta, auto gradient) {
    double loss = 0;
    for (std::size_t i = 0; i < theta.size(); ++i) {
      loss += theta[i] * theta[i];
      if (!gradient.empty()) gradient[i] = -2 * theta[i];
    }
    return loss;
  });
  const ParameterLayout layout = test::one_block(3);
  const auto method = test::make_optimizer(GetParam(), layout);
  std::vector<Real> theta(layout.size(), 1);
  const auto before = theta;
  method->step({1, 1, 1}, objective, theta);
  ASSERT_TRUE(method->ending());
  EXPECT_EQ(method->ending()->kind, Ending::Kind::kStuck);
  EXPECT_NE(method->ending()->message.find("is the gradient that of the loss?"), std::string::npos);
  EXPECT_TRUE(same_bits(before, theta));
}

TEST_P(Searching, SaysThatAnExactStepDoesNotExist) {
  DenseQuadratic objective({{-1, 0}, {0, -2}}, {0, 0});
  const ParameterLayout layout = test::one_block(2);
  const auto method = test::make_optimizer(std::string(GetParam()) + "(line_search=exact)", layout);
  std::vector<Real> theta(layout.size(), 0);
  theta[0] = theta[1] = 1;
  method->step({1, 1, 1}, objective, theta);
  ASSERT_TRUE(method->ending());
  EXPECT_NE(method->ending()->message.find("indefinite"), std::string::npos);
}

// An accepted gradient serves the next step of a fixed function, and only there.
TEST_P(Searching, EvaluatesNothingTwice) {
  const ParameterLayout layout = test::one_block(18);
  ValleyChain fixed(layout), noisy(layout, true);
  for (ValleyChain* chain : {&fixed, &noisy}) {
    const auto method = test::make_optimizer(GetParam(), layout);
    std::vector<Real> theta(layout.size(), 0);
    for (std::size_t i : chain->places()) theta[i] = static_cast<Real>(0.3);
    std::vector<std::vector<Real>> seen;
    test::FunctionObjective counter([&](auto at, auto gradient) {
      seen.emplace_back(at.begin(), at.end());
      return chain->evaluate(at, gradient);
    });
    // The wrapper is not stationary: every step starts with an evaluation at theta.
    method->step({1, 1, 2}, counter, theta);
    const std::size_t first = seen.size();
    method->step({2, 1, 2}, counter, theta);
    EXPECT_EQ(seen[first - 1], seen[first]);
    const auto direct = test::make_optimizer(GetParam(), layout);
    std::vector<Real> other(layout.size(), 0);
    for (std::size_t i : chain->places()) other[i] = static_cast<Real>(0.3);
    chain->set_counts({});
    direct->step({1, 1, 2}, *chain, other);
    direct->step({2, 1, 2}, *chain, other);
    EXPECT_EQ(chain->counts().gradients,
              static_cast<std::int64_t>(seen.size()) - (chain == &fixed ? 1 : 0));
  }
}

}  // namespace
}  // namespace ravine
