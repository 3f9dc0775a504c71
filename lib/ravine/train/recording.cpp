#include "ravine/train/recording.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "ravine/core/error.hpp"
#include "ravine/core/text.hpp"

namespace ravine {
namespace {

constexpr std::string_view kDiagnostics = "diagnostics", kTrajectories = "trajectories",
                           kLandscapes = "landscapes", kOptimizer = "optimizer";

bool asks_for(std::string_view recording, std::string_view what) {
  return recording.find(what) != std::string_view::npos;
}

std::string unit_of(std::string_view column, std::string_view objective) {
  if (column == "layer") return "";
  if (column.starts_with("delta") || column.find("gradient") != std::string_view::npos)
    return std::string(objective);
  return "1";
}

std::vector<Column> diagnostic_columns(std::string_view objective) {
  std::vector<Column> columns = {{"step", "updates", true, false, {}}};
  LayerDiagnostics().each([&](const std::string& name, double) {
    columns.push_back({name, unit_of(name, objective), name == "layer", false, {}});
  });
  return columns;
}

std::vector<Column> iterate_columns(const ParameterLayout& layout) {
  std::vector<Column> columns = {{"step", "updates", true, false, {}}};
  for (std::size_t i = 0; i < layout.parameter_count(); ++i)
    columns.push_back({fmt::format("x{}", i), "1", false, false, {}});
  return columns;
}

}  // namespace

std::string canonical_recording(std::string_view text) {
  if (text == "none") return "none";
  const std::vector<std::string> asked = split_outside_parentheses(text, ',');
  for (const std::string& name : asked) check_choice("record", name, kRecordings);
  std::vector<std::string_view> ordered;
  for (const std::string_view name : {kDiagnostics, kTrajectories, kLandscapes, kOptimizer})
    if (std::find(asked.begin(), asked.end(), name) != asked.end()) ordered.push_back(name);
  if (ordered.empty()) fail("record is empty: write none or a list such as diagnostics");
  return fmt::format("{}", fmt::join(ordered, ", "));
}

void check_recording(std::string_view recording, const Problem& problem) {
  if (asks_for(recording, kDiagnostics) && !problem.offers().has(Capability::kLayers))
    fail("record is '{}', but this problem has no layers: leave diagnostics out", recording);
  const std::size_t count = problem.layout().parameter_count();
  if (asks_for(recording, kTrajectories) && count > kMostCoordinates)
    fail("record is '{}', but the problem has {} parameters: trajectories take at most {}",
         recording, count, kMostCoordinates);
  if (asks_for(recording, kLandscapes) && count > Landscape::kMostParameters)
    fail("record is '{}', but the problem has {} parameters: landscapes take at most {}", recording,
         count, Landscape::kMostParameters);
}

bool records_optimizer(std::string_view recording) { return asks_for(recording, kOptimizer); }

Recording::Recording(std::string_view recording, const Problem& problem)
    : blocks_(problem.layout().blocks()) {
  if (asks_for(recording, kDiagnostics))
    tables_.push_back(
        {std::string(kDiagnostics), diagnostic_columns(problem.loss_units().objective)});
  if (asks_for(recording, kTrajectories))
    tables_.push_back({std::string(kTrajectories), iterate_columns(problem.layout())});
  if (asks_for(recording, kLandscapes)) {
    landscape_.emplace();
    tables_.push_back(landscape_->table());
  }
}

void Recording::observe(std::int64_t step, double objective, std::span<const Real> theta,
                        Session& session) {
  if (landscape_) landscape_->observe(step, objective, theta);
  for (Table& table : tables_)
    if (table.name == kDiagnostics)
      add_diagnostics(table, step, theta, session);
    else if (table.name == kTrajectories)
      add_iterate(table, step, theta);
}

void Recording::finish(Session& session) {
  if (!landscape_) return;
  landscape_->finish(session);
  tables_.back() = landscape_->table();
}

void Recording::add_diagnostics(Table& table, std::int64_t step, std::span<const Real> theta,
                                Session& session) {
  for (const LayerDiagnostics& layer : session.diagnose(theta)) {
    auto column = table.columns.begin();
    (column++)->values.push_back(static_cast<double>(step));
    layer.each([&](const std::string&, double value) { (column++)->values.push_back(value); });
  }
}

void Recording::add_iterate(Table& table, std::int64_t step, std::span<const Real> theta) {
  auto column = table.columns.begin();
  (column++)->values.push_back(static_cast<double>(step));
  for (const Block& block : blocks_)
    for (const Real value : block.of(theta)) (column++)->values.push_back(value);
}

void Recording::visit_state(StateVisitor& visitor, std::int64_t most, std::size_t parameters) {
  if (landscape_) landscape_->visit_state(visitor, most, parameters);
  // A row of diagnostics per layer, and each layer has a block of parameters; the other tables have
  // one row per observation, a landscape its grid beside them.
  const auto layers = std::max<std::int64_t>(1, std::ssize(blocks_));
  for (Table& table : tables_) {
    auto rows = static_cast<std::int64_t>(row_count(table));
    visitor.integer(table.name, rows);
    check_state(table.name, rows, most * layers + Landscape::kGridPoints);
    for (Column& column : table.columns) {
      column.values.resize(static_cast<std::size_t>(rows));
      visitor.doubles(column.name, column.values);
    }
  }
}

}  // namespace ravine
