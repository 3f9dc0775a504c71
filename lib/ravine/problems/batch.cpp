#include "ravine/problems/batch.hpp"

#include <algorithm>
#include <numeric>

#include "ravine/core/error.hpp"

namespace ravine {

Batch::Batch(const Dataset& data, std::size_t capacity, bool reconstruct)
    : data_(&data), reconstruct_(reconstruct), examples_(capacity) {
  const Features& features = data.features;
  if (features.is_sparse()) {
    sparse_.row_start = features.sparse.row_start.data();
    sparse_.columns = features.sparse.columns.data();
    sparse_.values = features.sparse.values.data();
    sparse_.cols = features.cols;
  } else if (!features.tokens.empty()) {
    tokens_.resize(capacity * features.cols);
  } else {
    inputs_.resize(capacity * features.cols);
  }
  if (reconstruct) return;
  if (data.classes > 0)
    labels_.resize(capacity * data.positions);
  else
    values_.resize(capacity * data.positions);
}

void Batch::load(std::span<const std::int32_t> examples) {
  if (examples.size() > capacity())
    fail("a mini-batch of {} examples was selected: this session was started for at most {}",
         examples.size(), capacity());
  rows_ = examples.size();
  std::ranges::copy(examples, examples_.begin());
  gather_loaded();
}

void Batch::load_range(std::size_t begin, std::size_t end) {
  rows_ = end - begin;
  std::iota(examples_.begin(), examples_.begin() + static_cast<std::ptrdiff_t>(rows_),
            static_cast<std::int32_t>(begin));
  gather_loaded();
}

void Batch::gather_loaded() {
  const std::span<const std::int32_t> examples = std::span(examples_).first(rows_);
  const Features& features = data_->features;
  if (features.is_sparse())
    sparse_.selected = examples;
  else if (tokens_.empty())
    gather(features, examples, inputs_.data());
  const std::size_t positions = data_->positions;
  for (std::size_t i = 0; i < rows_; ++i) {
    const auto example = static_cast<std::size_t>(examples[i]);
    if (!tokens_.empty())
      std::copy_n(&features.tokens[example * features.cols], features.cols,
                  &tokens_[i * features.cols]);
    for (std::size_t p = 0; p < positions; ++p) {
      const std::size_t from = example * positions + p, to = i * positions + p;
      if (!labels_.empty()) labels_[to] = data_->labels[from];
      if (!values_.empty()) values_[to] = static_cast<Real>(data_->targets[from]);
    }
  }
}

Input Batch::input() const {
  const std::size_t cols = data_->features.cols;
  if (data_->features.is_sparse()) return {.dense = {}, .sparse = &sparse_};
  if (!tokens_.empty()) return {.dense = {}, .tokens = {tokens_.data(), rows_, cols}};
  return {.dense = {inputs_.data(), rows_, cols}};
}

Targets Batch::targets() const {
  Targets targets;
  if (reconstruct_) {
    targets.values = input().dense;
    return targets;
  }
  targets.positions = data_->positions;
  if (!labels_.empty())
    targets.labels = std::span(labels_).first(rows_ * data_->positions);
  else
    targets.values = {values_.data(), rows_, data_->positions};
  return targets;
}

std::size_t Batch::bytes() const {
  return (inputs_.size() + values_.size()) * sizeof(Real) +
         (examples_.size() + labels_.size() + tokens_.size()) * sizeof(std::int32_t);
}

std::size_t Batch::bytes(const Dataset& data, std::size_t capacity, bool reconstruct) {
  const bool tokens = !data.features.tokens.empty();
  std::size_t reals = data.features.is_sparse() || tokens ? 0 : data.features.cols;
  std::size_t integers = 1 + (tokens ? data.features.cols : 0);
  if (!reconstruct) (data.classes > 0 ? integers : reals) += data.positions;
  return capacity * (reals * sizeof(Real) + integers * sizeof(std::int32_t));
}

}  // namespace ravine
