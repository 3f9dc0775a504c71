#pragma once

#include <string>

/// Which trials of two files belong together.
enum class Match {
  kId,        // those of one id: every cell and column but timing is compared
  kPosition,  // in the order of the plans: names may have changed, so curves, tables and outcomes
              // are
};

/// Prints what differs bitwise between the trials of two plans: one line for each column, and for
/// each trial that only one of the files has. Returns the number of trials that differ. Throws
/// Error for files that cannot be read and, by position, for plans of different lengths.
std::size_t compare_files(const std::string& a, const std::string& b, Match match);
