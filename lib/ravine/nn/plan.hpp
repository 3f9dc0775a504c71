#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "ravine/core/layout.hpp"
#include "ravine/nn/layer.hpp"
#include "ravine/nn/shortcut.hpp"

namespace ravine {

/// One entry of a network's plan. Values and derivatives live in numbered buffers, which a
/// Workspace holds; every pass walks the same list.
///
///   kLayer   y = layer(x)             dx = layer's backward(dy)
///   kCopy    y = x, in front of a layer that works in place on what others still need
///   kFork    y = x, in place          dx = dy + what the join left aside
///   kJoin    y = x + skip             dx = dy, which is left aside for the fork, too
///
/// Where the layers in between make images smaller or add channels, the skip goes through a
/// shortcut.
struct Step {
  enum class Kind { kLayer, kCopy, kFork, kJoin };
  static constexpr std::size_t kNetworkInput = std::numeric_limits<std::size_t>::max();

  Kind kind = Kind::kLayer;
  std::unique_ptr<const Layer> layer = nullptr;    // of kLayer
  std::size_t inputs = 0, outputs = 0;             // elements of one example
  std::size_t x = 0, y = 0, skip = kNetworkInput;  // buffers of values
  std::size_t dy = 0, dx = 0, left_aside = 0;      // buffers of derivatives
  bool constant_x = false, constant_y = false;     // no parameter moves them
  bool constant_skip = false;
  std::optional<Shortcut> shortcut = std::nullopt;  // of kFork and kJoin
  std::size_t first_block = 0, last_block = 0;      // of the layout: [first, last)
  std::size_t first_statistic = 0;

  std::size_t statistics_size() const { return layer ? layer->statistics_size() : 0; }
};

/// A network, ready to run: made once by a NetworkBuilder.
struct Plan {
  Shape input, output;
  InputForm form = InputForm::kDense;
  ParameterLayout layout;
  std::vector<Step> steps;
  std::vector<std::size_t> value_widths;  // elements of one example in each buffer
  std::vector<std::size_t> delta_widths;  // the first two change places from layer to layer
  std::size_t statistics_size = 0;
};

}  // namespace ravine
