#include "ravine/core/layout.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "ravine/core/error.hpp"

namespace ravine {

std::size_t ParameterLayout::add(std::string name, std::size_t rows, std::size_t cols,
                                 BlockKind kind) {
  if (rows == 0 || cols == 0)
    fail("block '{}' has shape {} x {}: it must not be empty", name, rows, cols);
  for (const Block& block : blocks_)
    if (block.name == name) fail("two parameter blocks are named '{}': names must differ", name);
  blocks_.push_back(Block{std::move(name), size_, rows, cols, kind});
  size_ += padded(rows * cols);
  return blocks_.size() - 1;
}

std::size_t ParameterLayout::parameter_count() const {
  return std::accumulate(blocks_.begin(), blocks_.end(), std::size_t{0},
                         [](std::size_t sum, const Block& block) { return sum + block.size(); });
}

const Block& ParameterLayout::block(std::string_view name) const {
  const auto found = std::find_if(blocks_.begin(), blocks_.end(),
                                  [&](const Block& block) { return block.name == name; });
  if (found == blocks_.end()) fail("no parameter block is named '{}'", name);
  return *found;
}

}  // namespace ravine
