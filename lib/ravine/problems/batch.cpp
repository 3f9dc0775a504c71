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
  } else {
    inputs_.resize(capacity * features.cols);
  }
  if (reconstruct) return;
  if (data.classes > 0)
    labels_.resize(capacity);
  else
    values_.resize(capacity);
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
  if (data_->features.is_sparse())
    sparse_.selected = examples;
  else
    gather(data_->features, examples, inputs_.data());
  for (std::size_t i = 0; i < rows_; ++i) {
    const auto example = static_cast<std::size_t>(examples[i]);
    if (!labels_.empty()) labels_[i] = data_->labels[example];
    if (!values_.empty()) values_[i] = static_cast<Real>(data_->targets[example]);
  }
}

Input Batch::input() const {
  if (data_->features.is_sparse()) return {{}, &sparse_};
  return {{inputs_.data(), rows_, data_->features.cols}, nullptr};
}

Targets Batch::targets() const {
  Targets targets;
  if (reconstruct_)
    targets.values = input().dense;
  else if (!labels_.empty())
    targets.labels = std::span(labels_).first(rows_);
  else
    targets.values = {values_.data(), rows_, 1};
  return targets;
}

std::size_t Batch::bytes() const {
  return (inputs_.size() + values_.size()) * sizeof(Real) +
         (examples_.size() + labels_.size()) * sizeof(std::int32_t);
}

std::size_t Batch::bytes(const Dataset& data, std::size_t capacity, bool reconstruct) {
  std::size_t reals = data.features.is_sparse() ? 0 : data.features.cols, integers = 1;
  if (!reconstruct) ++(data.classes > 0 ? integers : reals);
  return capacity * (reals * sizeof(Real) + integers * sizeof(std::int32_t));
}

}  // namespace ravine
