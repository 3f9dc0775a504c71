#include "ravine/results/record.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <set>

#include "ravine/core/digest.hpp"
#include "ravine/core/error.hpp"
#include "ravine/core/text.hpp"
#include "ravine/io/hdf5.hpp"

namespace ravine {
namespace {

constexpr std::array<std::string_view, 7> kReserved = {
    "id", "spec", "build_id", "in_plan", "trial", "observation", "row_size"};
// Groups and dimensions that every result file may have.
constexpr std::array<std::string_view, 12> kReservedGroups = {
    "trials", "curves",      "checks", "environment", "metrics",   "constants",
    "trial",  "observation", "check",  "metric",      "component", "components"};

/// Length first, so that no two sequences of texts feed the digest the same bytes.
void add_text(Sha256& digest, std::string_view text) {
  digest.update(fmt::format("{}:", text.size()));
  digest.update(text);
}

/// A cell's value as text, "" for none.
std::string canonical(const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell.value)) return hdf5::valid_utf8(*text);
  if (const auto* number = std::get_if<double>(&cell.value))
    return std::isnan(*number) ? "" : format_number(*number);
  const auto integer = std::get<std::int64_t>(cell.value);
  return integer == -1 ? "" : std::to_string(integer);
}

void add_cells(Sha256& digest, const TrialRecord& record) {
  std::vector<std::pair<std::string_view, std::string>> cells;
  for (const Cell& cell : record.cells)
    if (!cell.timing) cells.emplace_back(cell.name, canonical(cell));
  std::erase_if(cells, [](const auto& cell) { return cell.second.empty(); });
  std::sort(cells.begin(), cells.end());
  for (const auto& [name, value] : cells) {
    add_text(digest, name);
    add_text(digest, value);
  }
}

std::uint64_t canonical_bits(double value, bool integer) {
  if (std::isnan(value)) value = std::numeric_limits<double>::quiet_NaN();
  // Stored as an integer, -0 comes back as 0.
  if (integer && value == 0) value = 0;
  return std::bit_cast<std::uint64_t>(value);
}

void add_column(Sha256& digest, const Column& column) {
  std::vector<std::uint64_t> bits;
  bits.reserve(column.values.size());
  for (double value : column.values) bits.push_back(canonical_bits(value, column.integer));
  add_text(digest, column.name);
  digest.update(std::as_bytes(std::span(bits)));
}

bool has_values(const Column& column) {
  return std::any_of(column.values.begin(), column.values.end(),
                     [](double value) { return !std::isnan(value); });
}

void add_columns(Sha256& digest, std::string_view what, const std::vector<Column>& all) {
  std::vector<const Column*> columns;
  for (const Column& column : all)
    if (!column.timing && has_values(column)) columns.push_back(&column);
  std::sort(columns.begin(), columns.end(),
            [](const Column* a, const Column* b) { return a->name < b->name; });
  // Ends what came before: no name of a cell or column is like it.
  add_text(digest, fmt::format("/{} {}", what, all.empty() ? 0 : all.front().values.size()));
  for (const Column* column : columns) add_column(digest, *column);
}

bool is_id(std::string_view id) {
  return id.size() == 16 && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void check_name(std::set<std::string_view>& names, std::string_view name,
                const TrialRecord& record) {
  const bool reserved = std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end();
  if (name.empty() || name == "." || name.find('/') != std::string_view::npos || reserved ||
      hdf5::valid_utf8(name) != name)
    fail("trial {} has a column named '{}': a name must not be empty or reserved, or contain '/'",
         record.id, name);
  if (!names.insert(name).second)
    fail("trial {} has two columns named '{}': names must differ", record.id, name);
}

/// Whether a column of integers can store it.
bool fits(double value) {
  constexpr double kLargest = 9007199254740992;  // 2^53: up to here a double is exact
  return std::isnan(value) || (value == std::floor(value) && std::fabs(value) <= kLargest);
}

void check_columns(const std::vector<Column>& columns, const TrialRecord& record) {
  std::set<std::string_view> names;
  for (const Column& column : columns) {
    check_name(names, column.name, record);
    if (column.values.size() != columns.front().values.size())
      fail("trial {} has {} values of {} but {} of {}: all columns of a curve must be equally long",
           record.id, column.values.size(), column.name, columns.front().values.size(),
           columns.front().name);
    const auto wrong = std::find_if(column.values.begin(), column.values.end(),
                                    [&](double value) { return column.integer && !fits(value); });
    if (wrong != column.values.end())
      fail("trial {} has {} in column {}: a column of integers holds whole numbers up to 2^53",
           record.id, format_number(*wrong), column.name);
  }
}

}  // namespace

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kCompleted:
      return "completed";
    case Outcome::kTargetReached:
      return "target_reached";
    case Outcome::kStuck:
      return "stuck";
    case Outcome::kDiverged:
      return "diverged";
    case Outcome::kFailed:
      return "failed";
  }
  fail("outcome {} does not exist", static_cast<int>(outcome));
}

std::size_t observation_count(const TrialRecord& record) {
  return record.curve.empty() ? 0 : record.curve.front().values.size();
}

std::size_t row_count(const Table& table) {
  return table.columns.empty() ? 0 : table.columns.front().values.size();
}

void check_record(const TrialRecord& record) {
  if (!is_id(record.id))
    fail("'{}' is not a trial id: it must be 16 lower-case hexadecimal digits", record.id);
  std::set<std::string_view> cells, tables;
  for (const Cell& cell : record.cells) check_name(cells, cell.name, record);
  check_columns(record.curve, record);
  for (const Table& table : record.tables) {
    check_name(tables, table.name, record);
    if (std::find(kReservedGroups.begin(), kReservedGroups.end(), table.name) !=
        kReservedGroups.end())
      fail("trial {} has a table named '{}': every file has a group of that name", record.id,
           table.name);
    check_columns(table.columns, record);
  }
}

const std::string& text_cell(const TrialRecord& record, std::string_view name) {
  for (const Cell& cell : record.cells)
    if (cell.name == name)
      if (const auto* text = std::get_if<std::string>(&cell.value)) return *text;
  fail("trial {} has no text '{}'", record.id, name);
}

std::string outcome_of(const TrialRecord& record) {
  for (const Cell& cell : record.cells)
    if (cell.name == "outcome")
      if (const auto* text = std::get_if<std::string>(&cell.value)) return *text;
  return "none";
}

std::string record_digest(const TrialRecord& record) {
  Sha256 digest;
  add_text(digest, record.id);
  add_text(digest, hdf5::valid_utf8(record.spec));
  add_cells(digest, record);
  add_columns(digest, "curve", record.curve);
  std::vector<const Table*> tables;
  for (const Table& table : record.tables)
    if (row_count(table) > 0) tables.push_back(&table);
  std::sort(tables.begin(), tables.end(),
            [](const Table* a, const Table* b) { return a->name < b->name; });
  for (const Table* table : tables) add_columns(digest, table->name, table->columns);
  return digest.finish_hex();
}

}  // namespace ravine
