#pragma once

#include "ravine/export.hpp"
#include "ravine/plan/suite.hpp"

namespace ravine {

/// The whole command line of a suite program: reads flags, plans, runs, packs, reports progress.
/// Returns the exit code: 0 done; 1 some trials failed; 2 misuse, found before any trial runs;
/// 75 stopped and resumable.
RAVINE_EXPORT int suite_main(int argc, const char* const* argv, const Suite& suite);

}  // namespace ravine
