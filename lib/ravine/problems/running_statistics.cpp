#include "ravine/problems/running_statistics.hpp"

#include <algorithm>

namespace ravine {

void make_unbiased(const Network& network, std::span<double> statistics, std::size_t rows) {
  for (const Step& step : network.steps()) {
    const std::size_t width = step.statistics_size() / 2;
    if (width == 0) continue;
    // Positions of an image count like rows.
    const double m = static_cast<double>(rows * (step.inputs / width));
    for (double& variance : statistics.subspan(width, width)) variance *= m / (m - 1);
    statistics = statistics.subspan(2 * width);
  }
}

RunningStatistics::RunningStatistics(const Network& network, std::size_t batch_size)
    : network_(&network),
      full_batch_(static_cast<double>(batch_size)),
      first_(network.statistics_size()),
      buffers_(first_.empty() ? 0 : first_.size() + 1) {}

void RunningStatistics::begin_step() { captured_ = Captured::kNothing; }

void RunningStatistics::capture(std::span<const double> batch, std::size_t rows) {
  if (captured_ != Captured::kNothing) return;
  captured_ = rows < 2 ? Captured::kFolded : Captured::kPending;
  rows_ = rows;
  std::ranges::copy(batch, first_.begin());
}

void RunningStatistics::fold() {
  if (captured_ != Captured::kPending || buffers_.empty()) return;
  captured_ = Captured::kFolded;
  make_unbiased(*network_, first_, rows_);
  const double weight = static_cast<double>(rows_) / full_batch_;
  const double t = std::min(static_cast<double>(buffers_.back()) + weight, 1000.0);
  const double share = weight * std::max(1 - kMomentum, 1 / t);
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
