#pragma once

#include <array>
#include <cstddef>
#include <type_traits>

#include "ravine/core/layout.hpp"
#include "ravine/optim/extra_memory.hpp"
#include "ravine/optim/optimizer.hpp"
#include "ravine/optim/state.hpp"

namespace ravine {

/// How many bytes a visit walks over.
struct RAVINE_EXPORT StateBytes final : StateVisitor {
  std::size_t bytes = 0;
  void reals(std::string_view, std::span<Real> values) override { bytes += values.size_bytes(); }
  void doubles(std::string_view, std::span<double> values) override {
    bytes += values.size_bytes();
  }
  void integer(std::string_view, std::int64_t&) override { bytes += sizeof(std::int64_t); }
};

/// State of something that is reset() with a layout, at `size` parameters: exact where it grows
/// with the first and the second power of that number. It is reset with a few parameters.
template <class Stateful>
double probed_state_bytes(Stateful& stateful, std::size_t size) {
  constexpr std::array<double, 3> kSizes = {16, 32, 64};
  std::array<double, 3> bytes = {};
  for (std::size_t k = 0; k < kSizes.size(); ++k) {
    ParameterLayout layout;
    layout.add("probe", 1, static_cast<std::size_t>(kSizes[k]), BlockKind::kWeight);
    if constexpr (std::is_base_of_v<Optimizer, Stateful>)
      stateful.reset(layout, AlignedVector<Real>(layout.size(), Real{0}));
    else
      stateful.reset(layout);
    StateBytes state;
    stateful.visit_state(state);
    bytes[k] = static_cast<double>(state.bytes);
  }
  // Newton's form of the polynomial through the three.
  const auto [a, b, c] = kSizes;
  const double first = (bytes[1] - bytes[0]) / (b - a), next = (bytes[2] - bytes[1]) / (c - b);
  const double second = (next - first) / (c - a), n = static_cast<double>(size);
  return bytes[0] + (n - a) * (first + (n - b) * second);
}

/// Bytes of the state of an optimizer after reset() with this layout, by arithmetic. What it was
/// reset with before is lost.
inline double state_bytes(Optimizer& optimizer, const ParameterLayout& layout) {
  if (auto* memory = dynamic_cast<ExtraMemory*>(&optimizer))
    if (const auto bytes = memory->state_bytes(layout)) return *bytes;
  return probed_state_bytes(optimizer, layout.size());
}

/// What an optimizer needs beside its state: ExtraMemory::extra_bytes, or nothing.
inline double extra_bytes(const Optimizer& optimizer, const ParameterLayout& layout) {
  const auto* memory = dynamic_cast<const ExtraMemory*>(&optimizer);
  return memory ? memory->extra_bytes(layout) : 0;
}

}  // namespace ravine
