#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "ravine/data/dataset.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// The rows of one or several LIBSVM texts, with the indices as they are written.
struct LibsvmRows {
  SparseRows rows;
  std::vector<double> labels;  // one number per row, as written
  std::int32_t greatest_index = -1;
  bool zero_based = false;  // index 0 occurs
};

/// Appends the lines of a sparse text, `label index:value index:value ...` (Chang & Lin, LIBSVM),
/// to `data`. Indices ascend within a line; `#` starts a comment; empty lines are skipped.
/// Throws Error with name and line for a bad label, token, index or value, and for a text without
/// rows. Memory is proportional to the text. Thread-safe on distinct data.
RAVINE_EXPORT void parse_libsvm(std::string_view text, std::string_view name, LibsvmRows& data);

/// Throws Error if the greatest index is absurd, as after a slip in the text: above 2^20 and
/// 100 times the number of values. What is made of the rows has memory for every column.
RAVINE_EXPORT void check_columns(const LibsvmRows& data, std::string_view name);

/// Makes column 0 the first one: indices written from 1, the rule of the format, move down by one;
/// if index 0 occurs anywhere they stay. Returns the number of columns.
RAVINE_EXPORT std::size_t number_from_zero(LibsvmRows& data);

}  // namespace ravine
