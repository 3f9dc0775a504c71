#include "ravine/io/hdf5_reserve.hpp"

#include <sys/mman.h>

#include <new>
#include <utility>

#include "ravine/core/memory.hpp"

namespace ravine::hdf5 {
namespace {

/// Nothing if the limits of the process (ulimit -v, -d) do not allow it. Takes no memory before it
/// is written to.
void* map(std::size_t bytes) noexcept {
  void* place = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return place == MAP_FAILED ? nullptr : place;
}

}  // namespace

void Reserve::open(bool only_closes) {
  if (!held_) held_ = map(kBytes);
  if (void* place = std::exchange(held_, nullptr))
    ::munmap(place, kBytes);
  else if (!only_closes)
    throw std::bad_alloc();
}

void Reserve::close() noexcept { held_ = map(kBytes); }

void expect_memory(std::size_t bytes) {
  if (!can_take(Reserve::kBytes + bytes)) throw std::bad_alloc();
}

}  // namespace ravine::hdf5
