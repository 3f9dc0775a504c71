#include "ravine/problems/exact_statistics.hpp"

#include <algorithm>

#include "ravine/linalg/stats.hpp"
#include "ravine/problems/running_statistics.hpp"

namespace ravine {

ExactStatistics::ExactStatistics(const Network& network)
    : network_(&network),
      chunk_mean_(network.statistics_size()),
      chunk_variance_(network.statistics_size()) {}

void ExactStatistics::compute(const Pass& pass, std::span<const Real> theta, Range range,
                              Batch& batch, Workspace& workspace) {
  for (std::size_t step = 0; step < network_->steps().size(); ++step)
    if (network_->steps()[step].statistics_size() > 0)
      compute_step(step, pass, theta, range, batch, workspace);
  if (range.size() > 1) make_unbiased(*network_, workspace.statistics(), range.size());
}

void ExactStatistics::compute_step(std::size_t step, const Pass& pass, std::span<const Real> theta,
                                   Range range, Batch& batch, Workspace& workspace) {
  const std::span<double> statistics = workspace.statistics(network_->steps()[step]);
  const std::size_t width = statistics.size() / 2;
  const std::span<double> mean = statistics.first(width), spread = statistics.last(width);
  const std::span<double> chunk_mean = std::span(chunk_mean_).first(width);
  const std::span<double> chunk_variance = std::span(chunk_variance_).first(width);
  std::ranges::fill(statistics, 0.0);
  double seen = 0;
  for (std::size_t begin = range.begin; begin < range.end; begin += batch.capacity()) {
    batch.load_range(begin, std::min(range.end, begin + batch.capacity()));
    const MatrixView<const Real> inputs =
        step == 0 ? batch.input().dense
                  : network_->forward(pass, theta, batch.input(), workspace, step);
    // Every position of an image is one more row for the statistics of its channels.
    const MatrixView<const Real> x(inputs.data, inputs.size() / width, width);
    column_moments(pass.threads, x, chunk_mean, chunk_variance);
    const double count = static_cast<double>(x.rows), total = seen + count;
    for (std::size_t j = 0; j < width; ++j) {
      const double difference = chunk_mean[j] - mean[j];
      mean[j] += difference * (count / total);
      spread[j] += chunk_variance[j] * count + difference * difference * (seen * count / total);
    }
    seen = total;
  }
  for (double& value : spread) value /= seen;
}

}  // namespace ravine
