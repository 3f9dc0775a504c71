#pragma once

#include <filesystem>
#include <memory>

#include "ravine/plan/plan.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/results/record.hpp"

namespace ravine::kernels {

/// A trial of the standard suite of ravine-optimizers: Adam on a problem for ten epochs, with an
/// average beside it.
PlannedTrial standard_trial(const std::string& problem);

/// Runs a planned trial on this thread, without checkpoints. Throws Error if it fails.
TrialRecord run_to_end(const PlannedTrial& planned, const Catalogs& catalogs);

/// A folder that lives as long as this object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace ravine::kernels
