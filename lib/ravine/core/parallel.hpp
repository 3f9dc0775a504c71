#pragma once

#include <cstddef>
#include <type_traits>

#include "ravine/core/interrupt.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// How many threads one piece of work may use, and what may end it early. No result bit depends on
/// either.
struct Threads {
  int count = 1;
  const Interrupt* interrupt = nullptr;  // polled before every chunk; nullptr: runs to its end
};

namespace detail {
using Chunk = void (*)(void* function, std::size_t begin, std::size_t end);
RAVINE_EXPORT void run_chunks(Threads threads, std::size_t count, std::size_t chunk, Chunk call,
                              void* function);
RAVINE_EXPORT double sum_chunks(Threads threads, std::size_t count, std::size_t chunk,
                                double (*call)(void*, std::size_t, std::size_t), void* function);
}  // namespace detail

/// Calls f(begin, end) for the chunks [0, chunk), [chunk, 2 chunk), ... of [0, count), on up to
/// `threads` threads. The cut depends on `count` and `chunk` only. The first exception is rethrown
/// after all threads have stopped; an interrupt is one. Does not allocate.
template <class F>
void parallel_chunks(Threads threads, std::size_t count, std::size_t chunk, F&& f) {
  using Function = std::remove_reference_t<F>;
  detail::run_chunks(
      threads, count, chunk,
      [](void* function, std::size_t begin, std::size_t end) {
        (*static_cast<Function*>(function))(begin, end);
      },
      const_cast<void*>(static_cast<const void*>(&f)));
}

/// Sums double f(begin, end) over the chunks of [0, count), adding the partial sums in index
/// order, so the result has the same bits for any number of threads. At most 4096 chunks are made
/// (a longer range gets longer chunks, by `count` alone). Does not allocate.
template <class F>
double parallel_sum(Threads threads, std::size_t count, std::size_t chunk, F&& f) {
  using Function = std::remove_reference_t<F>;
  return detail::sum_chunks(
      threads, count, chunk,
      [](void* function, std::size_t begin, std::size_t end) -> double {
        return (*static_cast<Function*>(function))(begin, end);
      },
      const_cast<void*>(static_cast<const void*>(&f)));
}

}  // namespace ravine
