#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "fuzz/targets.hpp"

namespace ravine::fuzz {

/// Takes decisions from the bytes of an input, one after the other; zeros when they are used up.
class Program {
 public:
  explicit Program(Input input) : rest_(input) {}

  bool ended() const { return rest_.empty(); }
  std::size_t below(std::size_t count) { return byte() % count; }
  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const std::uint8_t first = rest_[0];
    rest_ = rest_.subspan(1);
    return first;
  }
  /// Small numbers, the ends of all ranges, or any 64 bits.
  std::int64_t integer() {
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    constexpr std::array<std::int64_t, 12> kEdges = {-1,
                                                     -2,
                                                     kMost,
                                                     -kMost - 1,
                                                     kMost / 8,
                                                     kMost / 8 + 1,
                                                     std::int64_t{1} << 53,
                                                     1LL << 31,
                                                     1LL << 32,
                                                     1LL << 33,
                                                     1LL << 40,
                                                     1LL << 20};
    const std::size_t choice = byte();
    if (choice < 128) return static_cast<std::int64_t>(choice);
    if (choice < 128 + kEdges.size()) return kEdges[choice - 128];
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8 | byte();
    return static_cast<std::int64_t>(value);
  }
  double number() {
    const std::int64_t bits = integer();
    return byte() % 2 == 0 ? static_cast<double>(bits) : std::bit_cast<double>(bits);
  }
  std::string text() {
    const std::size_t size = std::min<std::size_t>(byte() % 32, rest_.size());
    std::string text(size, '\0');
    if (size > 0) std::memcpy(text.data(), rest_.data(), size);
    rest_ = rest_.subspan(size);
    return text;
  }
  template <class T>
  const T& one_of(const std::vector<T>& values) {
    return values[below(values.size())];
  }

 private:
  Input rest_;
};

}  // namespace ravine::fuzz
