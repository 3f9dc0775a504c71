#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ravine/core/real.hpp"
#include "ravine/export.hpp"

namespace ravine {

enum class BlockKind { kWeight, kBias, kGain };

/// One named matrix inside the parameter vector, stored row by row.
/// "dense0/weight" has shape (in, out); biases and gains have shape (1, out).
struct Block {
  std::string name;
  std::size_t offset, rows, cols;
  BlockKind kind;

  std::size_t size() const { return rows * cols; }

  /// The block's part of a whole parameter (or gradient, or state) vector.
  template <class T>
  std::span<T> of(std::span<T> whole) const {
    return whole.subspan(offset, size());
  }
};

/// Names the blocks of the one contiguous parameter vector of a problem.
///
/// Each block starts on a 64-byte boundary; the few elements of padding behind a block are zero in
/// parameters and gradients alike and no update rule moves them.
class RAVINE_EXPORT ParameterLayout {
 public:
  /// Appends a block and returns its index. Throws Error if the name is taken or the block empty.
  std::size_t add(std::string name, std::size_t rows, std::size_t cols, BlockKind kind);

  /// Length of the parameter vector, padding included.
  std::size_t size() const { return size_; }
  /// Number of parameters, padding excluded.
  std::size_t parameter_count() const;
  const std::vector<Block>& blocks() const { return blocks_; }
  /// Throws Error for an unknown name.
  const Block& block(std::string_view name) const;

 private:
  std::vector<Block> blocks_;
  std::size_t size_ = 0;
};

}  // namespace ravine
