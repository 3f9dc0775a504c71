#include "summary.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>

#include "ravine/core/messages.hpp"

namespace {

using ravine::Cell;
using ravine::Column;
using ravine::TrialRecord;

constexpr std::string_view kTuned = ", tuned", kSearched = ", search";
constexpr double kInfinity = std::numeric_limits<double>::infinity();

using ravine::kMetrics;
using Metric = ravine::MetricInfo;

// Places in kMetrics, the preferred metric first: what selects a setting, or what is told of it.
std::vector<std::size_t> preferred(bool selects) {
  std::vector<std::size_t> places;
  for (std::size_t k = 0; k < kMetrics.size(); ++k)
    if (kMetrics[k].selects() == selects) places.push_back(k);
  std::ranges::sort(places, {}, [](std::size_t k) { return kMetrics[k].preference; });
  return places;
}

std::string text_of(const TrialRecord& record, std::string_view name) {
  for (const Cell& cell : record.cells)
    if (cell.name == name)
      if (const auto* text = std::get_if<std::string>(&cell.value)) return *text;
  return "";
}

double number_of(const TrialRecord& record, std::string_view name) {
  for (const Cell& cell : record.cells)
    if (cell.name == name)
      if (const auto* number = std::get_if<double>(&cell.value)) return *number;
  return std::nan("");
}

// The value at the last observation, which a problem that does not measure it lacks.
double last_value(const TrialRecord& record, std::string_view name) {
  for (const Column& column : record.curve)
    if (column.name == name && !column.values.empty()) return column.values.back();
  return std::nan("");
}

// What fixes a trial, but for rate and seed: the lines "key = value" of its canonical text.
std::map<std::string, std::string> fields_of(const TrialRecord& record) {
  std::map<std::string, std::string> fields;
  std::string_view rest = record.spec;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const auto equals = line.find(" = ");
    if (equals != std::string_view::npos)
      fields.emplace(line.substr(0, equals), line.substr(equals + 3));
  }
  for (const char* apart : {"problem", "optimizer", "learning_rate", "seed", "versions"})
    fields.erase(apart);
  return fields;
}

// Smaller is better; a miss is worse than any other.
double cost(double value, const Metric& metric) {
  if (!std::isfinite(value)) return kInfinity;
  return metric.larger_is_better ? -value : value;
}

struct Spread {
  double median, least, greatest;  // costs
  std::size_t missed;
};

Spread spread(const std::vector<std::array<double, kMetrics.size()>>& trials, std::size_t metric) {
  std::vector<double> costs;
  for (const auto& values : trials) costs.push_back(cost(values[metric], kMetrics[metric]));
  std::sort(costs.begin(), costs.end());
  const std::size_t n = costs.size();
  const auto missed = std::count(costs.begin(), costs.end(), kInfinity);
  return {(costs[(n - 1) / 2] + costs[n / 2]) / 2, costs.front(), costs.back(),
          static_cast<std::size_t>(missed)};
}

std::string write(double cost, const Metric& metric) {
  if (cost == kInfinity) return "miss";
  return fmt::format("{:.4g}", metric.larger_is_better ? -cost : cost);
}

std::string counts(const std::map<std::string, std::size_t>& outcomes) {
  std::string text;
  for (const auto& [outcome, count] : outcomes)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, outcome);
  return text;
}

}  // namespace

Summary::Series& Summary::series_of(Problem& problem, const TrialRecord& record) {
  const std::string stage = text_of(record, "stage"), setting = text_of(record, "setting");
  Series found{text_of(record, "optimizer"), fields_of(record)};
  if (stage == "search") found.name = text_of(record, "contest") + std::string(kSearched);
  if (stage == "final") {
    const bool tuned = setting.find("tuned") != std::string::npos;
    found.name = text_of(record, "contest") + std::string(tuned ? kTuned : ", default");
  }
  for (Series& series : problem.series)
    if (series.name == found.name && series.fields == found.fields) return series;
  return problem.series.emplace_back(std::move(found));
}

void Summary::add(const TrialRecord& record) {
  const std::string text = text_of(record, "problem"), outcome = text_of(record, "outcome");
  auto problem = std::find_if(problems_.begin(), problems_.end(),
                              [&](const Problem& one) { return one.text == text; });
  if (problem == problems_.end()) problem = problems_.insert(problem, Problem{text});
  Series& series = series_of(*problem, record);
  ++series.outcomes[outcome];
  const bool lost = outcome == "diverged" || outcome == "failed";
  Values values;
  for (std::size_t k = 0; k < kMetrics.size(); ++k) {
    // A value of any observation shows that the problem measures it.
    for (const Column& column : record.curve)
      if (column.name == kMetrics[k].name)
        problem->measured[k] =
            problem->measured[k] || std::any_of(column.values.begin(), column.values.end(),
                                                [](double value) { return std::isfinite(value); });
    values[k] = lost ? std::nan("") : last_value(record, kMetrics[k].name);
  }
  const bool search = text_of(record, "stage") == "search";
  series.trials[{number_of(record, "learning_rate"), search ? text_of(record, "optimizer") : ""}]
      .push_back(values);
}

std::string Summary::describe(const Series& series, std::size_t criterion, std::size_t metric) {
  const std::vector<Values>* best = nullptr;
  Candidate chosen;
  Spread of_best{};
  for (const auto& [candidate, trials] : series.trials) {
    const Spread one = spread(trials, criterion);
    if (best && std::pair(one.missed, one.median) >= std::pair(of_best.missed, of_best.median))
      continue;
    best = &trials;
    chosen = candidate;
    of_best = one;
  }
  if (of_best.missed == best->size())
    return fmt::format("no result  ({})", counts(series.outcomes));
  const Spread shown = spread(*best, metric);
  const double low = kMetrics[metric].larger_is_better ? shown.greatest : shown.least;
  const double high = kMetrics[metric].larger_is_better ? shown.least : shown.greatest;
  const double first = series.trials.begin()->first.first;
  const double last = series.trials.rbegin()->first.first;
  const bool at_end = first < last && (chosen.first == first || chosen.first == last);
  return fmt::format(
      "{:>8} [{}, {}]  {} {}{} at learning rate {:.6g}{}{}  ({})",
      write(shown.median, kMetrics[metric]), write(low, kMetrics[metric]),
      write(high, kMetrics[metric]), best->size(), best->size() == 1 ? "seed" : "seeds",
      shown.missed == 0 ? "" : fmt::format(", {} missed,", shown.missed), chosen.first,
      at_end ? " (end of range)" : "", chosen.second.empty() ? "" : " with " + chosen.second,
      counts(series.outcomes));
}

void Summary::print(const Problem& problem) {
  std::optional<std::size_t> criterion, metric;
  for (const std::size_t k : preferred(true))
    if (!criterion && problem.measured[k]) criterion = k;
  for (const std::size_t k : preferred(false))
    if (!metric && problem.measured[k]) metric = k;
  ravine::answer("\n{}\n", problem.text);
  if (!criterion) criterion = 0;  // the objective, which every problem has
  if (!metric) metric = criterion;
  ravine::answer("  {}, median [least, greatest] over seeds; the rate has the best median {}\n",
                 kMetrics[*metric].name, kMetrics[*criterion].name);
  const auto is_tuned = [](const Series& one) { return one.name.ends_with(kTuned); };
  const std::pair<const std::string, std::string> full_batch{"batch_size", "0"};
  const bool final_stage = std::any_of(problem.series.begin(), problem.series.end(), is_tuned);
  for (const Series& series : problem.series) {
    if (final_stage && series.name.ends_with(kSearched)) continue;
    std::string name = series.name;
    for (const auto& field : series.fields)
      if (std::any_of(problem.series.begin(), problem.series.end(), [&](const Series& other) {
            const auto there = other.fields.find(field.first);
            return there == other.fields.end() || there->second != field.second;
          }))
        name += field == full_batch ? ", full batch"
                                    : fmt::format(", {}={}", field.first, field.second);
    ravine::answer("  {:<44} {}\n", name, describe(series, *criterion, *metric));
  }
}

void Summary::print() const {
  for (const Problem& problem : problems_) print(problem);
}
