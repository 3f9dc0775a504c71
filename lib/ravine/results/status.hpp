#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ravine/export.hpp"
#include "ravine/results/merge.hpp"
#include "ravine/results/plan_file.hpp"

/// What can be told of a run from outside, while it works: nothing here takes a lock of it, or
/// changes one of its files.
namespace ravine {

/// Who holds the lock of an output and has given a sign of life; texts are "?" where unknown.
struct RunHolder {
  std::string host, pid, job;
  double elapsed_seconds = 0;  // since it started
  double silent_seconds = 0;   // since its last heartbeat
};

/// One output now. Its trials are those of the latest plan in its file and all of its spool.
struct OutputStatus {
  std::filesystem::path output;
  std::string suite;  // "" before it has begun
  std::string state;  // "done", "running", "stopped" or "waiting"
  std::optional<std::size_t> planned;
  std::size_t finished = 0, diverged = 0, failed = 0;
  std::optional<double> seconds_left;  // the estimate of the program that runs
  std::optional<RunHolder> holder;
  std::size_t attempts = 0;          // processes that have worked on it since it was last packed
  std::vector<std::string> damaged;  // one sentence on each file that does not count
  std::vector<OutputStatus> shards;  // those that lie beside it
  std::vector<PlanLine> missing;     // of its plan file: what neither it nor a shard has finished
};

/// Looks at an output, its shards and its plan. Files that vanish meanwhile are not damaged.
RAVINE_EXPORT OutputStatus status_of(const std::filesystem::path& output);

/// Packs what an output and its shards have finished so far into another file, as merge_results
/// does. Throws IoError if nothing is finished yet, and Error if `into` is one of its own files.
RAVINE_EXPORT MergeReport pack_so_far(const std::filesystem::path& into,
                                      const std::filesystem::path& output);

}  // namespace ravine
