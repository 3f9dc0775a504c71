#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "ravine/export.hpp"
#include "ravine/run/scheduler.hpp"

namespace ravine {

/// The processor time of a trial beside its products, in which it is prepared, stored and packed
/// (measured with 5000 trials of one step: 2.8 ms).
inline constexpr double kTrialSeconds = 3e-3;

/// Whether standard error is a terminal that redraws lines; a dumb one does not.
RAVINE_EXPORT bool redraws_lines();

/// Columns of that terminal, as of now; 80 if it does not say.
RAVINE_EXPORT int terminal_columns();

/// "[bar] 12 %  3/25 trials, 2 running  1 min 05 s, about 8 min 10 s left", cut to so many columns.
/// It reaches 100 % with the last trial, whatever the estimate of the work was.
RAVINE_EXPORT std::string progress_line(const Progress& progress, std::size_t trials,
                                        double gigaflops, double elapsed_seconds, int columns);
/// The same without a bar, uncut, for a log.
RAVINE_EXPORT std::string progress_report(const Progress& progress, std::size_t trials,
                                          double gigaflops, double elapsed_seconds);

/// Shows on standard error how a run comes along: on a terminal one line that is redrawn, otherwise
/// a line every 30 s. Stops when destroyed.
class RAVINE_EXPORT ProgressDisplay {
 public:
  /// Hears, now and every 30 s, how many seconds are left; nothing until that can be estimated.
  using Note = std::function<void(std::optional<double>)>;

  ProgressDisplay(const Progress& progress, std::size_t trials, double gigaflops, Note note = {});
  ~ProgressDisplay();

 private:
  void show();

  const Progress& progress_;
  const std::size_t trials_;
  const double gigaflops_;
  const bool terminal_;
  const Note note_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;
  std::thread thread_;
};

/// Seconds that are left; nothing before a hundredth of the work is done, and after all of it.
RAVINE_EXPORT std::optional<double> seconds_left(const Progress& progress, std::size_t trials,
                                                 double gigaflops, double elapsed_seconds);

/// "2 min 05 s", "3 h 20 min".
RAVINE_EXPORT std::string format_duration(double seconds);

}  // namespace ravine
