#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ravine/core/trial_fields.hpp"
#include "ravine/export.hpp"
#include "ravine/plan/choices.hpp"
#include "ravine/plan/search_space.hpp"
#include "ravine/run/run_settings.hpp"

namespace ravine {

/// What a tuned run does now: the two stages one after the other, or one of them.
enum class Stage { kBoth, kSearch, kFinal };

/// What a user asked of a suite on the command line or in a config file.
struct SuiteOptions : TrialLists, RunSettings {
  Scale scale = Scale::kStandard;
  std::optional<Search> tune;  // with its stage, and the file of the search for the final one
  Stage stage = Stage::kBoth;
  std::string from;
};

/// "batch-size" of batch_size: the flag, without its dashes, that sets a field of trials.
RAVINE_EXPORT std::string flag_of(std::string_view field, const FieldUse& use);

// The little languages of the list flags; each throws Error with an example of what is meant.

/// "0.1, 0.01" or "log(1e-4, 1, 9)".
RAVINE_EXPORT std::vector<double> parse_learning_rates(std::string_view text);
/// "3" is 0, 1, 2; "5:8" is 5, 6, 7.
RAVINE_EXPORT std::vector<std::int64_t> parse_seeds(std::string_view text);
/// "32, 128" or "full" (0).
RAVINE_EXPORT std::vector<std::int64_t> parse_batch_sizes(std::string_view text);
/// "0/4": part 0 of 4.
RAVINE_EXPORT std::pair<int, int> parse_shard(std::string_view text);
/// "results/x.h5" of the stage search is "results/x.search.h5".
RAVINE_EXPORT std::string stage_output(const std::string& output, Stage stage);
RAVINE_EXPORT Search::Method parse_method(std::string_view text);
RAVINE_EXPORT Stage parse_stage(std::string_view text);
RAVINE_EXPORT Scale parse_scale(std::string_view text);
/// "true", "yes", "on" and "1", or their opposites; nothing for anything else.
RAVINE_EXPORT std::optional<bool> read_switch(std::string_view text);
RAVINE_EXPORT bool parse_switch(std::string_view text, std::string_view flag);
/// "90", "100ms", "15m", "2h" in seconds.
RAVINE_EXPORT double parse_duration(std::string_view text, std::string_view flag);

}  // namespace ravine
