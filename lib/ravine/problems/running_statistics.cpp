#include "ravine/problems/running_statistics.hpp"

#include <algorithm>

namespace ravine {

RunningStatistics::RunningStatistics(std::size_t size)
    : first_(size), buffers_(size == 0 ? 0 : size + 1) {}

void RunningStatistics::begin_step() { captured_ = Captured::kNothing; }

void RunningStatistics::capture(std::span<const double> batch) {
  if (captured_ != Captured::kNothing) return;
  std::ranges::copy(batch, first_.begin());
  captured_ = Captured::kPending;
}

void RunningStatistics::fold() {
  if (captured_ != Captured::kPending || buffers_.empty()) return;
  captured_ = Captured::kFolded;
  const double t = std::min(static_cast<double>(buffers_.back()) + 1, 1000.0);
  const double share = std::max(1 - kMomentum, 1 / t);
  for (std::size_t i = 0; i < first_.size(); ++i) {
    const double average = buffers_[i];
    buffers_[i] = static_cast<Real>(average + share * (first_[i] - average));
  }
  buffers_.back() = static_cast<Real>(t);
}

void RunningStatistics::read(std::span<double> averages) const {
  for (std::size_t i = 0; i < averages.size(); ++i) averages[i] = buffers_[i];
}

}  // namespace ravine
