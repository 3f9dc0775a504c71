#pragma once

#include <cstddef>
#include <cstdint>

#include "ravine/data/dataset.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// A generated problem of two classes, dense, ill-conditioned and noisy, in place of the ALPHA data
/// on which Bottou (2010, 2012) shows what averaging does for SGD.
///
///   x_j = z_j / sqrt j,  z_j ~ N(0, 1),  j = 1 ... 100
///   P(y = 1 | x) = 1 / (1 + exp(-sum_j w_j z_j)),  w_j = +-1/5, by chance
///
/// Each direction says the same about the class, but the curvatures of a logistic regression span
/// 1 to 1/100. The logit has the standard deviation 2: the best rule is right about 78 times in
/// 100.
///
/// `train` rows (0 = 20 000), 2000 for validation and 5000 for test; `full` adds the validation
/// part to the training range. Row i of a part is the same whatever the sizes; the signs of w
/// depend on the seed alone. Thread-safe.
RAVINE_EXPORT Dataset make_ill_conditioned(std::uint64_t seed, std::size_t train = 0,
                                           bool full = false);

}  // namespace ravine
