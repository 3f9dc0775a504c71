#include "ravine/train/catalogs.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "ravine/cli/help.hpp"
#include "ravine/core/error.hpp"
#include "ravine/core/random.hpp"
#include "ravine/nn/layer_recipe.hpp"
#include "ravine/nn/layers/activation.hpp"
#include "ravine/nn/network_builder.hpp"
#include "ravine/plan/memory_need.hpp"
#include "ravine/plan/plan.hpp"
#include "ravine/plan/tuning.hpp"
#include "ravine/problems/problem_entry.hpp"
#include "ravine/train/follow.hpp"

namespace ravine {
namespace {

// f(x) = 1/2 scale x'x, from (1, ..., 1).
struct Bowl {
  static constexpr std::string_view kName = "bowl";
  static constexpr int kVersion = 3;
  static constexpr std::array<std::string_view, 1> kLaterKeys = {"late"};
  static TrialDefaults trial_defaults() { return {.divergence = "never"}; }
  double scale = 1;
  bool late = false;

  std::size_t size() const { return 2; }
  void start(std::span<double> x) const { x[0] = x[1] = 1; }
  double evaluate(std::span<const double> x, std::span<double> g) const {
    g[0] = scale * x[0];
    g[1] = scale * x[1];
    return 0.5 * scale * (x[0] * x[0] + x[1] * x[1]);
  }
  template <class F>
  void fields(F&& field) {
    field("scale", scale, "(0, inf)", "curvature");
    field("late", late, "", "came after stored trials");
  }
};

// Every weight 0.125, whatever the numbers of units.
struct Eighths {
  static constexpr std::string_view kName = "eighths";
  void draw(std::size_t, std::size_t, RandomStream&, std::span<Real> w) const {
    std::ranges::fill(w, Real(0.125));
  }
  template <class F>
  void fields(F&&) {}
};

// Ten rows of two features; the class is that of the sign of the first.
Dataset make_signs(const DataRequest&) {
  Dataset data;
  data.features.rows = 10;
  data.features.cols = 2;
  data.classes = 2;
  data.train = {0, 6};
  data.validation = {6, 8};
  data.test = {8, 10};
  for (int i = 0; i < 10; ++i) {
    data.features.dense.insert(data.features.dense.end(),
                               {i % 2 == 0 ? 1.0F : -1.0F, static_cast<float>(i)});
    data.labels.push_back(i % 2);
  }
  return data;
}

// tanh by another name.
struct SquashKind {
  static constexpr std::string_view kName = "squash";
  template <class F>
  void fields(F&&) {}
};
struct Squash final : LayerRecipe {
  void build(NetworkBuilder& network) const override {
    network.add(std::make_unique<ActivationLayer>(Activation::kTanh, network.shape()));
  }
};

Catalogs with_own_parts() {
  Catalogs own;
  own.problems.add(problem_entry<Bowl>("a round bowl", "nobody 1900"));
  own.problems.alias("deep_bowl", "bowl(scale=100)", "a steep one");
  own.data_sets.add({.name = "signs", .summary = "ten rows", .make = make_signs});
  own.initializers.add(initializer_entry<Eighths>("all the same", ""));
  own.layers.add(catalog_entry<LayerRecipe, SquashKind>(
      "tanh", "", [](SquashKind) { return std::make_unique<Squash>(); }));
  own.connect();
  return own;
}

Grid grid_of(std::vector<std::string> problems) {
  Grid grid;
  grid.problem = std::move(problems);
  grid.optimizers = {{"sgd", {0.1}}};
  grid.seed = {0};
  grid.steps = {5};
  grid.batch_size = {0};
  return grid;
}

template <class F>
std::string refused(F&& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

void expect_part(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST(Catalogs, ARowThatIsAddedToACopyIsUnknownToTheOriginal) {
  const Catalogs shipped, own = with_own_parts();
  EXPECT_EQ(own.problems.canonical("deep_bowl"), "bowl(scale=100)");
  for (const char* text : {"bowl", "deep_bowl"})
    expect_part(refused([&] { shipped.problems.canonical(text); }), "unknown problem");
  EXPECT_EQ(own.data_sets.load({.name = "signs"})->features.rows, 10u);
  expect_part(refused([&] { shipped.data_sets.load({.name = "signs"}); }), "unknown data set");
  expect_part(refused([&] { shipped.make_problem("logreg(data=signs)"); }), "unknown data set");
  EXPECT_EQ(Catalogs().problems.names(), shipped.problems.names());
}

TEST(Catalogs, OwnRowsArePlannedWithTheirVersionsAndDefaults) {
  const Catalogs own = with_own_parts();
  const auto plan = make_plan({grid_of({"bowl", "logreg(data=signs)"})}, "", own);
  ASSERT_EQ(plan.size(), 2u);
  EXPECT_EQ(plan[0].trial.problem, "bowl(scale=1)") << "a later key at its default is left out";
  EXPECT_EQ(plan[0].trial.divergence, "never");
  expect_part(plan[0].spec, "versions = problem 3, ");
  EXPECT_NE(plan[1].trial.divergence, "never");
  expect_part(plan[1].spec, "data = signs:" + own.data_sets.load({.name = "signs"})->digest);
  const auto cells = describe(plan[0], own);
  const auto scale = std::ranges::find(cells, "problem_scale", &Cell::name);
  ASSERT_NE(scale, cells.end());
  EXPECT_EQ(std::get<double>(scale->value), 1.0);
  EXPECT_GT(memory_need(plan, 1, own).total(), 0);
}

TEST(Catalogs, OwnRowsAreTuned) {
  const Catalogs own = with_own_parts();
  Planner planner("", own);
  const Tuning tuning({grid_of({"deep_bowl", "mlp(data=signs, hidden=3)"})}, {},
                      {Search::Method::kRandom, 4}, planner, own);
  EXPECT_EQ(tuning.search().size(), 8u);
}

TEST(Catalogs, OwnRowsAreTrained) {
  const Catalogs own = with_own_parts();
  Trial trial;
  trial.problem = "mlp(data=signs, hidden=3)";
  trial.initializer = "eighths";
  trial.optimizer = "sgd";
  trial.batch_size = 0;
  trial.steps = 1;
  Real first = 0;
  follow(
      trial,
      [&](std::int64_t step, std::span<const Real> theta) {
        if (step == 0) first = theta[0];
      },
      own);
  EXPECT_EQ(first, Real(0.125)) << "the initializer is one of the program's own";
}

TEST(Catalogs, OwnLayersAreLayersOfNetworks) {
  const Catalogs own = with_own_parts();
  const auto curve = [&](const std::string& activation) {
    Trial trial;
    trial.problem = fmt::format("net(data=signs, layers=dense(3) {} dense(outputs))", activation);
    trial.steps = 3;
    trial.batch_size = 0;
    std::vector<Real> last;
    follow(
        trial,
        [&](std::int64_t, std::span<const Real> theta) { last.assign(theta.begin(), theta.end()); },
        own);
    return last;
  };
  EXPECT_EQ(curve("squash"), curve("tanh"));
  EXPECT_NE(curve("squash"), curve("relu"));
  expect_part(
      refused([] { Catalogs().problems.canonical("net(layers=dense(3) squash dense(outputs))"); }),
      "squash");
}

TEST(Catalogs, HelpAndDidYouMeanNameOwnRows) {
  const Catalogs own = with_own_parts();
  const std::string all = help_components(own);
  for (const char* part : {"bowl", "nobody 1900", "deep_bowl", "signs", "ten rows", "eighths",
                           "squash", "trials have divergence never"})
    expect_part(all, part);
  expect_part(help_components(own, {"signs"}), "ten rows");
  expect_part(refused([&] { help_components(own, {"bowll"}); }), "did you mean 'bowl'?");
  expect_part(refused([&] { own.problems.canonical("bowll"); }), "did you mean 'bowl'?");
  expect_part(refused([&] { own.make_problem("logreg(data=sings)"); }), "did you mean 'signs'?");
  expect_part(refused([&] { own.problems.canonical("bowl(scala=2)"); }), "did you mean 'scale'?");
  EXPECT_EQ(help_components(Catalogs()).find("bowl"), std::string::npos);
}

TEST(Catalogs, AFunctionWithoutHessianProductsSaysSo) {
  const Catalogs own = with_own_parts();
  const auto session = own.make_problem("bowl")->start(0, 1, {});
  AlignedVector<Real> x(own.make_problem("bowl")->layout().size()), v(x), hv(x);
  expect_part(refused([&] { session->hessian_vector(x, v, hv); }), "bowl");
  expect_part(refused([&] { own.make_problem("bowl", "hidden"); }), "no layers to normalize");
}

}  // namespace
}  // namespace ravine
