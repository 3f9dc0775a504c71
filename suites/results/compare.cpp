#include "compare.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "ravine/core/error.hpp"
#include "ravine/core/messages.hpp"
#include "ravine/core/text.hpp"
#include "ravine/results/result_file.hpp"

namespace {

using ravine::ResultsReader;
using ravine::TrialRecord;

std::vector<std::size_t> plan_of(const ResultsReader& reader) {
  std::vector<std::size_t> trials;
  for (std::size_t i = 0; i < reader.size(); ++i)
    if (reader.in_plan(i)) trials.push_back(i);
  return trials;
}

bool is_timing(const TrialRecord& record, const std::string& name) {
  for (const ravine::Cell& cell : record.cells)
    if (cell.name == name) return cell.timing;
  return false;
}

// Values that say "none" are as good as no cell: files have one for every trial.
std::string said(const TrialRecord& record, const std::string& name) {
  for (const ravine::Cell& cell : record.cells) {
    if (cell.name != name) continue;
    if (const auto* text = std::get_if<std::string>(&cell.value)) return *text;
    if (const auto* number = std::get_if<double>(&cell.value))
      return std::isnan(*number) ? "" : ravine::format_number(*number);
    const auto integer = std::get<std::int64_t>(cell.value);
    return integer == -1 ? "" : std::to_string(integer);
  }
  return "";
}

// Every measured column that is not a timing, with its group.
std::map<std::string, std::vector<double>> measured(const TrialRecord& record) {
  std::map<std::string, std::vector<double>> all;
  const auto add = [&](const std::string& group, const std::vector<ravine::Column>& columns) {
    for (const ravine::Column& column : columns)
      if (!column.timing && std::any_of(column.values.begin(), column.values.end(),
                                        [](double value) { return !std::isnan(value); }))
        all[group + "/" + column.name] = column.values;
  };
  add("curves", record.curve);
  for (const ravine::Table& table : record.tables) add(table.name, table.columns);
  return all;
}

bool same_value(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) ||
         std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

std::optional<std::string> difference(const std::vector<double>& a, const std::vector<double>& b,
                                      const Sides& sides) {
  if (a.empty() || b.empty()) return fmt::format("only in {}", a.empty() ? sides.b : sides.a);
  if (a.size() != b.size())
    return fmt::format("{} values in {}, {} in {}", a.size(), sides.a, b.size(), sides.b);
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!same_value(a[i], b[i]))
      return fmt::format("row {}: {} in {}, {} in {}", i, ravine::format_number(a[i]), sides.a,
                         ravine::format_number(b[i]), sides.b);
  return std::nullopt;
}

}  // namespace

std::vector<std::string> differences(const TrialRecord& a, const TrialRecord& b, Match match,
                                     const Sides& sides) {
  std::vector<std::string> lines;
  std::vector<std::string> cells = {"outcome"};
  if (match == Match::kId)
    for (const TrialRecord* record : {&a, &b})
      for (const ravine::Cell& cell : record->cells)
        if (!is_timing(a, cell.name) && !is_timing(b, cell.name) &&
            std::find(cells.begin(), cells.end(), cell.name) == cells.end())
          cells.push_back(cell.name);
  for (const std::string& name : cells)
    if (said(a, name) != said(b, name))
      lines.push_back(fmt::format("trials/{}: '{}' in {}, '{}' in {}", name, said(a, name), sides.a,
                                  said(b, name), sides.b));
  auto columns_a = measured(a), columns_b = measured(b);
  for (const auto& column : columns_b) columns_a[column.first];
  for (const auto& column : columns_a)
    if (const auto text = difference(column.second, columns_b[column.first], sides))
      lines.push_back(fmt::format("{}: {}", column.first, *text));
  return lines;
}

std::size_t compare_files(const std::string& a, const std::string& b, Match match) {
  ResultsReader reader_a(a), reader_b(b);
  const auto plan_a = plan_of(reader_a), plan_b = plan_of(reader_b);
  if (match == Match::kPosition && plan_a.size() != plan_b.size())
    ravine::fail(
        "the plan of {} has {} trials and that of {} has {}: positions are meaningless then; "
        "compare by id, without --by-position",
        a, plan_a.size(), b, plan_b.size());
  std::size_t differ = 0;
  const auto only_in = [&](const char* file, const std::string& id) {
    ravine::answer("{} only in {}\n", id, file);
    ++differ;
  };
  for (std::size_t i = 0; i < plan_a.size(); ++i) {
    const std::string& id = reader_a.ids()[plan_a[i]];
    auto partner = match == Match::kPosition ? std::optional(plan_b[i]) : reader_b.find(id);
    if (partner && !reader_b.in_plan(*partner)) partner.reset();
    if (!partner) {
      only_in("A", id);
      continue;
    }
    const auto lines = differences(reader_a.record(plan_a[i]), reader_b.record(*partner), match);
    for (const std::string& line : lines) ravine::answer("{} {}\n", id, line);
    differ += !lines.empty();
  }
  if (match == Match::kId)
    for (const std::size_t i : plan_b) {
      const auto partner = reader_a.find(reader_b.ids()[i]);
      if (!partner || !reader_a.in_plan(*partner)) only_in("B", reader_b.ids()[i]);
    }
  if (differ > 0)
    ravine::answer("{} trials differ\n", differ);
  else
    ravine::answer("{} trials are equal\n", plan_a.size());
  return differ;
}
