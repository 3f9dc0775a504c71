#include "fuzz/memory_file.hpp"
#include "fuzz/targets.hpp"
#include "ravine/io/sealed_file.hpp"
#include "ravine/run/plan_file.hpp"

namespace ravine::fuzz {

// The input is what follows the seal, which is right: lines of trials.
void plan(Input input) {
  static const MemoryFile file(".plan");
  std::vector<std::byte> image(kSealBytes);
  const auto content = std::as_bytes(input);
  image.insert(image.end(), content.begin(), content.end());
  seal(image, kPlanFile, "");
  file.write({reinterpret_cast<const std::uint8_t*>(image.data()), image.size()});
  std::size_t characters = 0;
  for (const PlanLine& line : read_plan(file.path()))
    characters += line.id.size() + line.text.size();
  require(characters <= input.size(), "a plan says no more than its file");
}

}  // namespace ravine::fuzz
