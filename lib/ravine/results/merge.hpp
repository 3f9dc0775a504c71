#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "ravine/core/error.hpp"
#include "ravine/export.hpp"
#include "ravine/results/plan_file.hpp"

namespace ravine {

/// No input holds a trial.
class RAVINE_EXPORT NothingToMerge : public Error {
 public:
  using Error::Error;
};

/// What merge_results did.
struct MergeReport {
  std::string suite, digest;
  std::size_t trials = 0, in_plan = 0;
  std::size_t repeated = 0;           // found in several inputs, with the same bits
  std::size_t failed = 0;             // trials of the plan that a rerun will try again
  std::size_t planned = 0;            // trials of the plan file, 0 without one
  std::vector<PlanLine> missing;      // those of them that no input has
  std::vector<std::string> warnings;  // damaged files that do not count
};

/// Joins packed files and spool folders into one packed file; the inputs stay as they are, and may
/// still be growing, but for the output and its spool, whose lock is taken. Values of the
/// environment that differ are listed, joined by " | ".
///
/// With the plan file of the shards (plan_file.hpp, found beside the inputs) the result is what
/// one machine would have written: in the order of the plan, trials outside of it marked. Plans of
/// several inputs, such as those of a search and of its final stage, follow one another. Without
/// one trials come in the order of the inputs, and are in the plan if one input says so; those of a
/// spool are.
///
/// `suite` is needed if all inputs are spools of ravine 0.1, which do not name theirs; ""
/// otherwise. Throws NothingToMerge, and Error for damaged packed files, different suites, one
/// trial or check with different bits in two inputs (naming both), and an existing output with
/// trials that no input has; IoError if the output is in use. Equal checks are kept once.
RAVINE_EXPORT MergeReport merge_results(const std::filesystem::path& output,
                                        const std::vector<std::filesystem::path>& inputs,
                                        const std::string& suite = "");

}  // namespace ravine
