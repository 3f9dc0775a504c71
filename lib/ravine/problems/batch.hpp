#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ravine/data/dataset.hpp"
#include "ravine/nn/layer.hpp"
#include "ravine/nn/loss.hpp"

namespace ravine {

/// Examples of a data set, gathered in one place together with what a network should answer.
/// Sparse rows are only pointed at; tokens stay whole numbers. Allocates only when made; the data
/// set must outlive it.
class RAVINE_EXPORT Batch {
 public:
  /// `reconstruct`: the answer is the input itself.
  Batch(const Dataset& data, std::size_t capacity, bool reconstruct);

  /// Throws Error for more examples than the capacity.
  void load(std::span<const std::int32_t> examples);
  /// Loads examples begin, begin + 1, ..., end - 1.
  void load_range(std::size_t begin, std::size_t end);

  std::size_t rows() const { return rows_; }
  std::size_t capacity() const { return examples_.size(); }
  Input input() const;
  Targets targets() const;
  std::size_t bytes() const;
  /// The same for a batch that nobody has made.
  static std::size_t bytes(const Dataset& data, std::size_t capacity, bool reconstruct);

 private:
  void gather_loaded();

  const Dataset* data_;
  bool reconstruct_;
  std::size_t rows_ = 0;
  std::vector<std::int32_t> examples_, labels_, tokens_;
  AlignedVector<Real> inputs_, values_;
  SparseView sparse_;
};

}  // namespace ravine
