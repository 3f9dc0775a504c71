#pragma once

#include <cstddef>
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
  T* allocate(std::size_t count) {
    return static_cast<T*>(::operator new (count * sizeof(T), std::align_val_t{kAlignment}));
  }
  void deallocate(T* pointer, std::size_t) {
    ::operator delete (pointer, std::align_val_t{kAlignment});
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
