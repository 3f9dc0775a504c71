#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "ravine/export.hpp"

namespace ravine {

/// The kind that the seal of a plan file names.
inline constexpr std::string_view kPlanFile = "ravine-plan";

/// One trial of a plan as its shards write it down: what merging needs to know of the whole.
struct PlanLine {
  std::string id;
  double gigaflops = 0;  // estimated work
  std::string text;      // what --list prints behind the id
};

/// The plan of a result file, "results/x.plan" for "results/x.h5" and for any of its shards.
RAVINE_EXPORT std::filesystem::path plan_path(const std::filesystem::path& output);

/// Stores the whole plan durably, unless it is there already: a seal, then a line
/// "<id>\t<gigaflops>\t<text>" for each trial, in the order of the plan. All shards of a plan write
/// the same file; the label of its seal is the suite. Throws Error, and leaves it alone, if what is
/// there belongs to another suite, is a link or is nothing of ravine's.
RAVINE_EXPORT void write_plan(const std::filesystem::path& path, const std::vector<PlanLine>& plan,
                              const std::string& suite);

/// Throws Error if the file is damaged or no plan.
RAVINE_EXPORT std::vector<PlanLine> read_plan(const std::filesystem::path& path);

}  // namespace ravine
