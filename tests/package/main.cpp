// A program outside of ravine: an update rule of one's own in a suite of one's own. It has the
// command line, the workers and the result file of every suite.

#include <array>
#include <string_view>

#include "ravine/cli/suite_main.hpp"
#include "ravine/optim/catalog.hpp"

namespace {

using ravine::Real;

/// Signum: the sign of the momentum.
///
/// Bernstein, Wang, Azizzadenesheli and Anandkumar (2018), Algorithm 2.
struct Signum {  // m <- beta m + (1 - beta) g;   theta <- theta - eps sign(m)
  static constexpr std::string_view kName = "signum";
  static constexpr std::array<std::string_view, 1> kState = {"m"};
  // The rate of an untuned run, and the scales on which --tune searches rate and beta.
  static constexpr ravine::RateRange kLearningRate = {1e-3, "log(1e-5, 0.1)"};
  double beta = 0.9;

  template <class F>
  void fields(F&& field) {
    field("beta", beta, "[0, 1)", "share of the average that is kept", "one_minus_log(0.5, 0.999)");
  }

  auto at(const ravine::StepInfo& info) const {
    const Real b = static_cast<Real>(beta), eps = static_cast<Real>(info.learning_rate);
    return [=](Real theta, Real g, Real& m) {
      m = b * m + (1 - b) * g;
      return theta - (m > 0 ? eps : m < 0 ? -eps : 0);
    };
  }
};

std::vector<ravine::Grid> grids(ravine::Scale) {
  ravine::Grid grid;
  grid.problem = {"quadratic(dimension=10)"};
  grid.optimizers = {{"signum", {0.001, 0.01}}, {"momentum", {0.1, 0.3}}};
  grid.steps = {500};
  return {grid};
}

}  // namespace

int main(int argc, char** argv) {
  ravine::Suite suite = {
      .name = "mine", .question = "Is the sign of the momentum enough?\n", .grids = grids};
  suite.catalogs.optimizers.add(ravine::elementwise_entry<Signum>(
      "sign of the momentum", "Bernstein et al. 2018, Algorithm 2"));
  return ravine::suite_main(argc, argv, suite);
}
