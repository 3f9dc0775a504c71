#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ravine/export.hpp"

namespace ravine {

enum class Outcome { kCompleted, kTargetReached, kDiverged, kFailed };
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

/// A finished trial: everything that the result file says about it.
struct TrialRecord {
  std::string id;             // first 16 hex digits of the SHA-256 of `spec`
  std::string spec;           // canonical text
  std::string build_id;       // of the build that computed it
  std::vector<Cell> cells;    // one row of /trials, in column order (after id, spec, build_id)
  std::vector<Column> curve;  // /curves; all columns have one length
};

/// The value of a text cell; throws Error if there is none of that name.
RAVINE_EXPORT const std::string& text_cell(const TrialRecord& record, std::string_view name);

/// SHA-256 (hex) over id, spec, outcome and every bit of cells and curve that is no timing.
RAVINE_EXPORT std::string record_digest(const TrialRecord& record);

}  // namespace ravine
