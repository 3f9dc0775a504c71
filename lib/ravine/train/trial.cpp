#include "ravine/train/trial.hpp"

#include <fmt/ranges.h>

#include <utility>
#include <vector>

#include "ravine/core/digest.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/train/observation.hpp"
#include "ravine/train/recording.hpp"

namespace ravine {
namespace {

// Rises whenever networks with batch normalization give other numbers than before.
constexpr int kBatchNormVersion = 2;

template <class Product>
std::string canonical_list(const std::string& texts, const Catalog<Product>& catalog) {
  if (texts == "none") return texts;
  std::vector<std::string> names;
  for (const std::string& text : split_outside_parentheses(texts, ','))
    names.push_back(catalog.canonical(text));
  if (names.empty()) fail("averaging is empty: write none or a list such as polyak, ema");
  return fmt::format("{}", fmt::join(names, ", "));
}

void add_versions(std::vector<std::string>& versions, const std::string& text,
                  const AnyCatalog& catalog) {
  for (std::string& version : catalog.versions(text)) versions.push_back(std::move(version));
}

}  // namespace

Trial canonical(Trial trial, const Catalogs& catalogs) {
  trial.problem = catalogs.problems.canonical(trial.problem);
  trial.initializer = catalogs.initializers.canonical(trial.initializer);
  trial.optimizer = catalogs.optimizers.canonical(trial.optimizer);
  trial.schedule = catalogs.schedules.canonical(trial.schedule);
  trial.averaging = canonical_list(trial.averaging, catalogs.averagings);
  trial.observe = canonical_observation(trial.observe);
  trial.record = canonical_recording(trial.record);
  trial.divergence = canonical_divergence(trial.divergence);
  if (trial.target != "none") trial.target = Target::parse(trial.target).text();
  if ((trial.epochs > 0) == (trial.steps > 0))
    fail("the budget is {} epochs and {} steps: give one of the two", trial.epochs, trial.steps);
  // Every field is checked by its own rule, whichever way the trial was made.
  Trial checked;
  read_fields(Component{"trial", write_fields(trial)}, checked);
  return checked;
}

BatchSampler::Options sampling(const Trial& trial, const Problem& problem) {
  return {.batch_size = static_cast<std::size_t>(trial.batch_size),
          .shuffle = trial.shuffle,
          .keep_last = trial.keep_last,
          .least = problem.least_batch()};
}

std::string trial_spec(const Trial& trial, std::string_view data_digest, const Catalogs& catalogs) {
  std::string text = fmt::format("precision = {}\n", kPrecision);
  for (const auto& [key, value] : write_fields(trial))
    if (key != "record" || value != "none") text += fmt::format("{} = {}\n", key, value);
  std::vector<std::string> versions;
  add_versions(versions, trial.problem, catalogs.problems);
  add_versions(versions, trial.initializer, catalogs.initializers);
  add_versions(versions, trial.optimizer, catalogs.optimizers);
  add_versions(versions, trial.schedule, catalogs.schedules);
  if (trial.batch_norm != "off")
    versions.push_back(fmt::format("batch norm {}", kBatchNormVersion));
  if (trial.averaging != "none")
    for (const std::string& average : split_outside_parentheses(trial.averaging, ','))
      add_versions(versions, average, catalogs.averagings);
  return text + fmt::format("data = {}\nversions = {}\n",
                            data_digest.empty() ? "none" : data_digest, fmt::join(versions, ", "));
}

Trial parse_spec(std::string_view spec) {
  Component component{"trial", {}};
  while (!spec.empty()) {
    const auto end = spec.find('\n');
    const std::string_view line = spec.substr(0, end);
    spec = end == std::string_view::npos ? std::string_view() : spec.substr(end + 1);
    const auto equals = line.find(" = ");
    if (equals == std::string_view::npos)
      fail("'{}' is not a line of a trial: write key = value", line);
    const std::string_view key = line.substr(0, equals);
    if (key == "precision" || key == "data" || key == "versions") continue;
    component.arguments.emplace_back(key, line.substr(equals + 3));
  }
  Trial trial;
  read_fields(component, trial);
  return trial;
}

std::string trial_id(std::string_view spec) { return sha256_hex(spec).substr(0, 16); }

}  // namespace ravine
