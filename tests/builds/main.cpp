// A suite with a rule of its own, linked several times as another build of itself: with the same
// bits (another RAVINE_TEST_BUILD) or with another constant in the rule (RAVINE_TEST_FACTOR), as a
// commit might change it. Its first trials take no time, which other tests make use of.

#include <array>
#include <string_view>

#include "ravine/cli/suite_main.hpp"
#include "ravine/optim/catalog.hpp"

namespace {

using ravine::Real;

// Kept in the program, so that the builds differ.
[[gnu::used]] constexpr std::string_view kBuild = RAVINE_TEST_BUILD;

/// theta <- theta - factor eps g
struct Scaled {
  static constexpr std::string_view kName = "scaled";
  static constexpr std::array<std::string_view, 0> kState = {};

  template <class F>
  void fields(F&&) {}

  auto at(const ravine::StepInfo& info) const {
    const Real eps = static_cast<Real>(RAVINE_TEST_FACTOR * info.learning_rate);
    return [=](Real theta, Real g) { return theta - eps * g; };
  }
};

std::vector<ravine::Grid> grids(ravine::Scale) {
  ravine::Grid grid;
  grid.problem = {"quadratic(dimension=10)", "rosenbrock"};
  grid.optimizers = {{"scaled", {0.001, 0.01}}, {"momentum", {0.001, 0.01}}};
  grid.steps = {50};
  return {grid};
}

}  // namespace

int main(int argc, char** argv) {
  ravine::Suite suite = {.name = "builds", .question = "Which build is it?\n", .grids = grids};
  suite.catalogs.optimizers.add(ravine::elementwise_entry<Scaled>("a scaled gradient", "none"));
  return ravine::suite_main(argc, argv, suite);
}
