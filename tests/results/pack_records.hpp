#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ravine/results/result_file.hpp"

namespace ravine {

/// Packs finished trials into a file of "suite"; returns its digest.
inline std::string pack_records(const std::filesystem::path& path,
                                const std::vector<TrialRecord>& records) {
  ResultsWriter writer(path, "suite", {{"host", "here"}, {"flags", "-O3"}});
  for (const TrialRecord& record : records) writer.append(record);
  return writer.finish();
}

}  // namespace ravine
