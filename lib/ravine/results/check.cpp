#include "ravine/results/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "ravine/core/digest.hpp"
#include "ravine/core/error.hpp"
#include "ravine/core/text.hpp"

namespace ravine {

bool Check::holds() const {
  return std::fabs(actual - predicted) <= tolerance * std::max(1.0, std::fabs(predicted));
}

std::string check_digest(const Check& check) {
  const auto number = [](double value) { return std::isnan(value) ? "nan" : format_number(value); };
  // Lengths keep the texts apart.
  std::string text;
  for (const std::string* part : {&check.id, &check.statement, &check.quantity, &check.unit})
    text += fmt::format("{} {}\n", part->size(), *part);
  return sha256_hex(text + fmt::format("{} {} {}\n", number(check.predicted), number(check.actual),
                                       number(check.tolerance)));
}

void validate_checks(const std::vector<Check>& checks) {
  std::set<std::string> ids;
  for (const Check& check : checks) {
    if (check.id.empty()) fail("a check on '{}' has no id: name it", check.quantity);
    if (!ids.insert(check.id).second)
      fail("the id {} names two checks: give each its own", check.id);
    if (!(check.tolerance >= 0) || std::isinf(check.tolerance))
      fail("the tolerance of check {} is {}: it must be a finite number, 0 or above", check.id,
           check.tolerance);
  }
}

}  // namespace ravine
