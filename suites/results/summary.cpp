#include "summary.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>

#include "ravine/core/messages.hpp"

namespace {

using ravine::Cell;
using ravine::Column;
using ravine::TrialRecord;

struct Metric {
  std::string_view column;
  bool more_is_better;
};
// The first of them that a trial has measured decides.
constexpr std::array<Metric, 6> kMetrics = {{{"test_accuracy", true},
                                             {"validation_accuracy", true},
                                             {"test_loss", false},
                                             {"validation_loss", false},
                                             {"train_loss", false},
                                             {"objective", false}}};

std::string text_of(const TrialRecord& record, std::string_view name) {
  for (const Cell& cell : record.cells)
    if (cell.name == name)
      if (const auto* text = std::get_if<std::string>(&cell.value)) return *text;
  return "-";
}

double number_of(const TrialRecord& record, std::string_view name) {
  for (const Cell& cell : record.cells)
    if (cell.name == name)
      if (const auto* number = std::get_if<double>(&cell.value)) return *number;
  return std::nan("");
}

/// The last value that was measured, if any.
std::optional<double> last_value(const TrialRecord& record, std::string_view name) {
  for (const Column& column : record.curve) {
    if (column.name != name) continue;
    const auto last = std::find_if(column.values.rbegin(), column.values.rend(),
                                   [](double value) { return !std::isnan(value); });
    if (last != column.values.rend()) return *last;
  }
  return std::nullopt;
}

void consider(Group& group, const Metric& metric, double value, const TrialRecord& record) {
  const bool better =
      group.metric.empty() || (metric.more_is_better ? value > group.best : value < group.best);
  if (!better || (!group.metric.empty() && group.metric != metric.column)) return;
  group.metric = metric.column;
  group.best = value;
  group.learning_rate = number_of(record, "learning_rate");
}

std::string counts(const std::map<std::string, std::size_t>& outcomes) {
  std::string text;
  for (const auto& [outcome, count] : outcomes)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, outcome);
  return text;
}

}  // namespace

void Summary::add(const TrialRecord& record) {
  Group& group = groups_[{text_of(record, "problem"), text_of(record, "optimizer")}];
  const std::string outcome = text_of(record, "outcome");
  ++group.outcomes[outcome];
  // The curve of a diverged or failed trial ends where it ends: its last value is no result.
  if (outcome == "diverged" || outcome == "failed") return;
  for (const Metric& metric : kMetrics)
    if (const auto value = last_value(record, metric.column))
      return consider(group, metric, *value, record);
}

void Summary::print() const {
  std::string problem;
  for (const auto& [key, group] : groups_) {
    if (key.first != problem) ravine::answer("\n{}\n", problem = key.first);
    ravine::answer("  {:<44} ", key.second);
    if (group.metric.empty())
      ravine::answer("{:<32}", "no result");
    else
      ravine::answer("{} {:.6g} at learning rate {:.6g}", group.metric, group.best,
                     group.learning_rate);
    ravine::answer("  ({})\n", counts(group.outcomes));
  }
}
