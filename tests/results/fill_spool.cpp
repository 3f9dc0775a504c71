// fill_spool FOLDER TRIALS OBSERVATIONS: a spool of finished trials that nobody had to train.
// Prints the milliseconds per trial of its first and of its last tenth, and the peak memory in MB.

#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>

#include "ravine/results/spool.hpp"
#include "results/sample_record.hpp"

int main(int count, char** values) {
  if (count != 4) return 2;
  const int trials = std::atoi(values[2]);
  const auto observations = static_cast<std::size_t>(std::atoi(values[3]));
  using Clock = std::chrono::steady_clock;
  ravine::Spool spool(values[1]);
  const int tenth = trials / 10;
  auto begin = Clock::now();
  const auto milliseconds = [&] {
    return std::chrono::duration<double, std::milli>(Clock::now() - begin).count() / tenth;
  };
  double first = 0;
  for (int i = 0; i < trials; ++i) {
    if (i == tenth) first = milliseconds();
    if (i == trials - tenth) begin = Clock::now();
    spool.write(ravine::sample_record(i, observations));
  }
  const double last = milliseconds();
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  fmt::print("{:.3f} {:.3f} {:.0f}\n", first, last, static_cast<double>(usage.ru_maxrss) * 1e-3);
}
