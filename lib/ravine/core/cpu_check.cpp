// Compiled for the plain x86-64 baseline: it runs before any other code of the library and says in
// one line what the CPU lacks, where the first wide instruction would end in SIGILL. Without fused
// multiply-adds products of 256 x 256 matrices take 130 times the time for the same bits (66 and
// 0.5 GFLOP/s on one CPU), so there is no build for such CPUs.

#include <unistd.h>

#include <cstddef>

namespace {

#ifdef __x86_64__
[[gnu::constructor(101)]] void check_cpu() {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return;
  static const char kMessage[] =
      "ravine: this CPU lacks AVX2 or FMA: run on one that has both (Intel since 2013, AMD since "
      "2015)\n";
  const ssize_t written = write(STDERR_FILENO, kMessage, sizeof(kMessage) - 1);
  _exit(written < 0 ? 3 : 2);
}
#endif

}  // namespace
