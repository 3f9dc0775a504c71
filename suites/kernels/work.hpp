#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <functional>
#include <string>

#include "limits.hpp"

namespace ravine::kernels {

/// What one iteration of a row cannot do without. Its limit is the time that the machine needs for
/// this at its measured rates, one after the other:
///
///   limit = flops / peak + multiplies / rate + bytes / copy bandwidth of the level + seconds
///
/// and its share is limit / time: 1 is as fast as the machine allows. Several threads are granted
/// as many times the rates of one.
struct Work {
  double flops = 0;                   // fused multiply-add counts two
  double multiplies = 0;              // of 32-bit integers, as Philox makes them
  double bytes = 0;                   // read + written, each array once
  std::size_t working_set_bytes = 0;  // decides on the level of memory
  double seconds = 0;                 // measured in this run in another way, named by `bound`
  std::string bound{};                // empty: named after the terms above
  int threads = 1;
};

/// Reports the counters `share`, `gflops` and `gbytes` (per second) and the label that names the
/// limit, "FMA + copy L3". To be called after the loop of a row.
void report(benchmark::State& state, const Limits& limits, const Work& work);

/// A share that a row should reach on the machine where the goal was set.
void set_target(benchmark::State& state, double share);

using Row = std::function<void(benchmark::State&)>;

/// Rows are timed in processor time of their thread: pauses of the machine do not count.
benchmark::internal::Benchmark* add_row(const std::string& name, Row row);
/// Rows with several threads, or that wait for the disk, are timed by the clock on the wall.
benchmark::internal::Benchmark* add_wall_row(const std::string& name, Row row);

}  // namespace ravine::kernels
