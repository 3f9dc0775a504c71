#pragma once

#include <string>
#include <vector>

#include "ravine/export.hpp"

namespace ravine {

/// A statement that a number decides: what theory says beside what the program gives.
struct Check {
  std::string id;         // unique in a suite; the part before the first '.' is the statement's
  std::string statement;  // the sentence, in words
  std::string quantity;   // what is compared
  double predicted = 0, actual = 0;
  double tolerance = 0;  // relative to numbers above 1, absolute to smaller ones
  std::string unit = {};

  /// |actual - predicted| <= tolerance max(1, |predicted|); never for a NaN.
  RAVINE_EXPORT bool holds() const;
};

/// SHA-256 (hex) over every text and every bit of a check. All NaNs are one value.
RAVINE_EXPORT std::string check_digest(const Check& check);

/// Throws Error for an empty or repeated id and for a tolerance that is negative or not finite.
RAVINE_EXPORT void validate_checks(const std::vector<Check>& checks);

}  // namespace ravine
