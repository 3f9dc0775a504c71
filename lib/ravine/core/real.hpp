#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <string_view>
#include <vector>

namespace ravine {

// The same sources build two libraries: ravine (float) and ravine_double. The exported CMake
// targets define RAVINE_DOUBLE for their users, so a program never mixes the two.
#ifdef RAVINE_DOUBLE
using Real = double;
inline constexpr std::string_view kPrecision = "double";
#else
using Real = float;
inline constexpr std::string_view kPrecision = "float";
#endif

/// Every vector and every parameter block starts at a multiple of this many bytes, so that no
/// result depends on where memory happened to be allocated.
inline constexpr std::size_t kAlignment = 64;
inline constexpr std::size_t kRealsPerLine = kAlignment / sizeof(Real);

/// Rounds a count of Reals up to whole cache lines.
constexpr std::size_t padded(std::size_t count) {
  return (count + kRealsPerLine - 1) / kRealsPerLine * kRealsPerLine;
}

template <class T>
struct AlignedAllocator {
  using value_type = T;
  AlignedAllocator() = default;
  template <class U>
  AlignedAllocator(const AlignedAllocator<U>&) {}
  // One line more than asked for, and the start of the block just below the data: aligned blocks of
  // glibc before 2.38 are not found again once freed (bug 14581), and memory would grow with
  // trials.
  T* allocate(std::size_t count) {
    void* const block = ::operator new(count * sizeof(T) + kAlignment);
    const auto address = reinterpret_cast<std::uintptr_t>(block);
    auto* const data = static_cast<std::byte*>(block) + (kAlignment - address % kAlignment);
    reinterpret_cast<void**>(data)[-1] = block;
    return reinterpret_cast<T*>(data);
  }
  void deallocate(T* pointer, std::size_t) {
    ::operator delete(reinterpret_cast<void**>(pointer)[-1]);
  }
  template <class U>
  bool operator==(const AlignedAllocator<U>&) const {
    return true;
  }
};

/// A std::vector whose data is 64-byte aligned.
template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

}  // namespace ravine
