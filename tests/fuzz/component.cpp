#include "ravine/core/component.hpp"

#include <string>
#include <string_view>

#include "fuzz/targets.hpp"
#include "ravine/cli/options.hpp"
#include "ravine/data/file_catalog.hpp"
#include "ravine/io/gzip.hpp"
#include "ravine/plan/search_space.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/train/catalogs.hpp"
#include "ravine/train/observation.hpp"
#include "ravine/train/recording.hpp"
#include "ravine/train/trial.hpp"

namespace ravine::fuzz {
namespace {

void check_component(std::string_view text) {
  const Component parsed = Component::parse(text);
  require(Component::parse(parsed.text()).text() == parsed.text(), "its text reads back as itself");
}

template <class Product>
void check_catalog(const Catalog<Product>& catalog, std::string_view text) {
  const std::string canonical = catalog.canonical(text);
  require(catalog.canonical(canonical) == canonical, "a canonical text is its own canonical text");
  catalog.make(canonical);
}

void check_problem(std::string_view text) {
  static const Catalog<ProblemRecipe> problems = problem_catalog();
  const std::string canonical = problems.canonical(text);
  require(problems.canonical(canonical) == canonical, "so is that of a problem");
  problems.versions(canonical);
}

void check_trial(std::string_view text) {
  static const Catalogs catalogs;
  const Trial trial = canonical(parse_spec(text), catalogs);
  const std::string spec = trial_spec(trial, "", catalogs);
  require(trial_spec(canonical(parse_spec(spec), catalogs), "", catalogs) == spec,
          "a spec fixes its trial");
}

void check_flags(std::string_view text) {
  const auto quietly = [](auto&& parse) {
    try {
      parse();
    } catch (const Error&) {  // the next parser gets its turn
    }
  };
  quietly([&] { parse_learning_rates(text); });
  quietly([&] { parse_seeds(text.substr(0, 8)); });  // a million seeds take their time
  quietly([&] { parse_batch_sizes(text); });
  quietly([&] { parse_shard(text); });
  quietly([&] { parse_duration(text, "--time-limit"); });
  quietly([&] { canonical_observation(text); });
  quietly([&] { canonical_recording(text); });
  quietly([&] { ravine::Target::parse(text); });
  quietly([&] { SearchRange::parse(text); });
}

}  // namespace

// The first byte chooses a parser, the rest is the text that a user might have written.
void component(Input input) {
  if (input.empty()) return;
  const std::string_view text = as_text(input.subspan(1));
  switch (input[0] % 9) {
    case 0:
      return check_component(text);
    case 1:
      return check_catalog(optimizer_catalog(), text);
    case 2:
      return check_catalog(schedule_catalog(), text);
    case 3:
      return check_catalog(initializer_catalog(), text);
    case 4:
      return check_catalog(averaging_catalog(), text);
    case 5:
      return check_problem(text);
    case 6:
      return check_trial(text);
    case 7:
      return check_flags(text);
    default:
      parse_file_catalog(text);
  }
}

}  // namespace ravine::fuzz
