#include "ravine/core/parallel.hpp"

#include <omp.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>

namespace ravine::detail {

void run_chunks(Threads threads, std::size_t count, std::size_t chunk, Chunk call, void* function) {
  chunk = std::max<std::size_t>(chunk, 1);
  const std::size_t chunks = (count + chunk - 1) / chunk;
  const auto one = [&](std::size_t i) {
    if (threads.interrupt) threads.interrupt->poll();
    call(function, i * chunk, std::min(count, (i + 1) * chunk));
  };
  if (threads.count <= 1 || chunks <= 1) {
    for (std::size_t i = 0; i < chunks; ++i) one(i);
    return;
  }
  // An exception must not leave an OpenMP region: the first one is carried out by hand.
  std::exception_ptr error;
  std::atomic<bool> failed = false;
  const int team =
      static_cast<int>(std::min<std::size_t>(static_cast<std::size_t>(threads.count), chunks));
#pragma omp parallel for schedule(dynamic, 1) num_threads(team)
  for (std::size_t i = 0; i < chunks; ++i) {
    if (failed.load(std::memory_order_relaxed)) continue;
    try {
      one(i);
    } catch (...) {
      if (!failed.exchange(true)) error = std::current_exception();
    }
  }
  if (error) std::rethrow_exception(error);
}

double sum_chunks(Threads threads, std::size_t count, std::size_t chunk,
                  double (*call)(void*, std::size_t, std::size_t), void* function) {
  constexpr std::size_t kMostChunks = 4096;
  chunk = std::max({chunk, (count + kMostChunks - 1) / kMostChunks, std::size_t{1}});
  const std::size_t chunks = (count + chunk - 1) / chunk;
  if (threads.count <= 1) {
    double sum = 0;
    for (std::size_t i = 0; i < chunks; ++i) {
      if (threads.interrupt) threads.interrupt->poll();
      sum += call(function, i * chunk, std::min(count, (i + 1) * chunk));
    }
    return sum;
  }
  std::array<double, kMostChunks> partial;
  parallel_chunks(threads, chunks, 1, [&](std::size_t i, std::size_t) {
    partial[i] = call(function, i * chunk, std::min(count, (i + 1) * chunk));
  });
  double sum = 0;
  for (std::size_t i = 0; i < chunks; ++i) sum += partial[i];
  return sum;
}

}  // namespace ravine::detail
