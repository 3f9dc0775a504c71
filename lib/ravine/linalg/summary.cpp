#include "ravine/linalg/summary.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace ravine {

Summary summarize(std::span<Real> values) {
  Summary summary;
  const bool valid =
      std::none_of(values.begin(), values.end(), [](Real value) { return std::isnan(value); });
  if (values.empty() || !valid) return summary;

  const double count = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (const Real value : values) sum += value;
  summary.mean = sum / count;
  for (const Real value : values) squares += (value - summary.mean) * (value - summary.mean);
  summary.standard_deviation = std::sqrt(squares / count);

  auto begin = values.begin();
  for (std::size_t i = 0; i < Summary::kShares.size(); ++i) {
    const double place = Summary::kShares[i] * (count - 1), below = std::floor(place);
    const auto low = values.begin() + static_cast<std::ptrdiff_t>(below);
    // What lies before `begin` is smaller already, since shares ascend.
    std::nth_element(begin, low, values.end());
    begin = low;
    const double at_low = *low;
    summary.quantiles[i] = at_low;
    if (place > below) {
      const double at_high = *std::min_element(low + 1, values.end());
      summary.quantiles[i] += (place - below) * (at_high - at_low);
    }
  }
  return summary;
}

}  // namespace ravine
