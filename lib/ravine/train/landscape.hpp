#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ravine/core/real.hpp"
#include "ravine/export.hpp"
#include "ravine/optim/state.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/results/record.hpp"

namespace ravine {

/// The objective around the path of a trial: a line from its start to its end, and the plane in
/// which the iterates vary most.
///
///   line     theta_0 + x (theta_T - theta_0) for x from -0.25 to 1.5 (Goodfellow, Vinyals and Saxe
///            2015)
///   iterate  x_k = p . (theta_k - theta_T), y_k = q . (theta_k - theta_T), `distance` to the
///   plane,
///            at every observation; p and q are the first two principal directions of
///            theta_k - theta_T (Li, Xu, Taylor, Studer and Goldstein 2018, section 7)
///   plane    the objective at theta_T + x p + y q on a grid around the iterates
///
/// Columns: part (0 line, 1 iterate, 2 plane), step, x, y, distance, objective. Batch-norm
/// statistics are recomputed for every point. Holds one copy of the parameters per observation; p
/// and q come from a power iteration with a fixed number of rounds, in double, so the bits are the
/// same everywhere. Nothing is evaluated after a divergence.
class RAVINE_EXPORT Landscape {
 public:
  /// Longest parameter vector of which iterates are kept.
  static constexpr std::size_t kMostParameters = 200'000;
  static constexpr int kLinePoints = 36;   // -0.25 to 1.5 in steps of 0.05
  static constexpr int kPlanePoints = 21;  // on each side of the plane
  static constexpr int kGridPoints = kLinePoints + kPlanePoints * kPlanePoints;

  void observe(std::int64_t step, double objective, std::span<const Real> theta);
  /// Evaluates line and plane, once, with theta_T the last iterate that was observed.
  void finish(Session& session);
  const Table& table() const { return table_; }
  /// At most `most` iterates of `parameters` numbers can have been observed.
  void visit_state(StateVisitor& visitor, std::int64_t most, std::size_t parameters);

 private:
  Table table_ = empty_table();
  std::vector<double> steps_, objectives_;
  std::vector<Real> iterates_;  // one after the other
  std::size_t length_ = 0;

  static Table empty_table();
  void add(double part, double step, double x, double y, double distance, double objective);
  std::span<const Real> iterate(std::size_t k) const {
    return std::span(iterates_).subspan(k * length_, length_);
  }
  std::vector<std::vector<double>> centred() const;
  void add_line(Session& session);
  void add_plane(Session& session);
};

}  // namespace ravine
