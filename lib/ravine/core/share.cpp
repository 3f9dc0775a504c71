#include "ravine/core/share.hpp"

#include <array>
#include <cassert>
#include <charconv>
#include <limits>

namespace ravine {
namespace {

// 17 digits of the share times 19 digits of a count times ten: below 2^127.
__extension__ typedef unsigned __int128 Wide;

constexpr auto kLargestCount = std::numeric_limits<std::int64_t>::max();

Wide wide(std::int64_t count) {
  assert(count >= 0);
  return static_cast<Wide>(count);
}

}  // namespace

Share::Share(double value) {
  assert(value >= 0 && value <= 1);
  std::array<char, 32> text;  // "7e-02", "1.25e-01"
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific)
          .ptr;
  bool after_point = false;
  const char* c = text.data();
  for (; *c != 'e'; ++c) {
    if (*c == '.') {
      after_point = true;
      continue;
    }
    digits_ = 10 * digits_ + static_cast<std::uint64_t>(*c - '0');
    decimals_ += after_point;
  }
  int exponent = 0;
  std::from_chars(c + 1 + (c[1] == '+'), end, exponent);
  decimals_ -= exponent;
}

std::int64_t Share::of(std::int64_t total_steps) const {
  Wide steps = digits_ * wide(total_steps);
  for (int i = 0; i < decimals_; ++i) steps /= 10;
  return static_cast<std::int64_t>(steps);
}

// Long division, digit by digit: k 10^decimals need not fit.
std::int64_t Share::passed(std::int64_t k, std::int64_t total_steps) const {
  const Wide span = digits_ * wide(total_steps);
  if (k <= 0) return 0;
  if (span == 0) return kLargestCount;
  Wide rest = wide(k), quotient = rest / span;
  rest %= span;
  for (int i = 0; i < decimals_; ++i) {
    rest *= 10;
    quotient = 10 * quotient + rest / span;
    rest %= span;
    if (quotient > wide(kLargestCount)) return kLargestCount;
  }
  return static_cast<std::int64_t>(quotient);
}

}  // namespace ravine
