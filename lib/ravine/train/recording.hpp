#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ravine/export.hpp"
#include "ravine/optim/state.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/results/record.hpp"
#include "ravine/train/landscape.hpp"

namespace ravine {

/// What a trial can record beside its curve: groups of the result file by their names, and columns
/// of the optimizer in the curve.
inline constexpr std::string_view kRecordings = "diagnostics|trajectories|landscapes|optimizer";
/// Longest parameter vector whose iterates are recorded.
inline constexpr std::size_t kMostCoordinates = 16;

/// "none", or a list of kRecordings in its order. Throws Error for anything else.
RAVINE_EXPORT std::string canonical_recording(std::string_view text);

/// Throws Error where a problem cannot give what a canonical text asks for: diagnostics of
/// something without layers, iterates of more than kMostCoordinates numbers, landscapes of more
/// than Landscape::kMostParameters.
RAVINE_EXPORT void check_recording(std::string_view recording, const Problem& problem);

/// Whether a canonical text asks for the columns of OptimizerRecord.
RAVINE_EXPORT bool records_optimizer(std::string_view recording);

/// The rows that one trial adds to these groups, one or several at every observation:
///
///   diagnostics    step and LayerDiagnostics, a row per layer
///   trajectories   step and the iterate x0, x1, ...
///   landscapes     the objective around the path (landscape.hpp), at the end of the trial
class RAVINE_EXPORT Recording {
 public:
  Recording() = default;
  Recording(std::string_view recording, const Problem& problem);

  void observe(std::int64_t step, double objective, std::span<const Real> theta, Session& session);
  /// To be called once the trial has ended other than by divergence.
  void finish(Session& session);
  const std::vector<Table>& tables() const { return tables_; }
  /// At most `most` observations of `parameters` numbers can have been made.
  void visit_state(StateVisitor& visitor, std::int64_t most, std::size_t parameters);

 private:
  void add_diagnostics(Table& table, std::int64_t step, std::span<const Real> theta,
                       Session& session);
  void add_iterate(Table& table, std::int64_t step, std::span<const Real> theta);

  std::vector<Block> blocks_;
  std::vector<Table> tables_;
  std::optional<Landscape> landscape_;
};

}  // namespace ravine
