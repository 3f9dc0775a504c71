#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ravine/export.hpp"

namespace ravine {

/// How a trial ended. A stuck one ran to where its optimizer can do no more though it has not
/// converged (no lower loss along any line, an indefinite Hessian): its last iterate counts.
enum class Outcome { kCompleted, kTargetReached, kStuck, kDiverged, kFailed };
RAVINE_EXPORT std::string_view outcome_name(Outcome outcome);

/// One cell of a trial's row in /trials: a name, its value and its unit ("" for none). Cells marked
/// `timing` (seconds, bytes) are outside the digest.
struct Cell {
  std::string name;
  std::variant<std::string, double, std::int64_t> value;
  std::string unit;
  bool timing = false;
};

/// One column of a curve. Counts are stored as 64-bit integers in files (`integer`), the rest as
/// doubles; NaN means "not measured". Columns marked `timing` are outside the digest.
struct Column {
  std::string name;
  std::string unit;
  bool integer = false;
  bool timing = false;
  std::vector<double> values;
};

/// Rows that a trial records beside its curve, several for each observation or none: a group of the
/// result file of that name ("diagnostics").
struct Table {
  std::string name;
  std::vector<Column> columns;  // of one length
};

/// A finished trial: everything that the result file says about it.
struct TrialRecord {
  std::string id;             // first 16 hex digits of the SHA-256 of `spec`
  std::string spec;           // canonical text
  std::string build_id;       // of the build that computed it
  std::vector<Cell> cells;    // one row of /trials, in column order (after id, spec, build_id)
  std::vector<Column> curve;  // /curves; all columns have one length
  std::vector<Table> tables = {};
};

/// Observations: the common length of all columns, 0 without any.
RAVINE_EXPORT std::size_t observation_count(const TrialRecord& record);
RAVINE_EXPORT std::size_t row_count(const Table& table);

/// Throws Error if a record cannot be stored: an id that is not 16 lower-case hexadecimal digits,
/// names that are empty, repeated, reserved or contain '/', columns of different lengths, columns
/// of integers with anything but whole numbers and NaN.
RAVINE_EXPORT void check_record(const TrialRecord& record);

/// The value of a text cell; throws Error if there is none of that name.
RAVINE_EXPORT const std::string& text_cell(const TrialRecord& record, std::string_view name);

/// The cell "outcome", or "none" in a record without.
RAVINE_EXPORT std::string outcome_of(const TrialRecord& record);

/// SHA-256 (hex) over id, spec, outcome and every bit of cells, curve and tables that is not a
/// timing.
///
/// It is the same for a record and for what a file gives back: the order of cells and columns does
/// not count, nor do values that say "none" ("", NaN, -1 of an integer, a column without any
/// value, a table without rows), nor whether 3 is stored as integer, number or text (the result
/// file has one type per column). All NaNs are one value.
RAVINE_EXPORT std::string record_digest(const TrialRecord& record);

}  // namespace ravine
