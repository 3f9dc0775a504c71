#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "ravine/export.hpp"

namespace ravine {

/// What merge_results did.
struct MergeReport {
  std::string suite, digest;
  std::size_t trials = 0, in_plan = 0;
  std::size_t repeated = 0;           // found in several inputs, with the same bits
  std::vector<std::string> warnings;  // damaged files that do not count
};

/// Joins packed files and spool folders into one packed file, in the order of the inputs; the
/// inputs stay as they are, and may still be growing. A trial is in the plan if one input says so;
/// those of a spool are. Values of the environment that differ are listed, joined by " | ".
///
/// `suite` is needed if all inputs are spools, which do not know theirs; "" otherwise. Throws Error
/// for damaged packed files, different suites, one trial or check with different bits in two inputs
/// (naming both), and an existing output with trials that no input has. Equal checks are kept once.
RAVINE_EXPORT MergeReport merge_results(const std::filesystem::path& output,
                                        const std::vector<std::filesystem::path>& inputs,
                                        const std::string& suite = "");

}  // namespace ravine
