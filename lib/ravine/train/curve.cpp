#include "ravine/train/curve.hpp"

#include <algorithm>
#include <utility>

#include "ravine/core/error.hpp"

namespace ravine {
Curve::Curve(const std::vector<std::string>& averages, const LossUnits& units,
             const std::vector<Column>& recorded) {
  const auto add = [this](std::string name, std::string unit, bool integer = false,
                          bool timing = false) {
    columns_.push_back({std::move(name), std::move(unit), integer, timing, {}});
  };
  add("step", "updates", true);
  add("epoch", "passes");
  add("gradient_evaluations", "evaluations", true);
  add("loss_evaluations", "evaluations", true);
  add("curvature_products", "products", true);
  add("train_seconds", "s", false, true);
  for (const MetricInfo& metric : kMetrics)
    add(std::string(metric.name), std::string(metric.unit(units)));
  for (const std::string& average : averages)
    for (const MetricInfo& metric : kMetrics)
      add("averaged_" + average + "_" + std::string(metric.name), std::string(metric.unit(units)));
  for (const char* name : {"gradient_norm", "update_norm", "parameter_norm", "learning_rate"})
    add(name, "1");
  columns_.insert(columns_.end(), recorded.begin(), recorded.end());
}

void Curve::append(const Observation& row) {
  std::size_t next = 0;
  const auto put = [&](double value) { columns_[next++].values.push_back(value); };
  put(static_cast<double>(row.step));
  put(row.epoch);
  put(static_cast<double>(row.counts.gradients));
  put(static_cast<double>(row.counts.losses));
  put(static_cast<double>(row.counts.curvature_products));
  put(row.train_seconds);
  for (const MetricInfo& metric : kMetrics) put(row.metrics.*metric.value);
  for (const Metrics& averaged : row.averaged)
    for (const MetricInfo& metric : kMetrics) put(averaged.*metric.value);
  for (double value : {row.gradient_norm, row.update_norm, row.parameter_norm, row.learning_rate})
    put(value);
  for (const double value : row.recorded) put(value);
}

double Curve::last(std::string_view name) const {
  const auto found = std::find_if(columns_.begin(), columns_.end(),
                                  [&](const Column& column) { return column.name == name; });
  if (found == columns_.end() || found->values.empty()) fail("the curve has no column '{}'", name);
  return found->values.back();
}

}  // namespace ravine
