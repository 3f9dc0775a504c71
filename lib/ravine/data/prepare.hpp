#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "ravine/data/dataset.hpp"
#include "ravine/data/examples.hpp"

namespace ravine::detail {

/// Cuts examples into train, validation and test:
///
///   images with a test file: the last 10 000 training rows are the validation part, in order
///   other sets with one:     a fixed permutation of the training rows, 90/10
///   a single file:           a fixed permutation of all rows, 80/10/10
///
/// The permutation is the same for every seed. `full` gives the validation part to training.
Dataset split(Examples examples, bool full);

/// The given rows, in the given order.
Features select_rows(const Features& features, std::span<const std::int32_t> rows);

/// Shift and scale of every column from the mean and the standard deviation (population formula)
/// of rows [range.begin, range.end); a constant column gets scale 1. Dense or pixel features.
void standardize(Features& features, Range range);

/// Pixels become 1 from 128 on, else 0.
void binarize(Features& features);

}  // namespace ravine::detail
