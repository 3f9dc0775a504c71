#include "ravine/core/instruction_set.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "ravine/core/error.hpp"

namespace ravine {
namespace {

// What hides AVX-512 from the loader of the GNU C library.
constexpr const char* kTunables = "GLIBC_TUNABLES";
constexpr std::string_view kWithoutAvx512 = "glibc.cpu.hwcaps=-AVX512F";

std::string text_of(const char* name) {
  const char* const value = std::getenv(name);
  return value ? value : "";
}

// Whether they are those of this process: a suite that runs inside of another program, such as
// Python, must not take it over.
bool are_of_this_process(const char* const* arguments) {
  std::string first;
  std::getline(std::ifstream("/proc/self/cmdline"), first, '\0');
  return first == arguments[0];
}

void start_again_without_avx512(const char* const* arguments) {
  const std::string before = text_of(kTunables);
  if (before.find(kWithoutAvx512) != std::string::npos) return;  // in vain
  if (!are_of_this_process(arguments)) return;
  const std::string after = (before.empty() ? "" : before + ":") + std::string(kWithoutAvx512);
  ::setenv(kTunables, after.c_str(), 1);
  ::execv(std::filesystem::read_symlink("/proc/self/exe").c_str(),
          const_cast<char* const*>(arguments));
}

}  // namespace

std::string_view instruction_set() { return RAVINE_ISA; }

void obey_ravine_isa(const char* const* arguments) {
  const std::string wanted = text_of("RAVINE_ISA");
  if (wanted.empty() || instruction_set() == "x86-64-" + wanted) return;
  if (wanted != "v3" && wanted != "v4") fail("RAVINE_ISA={}: it must be v3 or v4", wanted);
  if (wanted == "v3" && instruction_set() == "x86-64-v4") start_again_without_avx512(arguments);
  fail("RAVINE_ISA={}: this CPU and this installation offer {} only: unset RAVINE_ISA", wanted,
       instruction_set());
}

}  // namespace ravine
