#pragma once

#include <string>
#include <vector>

#include "ravine/core/objective.hpp"
#include "ravine/export.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/results/record.hpp"

namespace ravine {

/// One observation of a trial: a row of its curve.
struct Observation {
  std::int64_t step = 0;
  double epoch = 0;
  EvaluationCounts counts;
  double train_seconds = 0;
  Metrics metrics;
  std::vector<Metrics> averaged;  // one per average, in the trial's order; NaN until it is ready
  double gradient_norm = Metrics::kNone;  // of the step's mini-batch gradient
  double update_norm = Metrics::kNone;    // ||theta_t - theta_{t-1}||
  double parameter_norm = Metrics::kNone;
  double learning_rate = Metrics::kNone;  // eps_t of the step just made
  std::vector<double> recorded = {};      // what the optimizer records, one per column of its own
};

/// The curve of one trial, kept by columns as the result file stores it.
class RAVINE_EXPORT Curve {
 public:
  /// `averages` names the averages of the trial: "polyak", "ema"; `recorded` are further columns,
  /// without values.
  explicit Curve(const std::vector<std::string>& averages = {}, const LossUnits& units = {},
                 const std::vector<Column>& recorded = {});

  void append(const Observation& observation);
  std::size_t size() const { return columns_.front().values.size(); }
  const std::vector<Column>& columns() const { return columns_; }
  std::vector<Column>& columns() { return columns_; }
  /// The last value of a column; throws Error for an unknown name.
  double last(std::string_view name) const;

 private:
  std::vector<Column> columns_;
};

}  // namespace ravine
