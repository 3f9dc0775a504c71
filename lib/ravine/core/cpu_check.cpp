// Compiled for the plain x86-64 baseline: it runs before any other code of the library and says in
// one line what the CPU lacks, where the first wide instruction would end in SIGILL.

#include <unistd.h>

#include <cstddef>

namespace {

#if (defined(RAVINE_NEEDS_AVX2) || defined(RAVINE_NEEDS_AVX512)) && defined(__x86_64__)
[[gnu::constructor(101)]] void check_cpu() {
  __builtin_cpu_init();
#ifdef RAVINE_NEEDS_AVX512
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    return;
  static const char kMessage[] =
      "ravine: this build needs a CPU with AVX-512: rebuild with -DRAVINE_ARCH=x86-64-v3\n";
#else
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return;
  static const char kMessage[] =
      "ravine: this build needs a CPU with AVX2 and FMA: rebuild with -DRAVINE_ARCH=default\n";
#endif
  const ssize_t written = write(STDERR_FILENO, kMessage, sizeof(kMessage) - 1);
  _exit(written < 0 ? 3 : 2);
}
#endif

}  // namespace
