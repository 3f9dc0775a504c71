#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "ravine/export.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/train/trial.hpp"

namespace ravine {

/// Throws Error where the optimizer of a canonical trial cannot work on its problem: it needs what
/// the problem does not offer, or the problem has more parameters than it takes. The message names
/// the optimizers that can, and problems that would do.
RAVINE_EXPORT void check_pair(const Trial& trial, const Problem& problem, const Catalogs& catalogs);

/// Looks at the schedules of trials before they run: of the learning rate, and of every field of
/// the optimizer (and of the optimizers in it) that follows one.
///
/// Up to kDense steps each is looked at, beyond them kDense steps at equal distances from the first
/// to the last; a value that is out of range only between these fails its trial at that step.
/// Remembers what it has seen.
class RAVINE_EXPORT ScheduleChecks {
 public:
  static constexpr std::int64_t kDense = 4096;

  /// Throws Error with the step, the value and the range that it leaves. A learning rate must be a
  /// number of the precision, 0 or above.
  void check(const Trial& trial, std::int64_t total_steps, const Catalogs& catalogs);

 private:
  struct Value {
    double value = 0;
    std::int64_t step = 0;
  };
  struct Range {
    Value least, most;
  };
  const Range& range_of(const std::string& schedule, std::int64_t total_steps,
                        const Catalogs& catalogs);
  void check_fields(const std::string& text, std::int64_t total_steps, const Catalogs& catalogs);

  std::map<std::pair<std::string, std::int64_t>, Range> ranges_;
};

}  // namespace ravine
