#include "ravine/data/prepare.hpp"

#include <cmath>
#include <numeric>
#include <utility>

#include "ravine/core/error.hpp"
#include "ravine/core/random.hpp"

namespace ravine::detail {
namespace {

template <class Values>
Values select(const Values& values, std::size_t cols, std::span<const std::int32_t> rows) {
  Values selected;
  if (values.empty()) return selected;
  selected.reserve(rows.size() * cols);
  for (std::int32_t row : rows) {
    const auto begin =
        values.begin() + static_cast<std::ptrdiff_t>(row) * static_cast<std::ptrdiff_t>(cols);
    selected.insert(selected.end(), begin, begin + static_cast<std::ptrdiff_t>(cols));
  }
  return selected;
}

SparseRows select(const SparseRows& sparse, std::span<const std::int32_t> rows) {
  SparseRows selected;
  selected.columns.reserve(sparse.columns.size());
  selected.values.reserve(sparse.values.size());
  selected.row_start.reserve(rows.size() + 1);
  for (std::int32_t row : rows) {
    const auto begin = sparse.row_start[static_cast<std::size_t>(row)];
    const auto end = sparse.row_start[static_cast<std::size_t>(row) + 1];
    selected.columns.insert(selected.columns.end(), sparse.columns.begin() + begin,
                            sparse.columns.begin() + end);
    selected.values.insert(selected.values.end(), sparse.values.begin() + begin,
                           sparse.values.begin() + end);
    selected.row_start.push_back(static_cast<std::int64_t>(selected.columns.size()));
  }
  return selected;
}

// Deviations are taken from the first row, so a constant column has exactly the variance 0.
template <class Values>
void column_moments(const Values& values, std::size_t cols, Range range, std::vector<double>& mean,
                    std::vector<double>& variance) {
  const auto* const first = values.data() + range.begin * cols;
  const double count = static_cast<double>(range.size());
  mean.assign(cols, 0.0);
  variance.assign(cols, 0.0);
  for (std::size_t i = range.begin; i < range.end; ++i)
    for (std::size_t j = 0; j < cols; ++j)
      mean[j] += static_cast<double>(values[i * cols + j]) - static_cast<double>(first[j]);
  for (double& m : mean) m /= count;
  for (std::size_t i = range.begin; i < range.end; ++i)
    for (std::size_t j = 0; j < cols; ++j) {
      const double d =
          static_cast<double>(values[i * cols + j]) - static_cast<double>(first[j]) - mean[j];
      variance[j] += d * d;
    }
  for (std::size_t j = 0; j < cols; ++j) {
    mean[j] += static_cast<double>(first[j]);
    variance[j] /= count;
  }
}

}  // namespace

Features select_rows(const Features& features, std::span<const std::int32_t> rows) {
  Features selected;
  selected.rows = rows.size();
  selected.cols = features.cols;
  selected.shape = features.shape;
  selected.shift = features.shift;
  selected.scale = features.scale;
  selected.pixels = select(features.pixels, features.cols, rows);
  selected.dense = select(features.dense, features.cols, rows);
  selected.tokens = select(features.tokens, features.cols, rows);
  if (features.is_sparse()) selected.sparse = select(features.sparse, rows);
  return selected;
}

Dataset split(Examples examples, bool full) {
  const std::size_t rows = examples.features.rows, train_rows = examples.train_rows;
  const bool test_file = train_rows < rows;
  const std::size_t test = test_file ? rows - train_rows : train_rows / 10;
  std::size_t validation = examples.validation_tail;
  if (validation == 0) validation = train_rows / 10;
  if (full) validation = 0;
  if (validation + test >= rows)
    fail("{} rows are too few to split into training, validation and test examples", rows);
  Dataset dataset;
  dataset.classes = examples.classes;
  dataset.guessed_classes = examples.guessed_classes;
  dataset.digest = std::move(examples.digests);
  if (dataset.digest.ends_with('\n')) dataset.digest.pop_back();
  examples.features.scale = {1 / examples.full_scale};
  dataset.train = {0, rows - test - validation};
  dataset.validation = {dataset.train.end, rows - test};
  dataset.test = {rows - test, rows};
  if (examples.validation_tail > 0) {
    dataset.features = std::move(examples.features);
    dataset.labels = std::move(examples.labels);
    return dataset;
  }
  std::vector<std::int32_t> order(rows);
  std::iota(order.begin(), order.end(), 0);
  constexpr std::uint64_t kSplitSeed = 0;
  RandomStream(kSplitSeed, Purpose::kData).shuffle(std::span(order).first(train_rows));
  dataset.features = select_rows(examples.features, order);
  dataset.labels = select(examples.labels, 1, order);
  dataset.targets = select(examples.targets, 1, order);
  return dataset;
}

void standardize(Features& features, Range range) {
  std::vector<double> variance;
  if (!features.pixels.empty()) {
    column_moments(features.pixels, features.cols, range, features.shift, variance);
  } else {
    column_moments(features.dense, features.cols, range, features.shift, variance);
  }
  features.scale.resize(features.cols);
  for (std::size_t j = 0; j < features.cols; ++j)
    features.scale[j] = variance[j] > 0 ? 1 / std::sqrt(variance[j]) : 1.0;
}

void binarize(Features& features) {
  for (auto& pixel : features.pixels) pixel = pixel >= 128;
  features.shift = {0};
  features.scale = {1};
}

}  // namespace ravine::detail
