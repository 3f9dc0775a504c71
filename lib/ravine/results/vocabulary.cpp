#include "ravine/results/vocabulary.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "ravine/core/metrics.hpp"
#include "ravine/core/text.hpp"
#include "ravine/core/trial_fields.hpp"

namespace ravine {
namespace {

std::string fields_of(Role role) {
  std::string names;
  TrialFields<One>{}.each(
      [&](const char* name, const auto&, const char*, const char*, const FieldUse& use) {
        if (use.role == role) names += (names.empty() ? "" : ", ") + std::string(name);
      });
  return names;
}

void write_metrics(hdf5::Group& root) {
  std::vector<std::string> names, directions, parts;
  std::vector<std::int64_t> preferences;
  for (const MetricInfo& metric : kMetrics) {
    names.emplace_back(metric.name);
    directions.emplace_back(metric.larger_is_better ? "larger" : "smaller");
    parts.emplace_back(metric.part);
    preferences.push_back(metric.preference);
  }
  hdf5::Group group = root.add_group("metrics");
  hdf5::Column dimension = root.add_column("metric", hdf5::Type::kDouble, kMetrics.size(), true);
  dimension.make_dimension(kMetrics.size());
  group.write<std::string>("name", names).attach(dimension);
  group.write<std::string>("direction", directions).attach(dimension);
  group.write<std::string>("part", parts).attach(dimension);
  group.write<std::int64_t>("preference", preferences).attach(dimension);
}

}  // namespace

void write_vocabulary(hdf5::Group& root, hdf5::Group& trials) {
  trials.set_text("factors", fields_of(Role::kFactor));
  trials.set_text("replicates", fields_of(Role::kReplicate));
  trials.set_text("budget", fields_of(Role::kBudget));
  trials.set_text("protocol", fields_of(Role::kProtocol));
  write_metrics(root);
  hdf5::Group constants = root.add_group("constants");
  for (const EvaluationCost& cost : kEvaluationCosts)
    constants.set_number("cost_of_" + std::string(cost.column), cost.gradients);
  constants.set_number("divergence", parse_double(TrialFields<One>{}.divergence, "divergence"));
}

}  // namespace ravine
