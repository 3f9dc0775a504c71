#include "finished_trial.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>

#include "ravine/core/error.hpp"
#include "ravine/io/files.hpp"
#include "ravine/run/scheduler.hpp"

namespace ravine::kernels {

PlannedTrial standard_trial(const std::string& problem) {
  Grid grid;
  grid.problem = {problem};
  grid.optimizers = {{"adam", {1e-3}}};
  grid.seed = {0};
  grid.averaging = {"ema(decay=0.99)"};
  grid.epochs = {10};
  return make_plan({grid}, "", Catalogs()).front();
}

TrialRecord run_to_end(const PlannedTrial& planned, const Catalogs& catalogs) {
  TrialRecord record;
  Progress progress;
  run_trial(planned, catalogs, {}, std::atomic<bool>(false), progress, record);
  if (progress.failed > 0) fail("a trial failed: {}", text_cell(record, "message"));
  return record;
}

TemporaryFolder::TemporaryFolder() {
  static std::atomic<int> count = 0;
  path_ = std::filesystem::temp_directory_path() /
          fmt::format("ravine-kernels-{}-{}", getpid(), count++);
  create_folders(path_);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace ravine::kernels
