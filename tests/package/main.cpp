// A program outside of ravine: an update rule, a problem and a data set of one's own in a suite of
// one's own. It has the command line, the workers and the result file of every suite.

#include "parts.hpp"
#include "ravine/cli/suite_main.hpp"

namespace {

std::vector<ravine::Grid> grids(ravine::Scale) {
  ravine::Grid grid;
  grid.problem = {"himmelblau", "mlp(data=rings, hidden=8)"};
  grid.optimizers = {{"sign_momentum", {0.001, 0.01}}, {"momentum", {0.001, 0.01}}};
  grid.steps = {500};
  return {grid};
}

}  // namespace

int main(int argc, char** argv) {
  ravine::Suite suite = {
      .name = "mine", .question = "Is the sign of the momentum enough?\n", .grids = grids};
  add_own_parts(suite.catalogs);
  return ravine::suite_main(argc, argv, suite);
}
