#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "ravine/core/real.hpp"

namespace ravine {

/// A row-major matrix that someone else owns: element (i, j) is data[i * cols + j].
template <class T>
struct MatrixView {
  T* data = nullptr;
  std::size_t rows = 0, cols = 0;

  MatrixView() = default;
  MatrixView(T* data_, std::size_t rows_, std::size_t cols_)
      : data(data_), rows(rows_), cols(cols_) {}
  MatrixView(std::span<T> elements, std::size_t rows_, std::size_t cols_)
      : data(elements.data()), rows(rows_), cols(cols_) {
    assert(elements.size() >= rows * cols);
  }
  /// A view that can write is also one that can read.
  operator MatrixView<const T>() const requires(!std::is_const_v<T>) { return {data, rows, cols}; }

  bool empty() const { return rows == 0 || cols == 0; }
  std::size_t size() const { return rows * cols; }
  T& operator()(std::size_t i, std::size_t j) const {
    assert(i < rows && j < cols);
    return data[i * cols + j];
  }
  std::span<T> row(std::size_t i) const {
    assert(i < rows);
    return {data + i * cols, cols};
  }
  std::span<T> elements() const { return {data, rows * cols}; }
  MatrixView top_rows(std::size_t count) const {
    assert(count <= rows);
    return {data, count, cols};
  }
};

/// Chosen rows of a compressed sparse row matrix that someone else owns: row i of the view is row
/// r = selected[i] of the matrix, values[k] at column columns[k], row_start[r] <= k < row_start[r +
/// 1]. Nothing is copied to make a mini-batch.
struct SparseView {
  const std::int64_t* row_start = nullptr;
  const std::int32_t* columns = nullptr;
  const float* values = nullptr;
  std::span<const std::int32_t> selected;
  std::size_t cols = 0;

  std::size_t rows() const { return selected.size(); }

  /// Calls f(column, value) for the entries of row i in stored order.
  template <class F>
  void for_each_entry(std::size_t i, F&& f) const {
    const auto r = static_cast<std::size_t>(selected[i]);
    for (auto k = row_start[r]; k < row_start[r + 1]; ++k)
      f(static_cast<std::size_t>(columns[k]), static_cast<Real>(values[k]));
  }
};

}  // namespace ravine
