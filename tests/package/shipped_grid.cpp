// The suite of ravine-optimizers with parts of one's own beside the shipped ones: the rule runs on
// every shipped problem, and every shipped rule on the problems of one's own.

#include "parts.hpp"
#include "ravine/cli/suite_main.hpp"
#include "ravine/suites/optimizers.hpp"

int main(int argc, char** argv) {
  ravine::Suite suite = ravine::optimizers_suite();
  add_own_parts(suite.catalogs);
  suite.grids = [shipped = suite.grids](ravine::Scale scale) {
    std::vector<ravine::Grid> grids = shipped(scale);
    for (ravine::Grid& grid : grids) grid.optimizers.push_back({"sign_momentum", {0.001, 0.01}});
    ravine::Grid own = grids.front();
    own.problem = {"himmelblau", "mlp(data=rings, hidden=8)"};
    own.epochs = {};
    own.steps = {500};
    grids.push_back(own);
    return grids;
  };
  return ravine::suite_main(argc, argv, suite);
}
