// Replays the trajectories of scripts/make_second_order_goldens: scipy's function and derivatives,
// MINPACK's line search, and dense formulas in numpy.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <set>
#include <sstream>

#include "ravine/core/text.hpp"
#include "ravine/optim/second_order/catalog.hpp"
#include "second_order/functions.hpp"

namespace ravine {
namespace {

constexpr std::size_t kChainSize = 6;

/// The Rosenbrock chain as the sum of squares of r = 10 (x_{i+1} - x_i^2) and 1 - x_i, which are
/// the examples of its Gauss-Newton matrix.
class LeastSquaresChain final : public Objective {
 public:
  bool stationary() const override { return true; }

 private:
  /// Calls f(r, i, dr/dx_i, dr/dx_{i+1}) for every residual.
  template <class F>
  static void for_each(std::span<const Real> x, F f) {
    for (std::size_t i = 0; i + 1 < kChainSize; ++i) {
      f(10 * (double{x[i + 1]} - double{x[i]} * double{x[i]}), i, -20 * double{x[i]}, 10.0);
      f(1 - double{x[i]}, i, -1.0, 0.0);
    }
  }
  double do_evaluate(std::span<const Real> x, std::span<Real> gradient) override {
    double loss = 0;
    std::fill(gradient.begin(), gradient.end(), Real{0});
    for_each(x, [&](double r, std::size_t i, double here, double next) {
      loss += r * r;
      if (gradient.empty()) return;
      gradient[i] += static_cast<Real>(2 * r * here);
      gradient[i + 1] += static_cast<Real>(2 * r * next);
    });
    return loss;
  }
  void do_gauss_newton_vector(std::span<const Real> x, std::span<const Real> v,
                              std::span<Real> gv) override {
    std::fill(gv.begin(), gv.end(), Real{0});
    for_each(x, [&](double, std::size_t i, double here, double next) {
      const double along = here * double{v[i]} + next * double{v[i + 1]};
      gv[i] += static_cast<Real>(2 * along * here);
      gv[i + 1] += static_cast<Real>(2 * along * next);
    });
  }
  // Only the valleys are curved: d2r/dx_i^2 = -20.
  void do_hessian_vector(std::span<const Real> x, std::span<const Real> v,
                         std::span<Real> hv) override {
    do_gauss_newton_vector(x, v, hv);
    for_each(x, [&](double r, std::size_t i, double, double next) {
      if (next != 0) hv[i] += static_cast<Real>(2 * r * -20 * double{v[i]});
    });
  }
  bool do_mean_squared_gradient(std::span<const Real> x, std::span<Real> out) override {
    std::fill(out.begin(), out.end(), Real{0});
    for_each(x, [&](double r, std::size_t i, double here, double next) {
      out[i] += static_cast<Real>(4 * r * r * here * here);
      out[i + 1] += static_cast<Real>(4 * r * r * next * next);
    });
    return true;
  }
};

struct Golden {
  std::string optimizer;
  std::vector<std::vector<double>> theta;  // after steps 1, 2, ...
};

std::vector<Golden> read_goldens() {
  std::ifstream file(RAVINE_TEST_DATA "/golden/second_order.tsv");
  std::vector<Golden> goldens;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("#")) continue;
    std::istringstream fields(line);
    std::string field;
    std::getline(fields, field, '\t');
    if (field == "case") {
      std::getline(fields, goldens.emplace_back().optimizer, '\t');
      continue;
    }
    auto& theta = goldens.back().theta.emplace_back();
    while (std::getline(fields, field, '\t')) theta.push_back(parse_double(field, "theta"));
  }
  return goldens;
}

#ifdef RAVINE_DOUBLE  // needs its digits
TEST(SecondOrderGolden, EveryTrajectoryIsReproduced) {
  for (const Golden& golden : read_goldens()) {
    SCOPED_TRACE(golden.optimizer);
    LeastSquaresChain chain;
    const ParameterLayout layout = test::one_block(kChainSize);
    const auto method = test::make_optimizer(golden.optimizer, layout);
    std::vector<Real> theta(layout.size(), 0);
    for (std::size_t i = 0; i < kChainSize; ++i)
      theta[i] = static_cast<Real>(i % 2 == 0 ? -1.2 : 1);
    ASSERT_EQ(golden.theta.size(), 12u);
    for (std::size_t t = 0; t < golden.theta.size(); ++t) {
      method->step({static_cast<std::int64_t>(t + 1), 1, 12}, chain, theta);
      for (std::size_t i = 0; i < kChainSize; ++i)
        ASSERT_NEAR(theta[i], golden.theta[t].at(i), 1e-9) << "at step " << t + 1;
    }
  }
}
#endif

TEST(SecondOrderGolden, EveryMethodHasOne) {
  std::set<std::string> replayed;
  for (const Golden& golden : read_goldens())
    replayed.insert(Component::parse(golden.optimizer).name);
  for (const std::string& name : second_order_catalog().names())
    EXPECT_TRUE(replayed.contains(name)) << name;
}

}  // namespace
}  // namespace ravine
