#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "ravine/core/real.hpp"
#include "ravine/nn/network.hpp"

namespace ravine {

/// Multiplies the variances in Workspace::statistics() by m / (m - 1).
void make_unbiased(const Network& network, std::span<double> statistics, std::size_t rows);

/// Running averages of batch-norm statistics for test time (lecture L25), of mu and of the unbiased
/// variance m / (m - 1) sigma^2 of mini-batches of m examples:
///
///   average <- average + w a (batch - average),   a = max(1 - momentum, 1/t)
///
/// w = m / B is the share of a full mini-batch, 1 for all but a shorter last one, and t the sum of
/// the w so far. So the first 1 / (1 - momentum) steps are averaged evenly, without a pull to the
/// start values, and a remainder of a few examples does not outvote the batches before it.
///
/// Ioffe & Szegedy (2015, Algorithm 2) multiply by m / (m - 1), as here: training divides by the
/// biased sigma, and without that factor a network that trains on small batches would be tested
/// with too small a variance (half of it for m = 2). A batch of one has no variance and never
/// counts. **Deviates:** the lecture averages sigma, this averages sigma^2, as Algorithm 2 does;
/// neither has w.
///
/// capture() keeps what the step's first gradient evaluation saw; fold() takes it in once.
class RunningStatistics {
 public:
  static constexpr double kMomentum = 0.9;

  /// `batch_size` is B. The network must outlive it.
  RunningStatistics(const Network& network, std::size_t batch_size);

  /// A new step begins: what was captured and not folded is dropped.
  void begin_step();
  /// `batch`: Workspace::statistics() of a training pass of that many rows.
  void capture(std::span<const double> batch, std::size_t rows);
  void fold();
  /// Whether there is an average yet; without any statistics there is nothing to wait for.
  bool ready() const { return buffers_.empty() || buffers_.back() > 0; }
  void read(std::span<double> averages) const;
  /// The averages, then t (counted up to 1000), for checkpoints.
  std::span<Real> buffers() { return buffers_; }

 private:
  enum class Captured { kNothing, kPending, kFolded };
  const Network* network_;
  double full_batch_;
  Captured captured_ = Captured::kNothing;
  std::size_t rows_ = 0;       // of what is captured
  std::vector<double> first_;  // the captured statistics
  AlignedVector<Real> buffers_;
};

}  // namespace ravine
