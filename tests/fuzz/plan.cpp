#include "fuzz/sealed_file.hpp"
#include "ravine/results/plan_file.hpp"

namespace ravine::fuzz {

// The input is what follows the seal, which is right: lines of trials.
void plan(Input input) {
  static const MemoryFile file(".plan");
  write_sealed(file, input, kPlanFile, "");
  std::size_t characters = 0;
  for (const PlanLine& line : read_plan(file.path()))
    characters += line.id.size() + line.text.size();
  require(characters <= input.size(), "a plan says no more than its file");
}

}  // namespace ravine::fuzz
