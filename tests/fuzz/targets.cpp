#include "fuzz/targets.hpp"

#include <cstdio>
#include <cstdlib>

#include "ravine/core/error.hpp"

namespace ravine::fuzz {

void run(const Target& target, Input input) {
  try {
    target.run(input);
  } catch (const Error&) {
  }
}

void require(bool property, const char* what) {
  if (property) return;
  std::fprintf(stderr, "fuzz: %s\n", what);
  std::abort();
}

}  // namespace ravine::fuzz
