#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace ravine {

/// Leaves new elements as they are where nothing says what they shall be: resize(n) writes nothing.
template <class T>
struct UnwrittenAllocator : std::allocator<T> {
  template <class U>
  struct rebind {
    using other = UnwrittenAllocator<U>;
  };
  template <class U>
  void construct(U* place) noexcept {
    ::new (static_cast<void*>(place)) U;
  }
  template <class U, class... Values>
  void construct(U* place, Values&&... values) {
    ::new (static_cast<void*>(place)) U(std::forward<Values>(values)...);
  }
};

/// Contents of files and images, tens of megabytes of them. Writing zeros first took a fifth of
/// the start-up on MNIST.
using Bytes = std::vector<std::uint8_t, UnwrittenAllocator<std::uint8_t>>;

}  // namespace ravine
