#pragma once

#include <cstdint>

namespace ravine::detail {

/// The random stream of a set's hidden rule. Examples draw from stream part << 32 | row, which
/// never gets there.
inline constexpr std::uint64_t kTeacherStream = std::uint64_t{1} << 63;

}  // namespace ravine::detail
