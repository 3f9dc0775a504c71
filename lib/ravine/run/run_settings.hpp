#pragma once

#include <string>

namespace ravine {

/// Where and how a plan runs: nothing here changes a bit of a result.
struct RunSettings {
  std::string output, data_directory;
  int workers = 0, threads = 1;  // workers 0: one per available core
  double time_limit_seconds = 0, checkpoint_every_seconds = 60;
  int shard = 0, shards = 1;  // this process runs part `shard` of `shards`
  bool fresh = false;
  double memory_bytes = 0;  // that --mem grants; 0: what machine, control group and Slurm leave
};

}  // namespace ravine
