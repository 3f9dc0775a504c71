#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>

#include "ravine/export.hpp"
#include "ravine/run/scheduler.hpp"

namespace ravine {

/// Shows on standard error how a run comes along: on a terminal one bar that is redrawn, otherwise
/// a line every 30 s. Stops when destroyed.
class RAVINE_EXPORT ProgressDisplay {
 public:
  ProgressDisplay(const Progress& progress, std::size_t trials, double gigaflops);
  ~ProgressDisplay();

 private:
  std::string line(double elapsed_seconds, bool bar) const;
  void show();

  const Progress& progress_;
  const std::size_t trials_;
  const double gigaflops_;
  const bool terminal_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;
  std::thread thread_;
};

/// "2 min 05 s", "3 h 20 min".
RAVINE_EXPORT std::string format_duration(double seconds);

}  // namespace ravine
