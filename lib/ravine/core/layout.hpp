#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ravine/core/real.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// What the parameters of a block are to their layer.
enum class BlockKind {
  kWeight,     // of a matrix product: (in, out)
  kKernel,     // of a convolution: (in, out) of the product that it amounts to
  kOutput,     // the weight whose products are the network's outputs
  kEmbedding,  // one row per token
  kBias,       // added: (1, out)
  kGain,       // multiplies each element: (1, out)
};

/// Whether a block multiplies what enters its layer as a matrix.
constexpr bool is_product(BlockKind kind) {
  return kind == BlockKind::kWeight || kind == BlockKind::kKernel || kind == BlockKind::kOutput;
}
/// Whether L2 penalties hold for a block: biases and gains are left alone.
constexpr bool is_decayed(BlockKind kind) {
  return kind != BlockKind::kBias && kind != BlockKind::kGain;
}

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

  /// Says what a block is once that is known: the last weight of a network is its output's.
  void set_kind(std::size_t index, BlockKind kind) { blocks_[index].kind = kind; }

  /// Length of the parameter vector, padding included.
  std::size_t size() const { return size_; }
  /// Number of parameters in the blocks, padding excluded.
  std::size_t parameter_count() const;
  const std::vector<Block>& blocks() const { return blocks_; }
  /// Throws Error for an unknown name.
  const Block& block(std::string_view name) const;
  /// The blocks for which `wanted(block)` holds, where they are: offsets and size() stay those of
  /// the whole vector, so an update rule works on a part as it does on the whole.
  template <class Predicate>
  ParameterLayout only(Predicate&& wanted) const {
    ParameterLayout part;
    part.size_ = size_;
    for (const Block& block : blocks_)
      if (wanted(block)) part.blocks_.push_back(block);
    return part;
  }

 private:
  std::vector<Block> blocks_;
  std::size_t size_ = 0;
};

}  // namespace ravine
