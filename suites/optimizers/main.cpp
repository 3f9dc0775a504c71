#include "ravine/cli/suite_main.hpp"
#include "ravine/suites/optimizers.hpp"

int main(int argc, char** argv) {
  return ravine::suite_main(argc, argv, ravine::optimizers_suite());
}
