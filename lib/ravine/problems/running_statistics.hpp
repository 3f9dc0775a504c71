#pragma once

#include <span>
#include <vector>

#include "ravine/core/real.hpp"

namespace ravine {

/// Running averages of batch-norm statistics for test time (lecture L25):
///
///   average <- average + a_t (batch - average),   a_t = max(1 - momentum, 1/t),  t = 1, 2, ...
///
/// so the first 1 / (1 - momentum) steps are averaged evenly, without a pull to the start values.
/// **Deviates:** the lecture averages mu and sigma, this averages mu and sigma^2, as Ioffe &
/// Szegedy (2015, Algorithm 2) do. capture() keeps what the step's first gradient evaluation saw;
/// fold() takes it in once.
class RunningStatistics {
 public:
  static constexpr double kMomentum = 0.9;

  explicit RunningStatistics(std::size_t size);

  /// A new step begins: what was captured and not folded is dropped.
  void begin_step();
  void capture(std::span<const double> batch);
  void fold();
  /// Whether there is an average yet; without any statistics there is nothing to wait for.
  bool ready() const { return buffers_.empty() || buffers_.back() > 0; }
  void read(std::span<double> averages) const;
  /// The averages and the number of folds so far (counted up to 1000), for checkpoints.
  std::span<Real> buffers() { return buffers_; }

 private:
  enum class Captured { kNothing, kPending, kFolded };
  Captured captured_ = Captured::kNothing;
  std::vector<double> first_;
  AlignedVector<Real> buffers_;
};

}  // namespace ravine
