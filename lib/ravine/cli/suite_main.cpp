#include "ravine/cli/suite_main.hpp"

#include <algorithm>
#include <iterator>
#include <new>
#include <string>
#include <system_error>
#include <tuple>
#include <vector>

#include "ravine/cli/configuration.hpp"
#include "ravine/cli/help.hpp"
#include "ravine/cli/options.hpp"
#include "ravine/core/environment.hpp"
#include "ravine/core/instruction_set.hpp"
#include "ravine/core/messages.hpp"
#include "ravine/io/failures.hpp"
#include "ravine/plan/memory_need.hpp"
#include "ravine/plan/plan.hpp"
#include "ravine/plan/tuning.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/results/output_names.hpp"
#include "ravine/run/runner.hpp"
#include "ravine/run/stop.hpp"

namespace ravine {
namespace {

using Texts = std::vector<std::string>;

// What a list names twice is tried once.
template <class T>
void add_once(std::vector<T>& all, T value, const char* flag) {
  if (std::ranges::find(all, value) == all.end())
    all.push_back(std::move(value));
  else
    say("--{} names {} twice: it runs only once\n", flag, value);
}

// "a, b" and repeated flags are the same list.
Texts components(const Configuration& values, const char* flag) {
  Texts all;
  if (!values.has(flag)) return all;
  for (const std::string& text : values.texts(flag))
    for (std::string& piece : split_outside_parentheses(text, ','))
      add_once(all, std::move(piece), flag);
  if (all.empty()) fail("--{} is empty: leave it out or name a component", flag);
  return all;
}

template <class T, class Parse>
std::vector<T> numbers(const Configuration& values, const char* flag, Parse parse_list) {
  std::vector<T> all;
  for (const std::string& text : values.texts(flag))
    for (const T value : parse_list(text)) add_once(all, value, flag);
  return all;
}

// The values of a field of trials, each type and the fields with a little language of their own.
void read_field(const Configuration& values, std::string_view name, const FieldUse& use,
                Texts& list) {
  const std::string flag = flag_of(name, use);
  if (use.is_list())
    list = components(values, flag.c_str());
  else if (const auto text = values.text(flag))
    list = {*text};
}
void read_field(const Configuration& values, std::string_view name, const FieldUse& use,
                std::vector<double>& list) {
  list = numbers<double>(values, flag_of(name, use).c_str(), parse_learning_rates);
}
void read_field(const Configuration& values, std::string_view name, const FieldUse& use,
                std::vector<std::int64_t>& list) {
  const std::string flag = flag_of(name, use);
  if (name == "batch_size")
    list = numbers<std::int64_t>(values, flag.c_str(), parse_batch_sizes);
  else if (name == "seed" && values.has(flag))
    list = parse_seeds(*values.text(flag));
  else if (const auto number = values.whole(flag))
    list = {*number};
}
void read_field(const Configuration& values, std::string_view name, const FieldUse& use,
                std::vector<bool>& list) {
  const std::string flag = flag_of(name, use);
  if (values.has(flag)) list = {values.is_on(flag)};
}

int count(const Configuration& values, const char* flag, int otherwise, const char* rule) {
  const auto value = values.whole(flag);
  if (!value) return otherwise;
  check_range(fmt::format("--{}", flag), static_cast<double>(*value), rule);
  return static_cast<int>(*value);
}

std::string environment_variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

// Nothing unless --components is asked for; no names are all.
std::optional<Texts> components_asked(const Configuration& values) {
  if (!values.has("components")) return std::nullopt;
  Texts names;
  for (const std::string& text : values.texts("components"))
    for (std::string& name : split_outside_parentheses(text, ',')) names.push_back(std::move(name));
  const auto on = names.size() == 1 ? read_switch(names.front()) : std::nullopt;
  if (on && !*on) return std::nullopt;
  return on ? Texts() : names;
}

void read_tuning(const Configuration& values, SuiteOptions& options) {
  for (const char* flag : {"budget", "search", "stage", "from"})
    if (values.has(flag) && !values.has("tune"))
      fail("--{} needs a tuned run: add --tune random or --tune grid", flag);
  if (!values.has("tune")) return;
  options.tune = Search{parse_method(*values.text("tune"))};
  options.tune->budget = count(values, "budget", options.tune->budget, "[2, 100000]");
  for (const std::string& text : components(values, "search"))
    options.tune->ranges.push_back(parse_search_choice(text));
  if (values.has("stage")) options.stage = parse_stage(*values.text("stage"));
  if (values.has("from") && options.stage != Stage::kFinal)
    fail("--from names the result file of a search: use it with --stage final");
  if (values.has("shard") && options.stage == Stage::kBoth)
    fail(
        "--shard of a tuned run needs a stage: run --stage search, merge its shards, then run "
        "--stage final");
  options.from = values.text("from").value_or(stage_output(options.output, Stage::kSearch));
  options.output = stage_output(options.output, options.stage);
}

SuiteOptions read_options(const Configuration& values, const Suite& suite) {
  SuiteOptions options;
  if (const auto scale = values.text("scale")) options.scale = parse_scale(*scale);
  options.each([&](std::string_view name, auto& list, const char*, const char*,
                   const FieldUse& use) { read_field(values, name, use, list); });
  options.output = values.text("output").value_or("results/" + suite.name + ".h5");
  options.data_directory =
      values.text("data-dir").value_or(environment_variable("RAVINE_DATA_DIR"));
  options.threads = count(values, "threads", 1, "[1, 1024]");
  options.workers =
      count(values, "workers", std::max(1, available_cores() / options.threads), "[1, 1024]");
  if (values.has("time-limit"))
    options.time_limit_seconds = parse_duration(*values.text("time-limit"), "--time-limit");
  if (const auto memory = values.text("mem")) options.memory_bytes = parse_memory(*memory, "--mem");
  if (values.has("checkpoint-every"))
    options.checkpoint_every_seconds =
        parse_duration(*values.text("checkpoint-every"), "--checkpoint-every");
  read_tuning(values, options);
  if (values.has("shard")) {
    std::tie(options.shard, options.shards) = parse_shard(*values.text("shard"));
    options.output = shard_output(options.output, options.shard, options.shards);
  }
  check_output(options.output, suite.name);
  options.fresh = values.is_on("fresh");
  return options;
}

int run_command(int argc, const char* const* argv, const Suite& suite, StopRequest& stop) {
  const Configuration values(argc, argv);
  if (values.is_on("help")) {
    answer("ravine-{} [flags]\n\n{}\n{}\n{}", suite.name, suite.question, Configuration::help(),
           help_examples(suite));
    return 0;
  }
  if (const auto names = components_asked(values)) {
    answer("{}", help_components(suite.catalogs, *names));
    return 0;
  }
  if (values.is_on("version")) {
    answer("ravine {} ({}, build {})\n", version(), kPrecision, build_id());
    return 0;
  }
  const SuiteOptions options = read_options(values, suite);
  if (values.is_on("print-output")) {
    const bool asks = values.is_on("list") || values.is_on("dry-run");
    const bool part = values.has("stage") || values.has("shard");
    answer("{}\n{}{}{}{}{}\n", options.output, options.tune ? "tuned" : "plain",
           asks ? " asks" : "", part ? " part" : "", options.fresh ? " fresh" : "",
           values.has("output") ? "" : " default");
    return 0;
  }
  stop.limit(options.time_limit_seconds);
  const auto& optimizers = suite.catalogs.optimizers;
  const std::vector<Grid> own_grids = suite.grids(options.scale);
  std::vector<Grid> grids = apply(options, own_grids, optimizers);
  Planner planner(options.data_directory, suite.catalogs);
  const auto absent = leave_out_missing_data(grids, planner);
  check_plan_size(grids, options.tune ? std::optional(options.tune->budget) : std::nullopt);
  std::optional<Tuning> tuning;
  if (options.tune)
    tuning.emplace(grids, options.learning_rate, *options.tune, planner, suite.catalogs);
  auto plan = !tuning                          ? make_plan(grids, planner)
              : options.stage == Stage::kFinal ? tuning->final_from(options.from, suite.name)
                                               : tuning->search();
  if (!values.is_on("list"))
    check_memory(options.shards > 1 ? shard_of(plan, options.shard, options.shards) : plan,
                 options.workers, options.memory_bytes, suite.catalogs, suite.checks_bytes,
                 {options.threads});
  for (const std::string& problem : absent)  // not before misuse is ruled out
    say("ravine-{}: skipping {}: not found in --data-dir\n", suite.name, problem);
  for (const std::string& line : planner.understood()) say("ravine-{}: {}\n", suite.name, line);
  if (!options.tune)
    for (const std::string& optimizer : without_own_rates(options, own_grids, optimizers))
      say("ravine-{}: {} does not declare learning rates and runs at some from 1e-4 to 1: choose "
          "others with --learning-rate\n",
          suite.name, optimizer);
  if (values.is_on("list") || values.is_on("dry-run")) {
    if (tuning && options.stage == Stage::kBoth && !values.is_on("list")) {
      std::ranges::move(tuning->largest_final_stage(), std::back_inserter(plan));
      answer(
          "search and final stage, counted as if every search found a better setting than the "
          "default:\n");
    }
    if (options.shards > 1) plan = shard_of(plan, options.shard, options.shards);
    return values.is_on("list") ? list_plan(plan) : estimate_plan(plan, options, suite);
  }
  if (tuning && options.stage == Stage::kBoth) return run_tuned(*tuning, options, suite, stop);
  return run_plan(std::move(plan), options, suite, stop);
}

}  // namespace

int suite_main(int argc, const char* const* argv, const Suite& suite) {
  hold_standard_streams();
  if (!can_start()) return 75;
  try {
    obey_ravine_isa(argv);
    StopRequest stop;
    Suite connected = suite;
    connected.catalogs.connect();
    const int code = run_command(argc, argv, connected, stop);
    flush_answers();
    return code;
  } catch (const IoError& error) {
    say("ravine-{}: {}\n", suite.name, error.what());
    return 75;
  } catch (const std::bad_alloc& error) {
    say("ravine-{}: {}, use fewer --workers or smaller data; --dry-run estimates what a plan "
        "needs\n",
        suite.name, shortage(error));
    return 2;
  } catch (const std::system_error& error) {
    const bool threads = error.code() == std::errc::resource_unavailable_try_again;
    say("ravine-{}: {}{}\n", suite.name, shortage(error),
        threads ? ", or use fewer --workers or --threads" : "");
    return 2;
  } catch (const std::exception& error) {
    say("ravine-{}: {}\n", suite.name, error.what());
    return 2;
  }
}

}  // namespace ravine
