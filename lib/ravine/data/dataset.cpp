#include "ravine/data/dataset.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <filesystem>
#include <limits>
#include <vector>

#include "ravine/core/error.hpp"
#include "ravine/data/sources.hpp"

namespace ravine {
namespace {

// Examples are chosen at random: their rows come from memory, one latency after the other, unless
// they are asked for in time.
constexpr std::size_t kRowsAhead = 6;

template <class T>
void prefetch(const T* row, std::size_t count) {
  const auto* const bytes = reinterpret_cast<const char*>(row);
  for (std::size_t i = 0; i < count * sizeof(T); i += kAlignment) __builtin_prefetch(bytes + i);
}

template <class T>
void gather_rows(std::span<const T> values, const Features& features,
                 std::span<const std::int32_t> examples, Real* out) {
  const std::size_t cols = features.cols;
  const bool common = features.shift.size() == 1 && features.scale.size() == 1;
  const Real shift = static_cast<Real>(features.shift[0]);
  const Real scale = static_cast<Real>(features.scale[0]);
  const auto row = [&](std::size_t i) {
    assert(examples[i] >= 0 && static_cast<std::size_t>(examples[i]) < features.rows);
    return values.data() + static_cast<std::size_t>(examples[i]) * cols;
  };
  for (std::size_t i = 0; i < std::min(kRowsAhead, examples.size()); ++i) prefetch(row(i), cols);
  for (std::size_t i = 0; i < examples.size(); ++i) {
    if (i + kRowsAhead < examples.size()) prefetch(row(i + kRowsAhead), cols);
    const T* const x = row(i);
    if (common && shift == 0) {
      for (std::size_t j = 0; j < cols; ++j) out[j] = static_cast<Real>(x[j]) * scale;
    } else if (common) {
      for (std::size_t j = 0; j < cols; ++j) out[j] = (static_cast<Real>(x[j]) - shift) * scale;
    } else {
      const double *const shifts = features.shift.data(), *const scales = features.scale.data();
      for (std::size_t j = 0; j < cols; ++j)
        out[j] =
            (static_cast<Real>(x[j]) - static_cast<Real>(shifts[j])) * static_cast<Real>(scales[j]);
    }
    out += cols;
  }
}

}  // namespace

void gather(const Features& features, std::span<const std::int32_t> examples, Real* out) {
  if (features.is_sparse()) fail("sparse examples cannot be gathered as dense rows");
  if (!features.pixels.empty()) {
    gather_rows<std::uint8_t>(features.pixels, features, examples, out);
  } else {
    gather_rows<float>(features.dense, features, examples, out);
  }
}

std::pair<Real, Real> value_range(const Features& features) {
  std::vector<Real> row(features.cols);
  Real least = std::numeric_limits<Real>::infinity(), greatest = -least;
  for (std::size_t i = 0; i < features.rows; ++i) {
    const std::array<std::int32_t, 1> example = {static_cast<std::int32_t>(i)};
    gather(features, example, row.data());
    for (const Real value : row) {
      if (std::isnan(value)) return {value, value};
      least = value < least ? value : least;
      greatest = value > greatest ? value : greatest;
    }
  }
  return {least, greatest};
}

std::string canonical_data_name(const std::string& name) {
  if (std::ranges::any_of(name, [](unsigned char c) { return c < ' ' || c == 0x7f; }))
    fail("the name of a data set contains control characters: rename the file");
  if (!detail::is_data_path(name)) return name;
  return std::filesystem::path(name).lexically_normal().string();
}

}  // namespace ravine
