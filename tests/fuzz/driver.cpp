// Entry points of libFuzzer: `ravine-fuzz --target=NAME [flags of libFuzzer] [folders or files]`.

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "fuzz/targets.hpp"

namespace {

using ravine::fuzz::kTargets;

const ravine::fuzz::Target* chosen = nullptr;

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* count, char*** values) {
  constexpr std::string_view kFlag = "--target=";
  for (int i = 1; i < *count; ++i) {
    const std::string_view argument = (*values)[i];
    for (const auto& target : kTargets)
      if (argument.starts_with(kFlag) && argument.substr(kFlag.size()) == target.name)
        chosen = &target;
  }
  if (chosen) return 0;
  std::fprintf(stderr, "ravine-fuzz: name the target, --target=NAME; known are");
  for (const auto& target : kTargets) std::fprintf(stderr, " %s", target.name.data());
  std::fprintf(stderr, "\n");
  std::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ravine::fuzz::run(*chosen, {data, size});
  return 0;
}
