#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ravine/data/dataset.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// A generated bag of words: binary features of which rare ones are as informative as frequent
/// ones (lecture L13), in place of the IMDB reviews of Duchi et al. and Kingma and Ba (2015).
///
///   word j = 1, 2, ... is drawn with probability p_j ~ 1 / j   (Zipf's law)
///   a text holds K ~ U{150 ... 230} different words, drawn until there are that many
///   P(y = 1 | text) = 1 / (1 + exp(-sum_j w_j (x_j - f_j)))
///
/// with f_j the probability that word j occurs in a text of average length. Every tenth word, by
/// chance, but none with f_j > 1/2, has a weight, +-a / sqrt(f_j (1 - f_j)): each adds the same
/// variance to the logit, whose standard deviation is 3. 10 000 words; two classes of equal size.
/// The teacher itself is right about 84 times in 100.
///
/// `train` rows (0 = 5000; the data sets of the papers have 25 000), 1000 for validation and 2000
/// for test; `full` adds the validation part to the training range. Row i of a part is the same
/// whatever the sizes; the weights depend on the seed alone. Thread-safe.
RAVINE_EXPORT Dataset make_zipf(std::uint64_t seed, std::size_t train = 0, bool full = false);

/// The weights w_j of the teacher and the probabilities f_j, by column.
struct ZipfTeacher {
  std::vector<double> weights, frequencies;
};
RAVINE_EXPORT ZipfTeacher zipf_teacher(std::uint64_t seed);

}  // namespace ravine
