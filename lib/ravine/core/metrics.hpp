#pragma once

#include <array>
#include <limits>
#include <string_view>

namespace ravine {

/// What is measured at an observation; NaN where a problem has no such number. Losses exclude L2,
/// `objective` is the training loss with L2. Accuracies are fractions in [0, 1].
struct Metrics {
  static constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  double objective = kNone;
  double train_loss = kNone, train_accuracy = kNone;
  double validation_loss = kNone, validation_accuracy = kNone;
  double test_loss = kNone, test_accuracy = kNone;
};

/// Units of the metrics that are not accuracies.
struct LossUnits {
  std::string_view objective = "1";
  std::string_view losses = "1";  // train_loss, validation_loss, test_loss
};

/// A metric: its name, where it is, in which direction it gets better, on which part of the data it
/// is measured, and how much it is preferred: results are told by the first that a problem has,
/// settings are selected by the first that is not of the test part.
struct MetricInfo {
  std::string_view name;
  double Metrics::*value;
  bool larger_is_better;
  std::string_view part;  // train | validation | test
  int preference;         // 1 comes first

  bool selects() const { return part != "test"; }
  std::string_view unit(const LossUnits& units) const {
    if (larger_is_better) return "fraction";
    return value == &Metrics::objective ? units.objective : units.losses;
  }
};

/// All metrics, in the order of the result columns. Result files carry this table.
inline constexpr std::array<MetricInfo, 7> kMetrics = {{
    {"objective", &Metrics::objective, false, "train", 5},
    {"train_loss", &Metrics::train_loss, false, "train", 6},
    {"train_accuracy", &Metrics::train_accuracy, true, "train", 7},
    {"validation_loss", &Metrics::validation_loss, false, "validation", 4},
    {"validation_accuracy", &Metrics::validation_accuracy, true, "validation", 3},
    {"test_loss", &Metrics::test_loss, false, "test", 2},
    {"test_accuracy", &Metrics::test_accuracy, true, "test", 1},
}};

/// What an evaluation costs, in gradients: a loss is one of their three passes, a curvature product
/// five.
struct EvaluationCost {
  std::string_view column;
  double gradients;
};
inline constexpr std::array<EvaluationCost, 3> kEvaluationCosts = {
    {{"gradient_evaluations", 1.0},
     {"loss_evaluations", 1.0 / 3},
     {"curvature_products", 5.0 / 3}}};

}  // namespace ravine
