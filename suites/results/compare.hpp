#pragma once

#include <string>
#include <vector>

#include "ravine/results/record.hpp"

/// Which trials of two files belong together.
enum class Match {
  kId,        // those of one id: every cell and column but timing is compared
  kPosition,  // in the order of the plans: names may have changed, so curves, tables and outcomes
              // are
};

/// What messages call the two sides of a comparison.
struct Sides {
  const char *a = "A", *b = "B";
};

/// Where two records of a trial differ bitwise, timings apart: a line for each cell and column.
std::vector<std::string> differences(const ravine::TrialRecord& a, const ravine::TrialRecord& b,
                                     Match match, const Sides& sides = {});

/// Prints what differs bitwise between the trials of two plans: one line for each column, and for
/// each trial that only one of the files has. Returns the number of trials that differ. Throws
/// Error for files that cannot be read and, by position, for plans of different lengths.
std::size_t compare_files(const std::string& a, const std::string& b, Match match);
