#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <fstream>
#include <iterator>
#include <string>
#include <tuple>
#include <vector>

#include "ravine/core/environment.hpp"
#include "ravine/data/dataset.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/run/help.hpp"
#include "ravine/run/options.hpp"
#include "ravine/run/plan.hpp"
#include "ravine/run/runner.hpp"
#include "ravine/run/suite.hpp"
#include "ravine/run/tuning.hpp"

namespace ravine {
namespace {

namespace po = boost::program_options;
using Texts = std::vector<std::string>;

po::options_description factor_flags() {
  po::options_description flags(
      "What is tried (each flag may be repeated and replaces the suite's list)");
  auto add = flags.add_options();
  add("problem", po::value<Texts>(),
      "data + model + loss, such as mnist_mlp or \"mlp(data=mnist, hidden=100x3)\"");
  add("optimizer", po::value<Texts>(), "update rule, such as adam or \"momentum(alpha=0.95)\"");
  add("learning-rate", po::value<Texts>(), "0.1,0.01 or log(1e-4,1,9)");
  add("schedule", po::value<Texts>(),
      "course of the learning rate, such as \"linear(final=0.01)\"");
  add("init", po::value<Texts>(), "initial weights, such as he or \"orthogonal(gain=1.1)\"");
  add("batch-norm", po::value<Texts>(), "off, hidden or input+hidden");
  add("batch-size", po::value<Texts>(),
      "examples per update: 32,128 or full (default: the suite's, or else the problem's own)");
  add("averaging", po::value<std::string>(),
      "averages measured beside the raw iterate: none, or \"polyak, ema(decay=0.99)\"");
  add("seeds", po::value<std::string>(), "how many (3 is 0, 1, 2) or which (5:8 is 5, 6, 7)");
  add("epochs", po::value<std::int64_t>(), "budget in passes over the training examples, or");
  add("steps", po::value<std::int64_t>(), "budget in updates");
  add("shuffle", po::value<std::string>(),
      "per_epoch, fixed or iid (default: the suite's, or else the problem's own)");
  add("keep-last", po::value<bool>(),
      "true or false: whether the shorter last batch of an epoch is used (default: likewise)");
  add("observe", po::value<std::string>(), "when curves are measured: log or \"even(count=50)\"");
  add("record", po::value<std::string>(),
      "beside the curve: none, diagnostics (statistics per layer), trajectories (small problems), "
      "landscapes (the objective around the path)");
  add("target", po::value<std::string>(), "stop at a metric, such as \"test_accuracy>=0.97\"");
  return flags;
}

po::options_description tuning_flags() {
  po::options_description flags(
      "Tuning: every optimizer over its own search space, selected on validation with a seed of "
      "its "
      "own, its winner rerun on the seeds");
  auto add = flags.add_options();
  add("tune", po::value<std::string>(), "grid or random; --components prints the search spaces");
  add("budget", po::value<int>(), "settings per optimizer, its default among them (default: 20)");
  add("stage", po::value<std::string>(),
      "search (into SUITE.search.h5) or final (into SUITE.final.h5); without it one after the "
      "other into one file");
  add("from", po::value<std::string>(),
      "the file of the search, for the final stage (default: SUITE.search.h5)");
  return flags;
}

po::options_description run_flags() {
  po::options_description flags("How it runs");
  auto add = flags.add_options();
  add("scale", po::value<std::string>(), "quick (seconds), standard (about two minutes) or paper");
  add("output", po::value<std::string>(), "result file (default: results/SUITE.h5)");
  add("data-dir", po::value<std::string>(),
      "folder of downloaded data sets (default: $RAVINE_DATA_DIR)");
  add("workers", po::value<int>(), "trials at the same time (default: one per core)");
  add("threads", po::value<int>(),
      "threads within one trial (default: 1); no result depends on either");
  add("shard", po::value<std::string>(),
      "run part i of n, such as 0/4, into SUITE.shard-0-of-4.h5; ravine-results merge joins them");
  add("time-limit", po::value<std::string>(), "stop resumably after 90s, 15m or 2h");
  add("checkpoint-every", po::value<std::string>(),
      "how often a long trial is stored on the way (default: 60s)");
  add("fresh", "compute everything anew, whatever is stored");
  add("config", po::value<std::string>(), "read flags from an INI file: one flag = value per line");
  add("list", "print the trials and stop");
  add("dry-run", "print what would run, its work, memory and time, and stop");
  add("help", "print this text");
  add("components", "print every problem, optimizer, schedule, ... with its parameters");
  add("version", "print version and build");
  return flags;
}

std::vector<std::string> flag_names(const po::options_description& flags) {
  std::vector<std::string> names;
  for (const auto& flag : flags.options()) names.push_back("--" + flag->long_name());
  return names;
}

[[noreturn]] void refuse_unknown(std::string flag, const po::options_description& flags) {
  if (flag.rfind("--", 0) != 0) flag = "--" + flag;
  fail("unknown flag '{}'{}: --help lists all flags", flag, did_you_mean(flag, flag_names(flags)));
}

po::variables_map parse(int argc, const char* const* argv, const po::options_description& flags) {
  namespace style = po::command_line_style;
  po::variables_map values;
  try {
    po::store(po::command_line_parser(argc, argv)
                  .options(flags)
                  .positional({})
                  .style(style::unix_style & ~style::allow_guessing & ~style::allow_short)
                  .run(),
              values);
    if (values.count("config")) {
      const auto path = values["config"].as<std::string>();
      std::ifstream file(path);
      if (!file) fail("cannot read the config file '{}': check the path given to --config", path);
      po::store(po::parse_config_file(file, flags), values);
    }
  } catch (const po::unknown_option& error) {
    refuse_unknown(error.get_option_name(), flags);
  } catch (const po::too_many_positional_options_error&) {
    fail("only flags are understood, no bare words: --help lists all flags");
  } catch (const po::error& error) {
    fail("{}: --help lists all flags", error.what());
  }
  return values;
}

// "a, b" and repeated flags are the same list.
Texts components(const po::variables_map& values, const char* flag) {
  Texts all;
  if (!values.count(flag)) return all;
  for (const std::string& text : values[flag].as<Texts>())
    for (std::string& piece : split_outside_parentheses(text, ',')) all.push_back(std::move(piece));
  if (all.empty()) fail("--{} is empty: leave it out or name a component", flag);
  return all;
}

template <class T, class Parse>
std::vector<T> numbers(const po::variables_map& values, const char* flag, Parse parse_list) {
  std::vector<T> all;
  if (!values.count(flag)) return all;
  for (const std::string& text : values[flag].as<Texts>())
    for (const T value : parse_list(text)) all.push_back(value);
  return all;
}

template <class T>
std::optional<T> optional(const po::variables_map& values, const char* flag) {
  if (!values.count(flag)) return std::nullopt;
  return values[flag].as<T>();
}

int positive(const po::variables_map& values, const char* flag, int otherwise) {
  if (!values.count(flag)) return otherwise;
  const int value = values[flag].as<int>();
  check_range(fmt::format("--{}", flag), value, "[1, 1024]");
  return value;
}

std::string environment_variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

void read_tuning(const po::variables_map& values, SuiteOptions& options) {
  for (const char* flag : {"budget", "stage", "from"})
    if (values.count(flag) && !values.count("tune"))
      fail("--{} belongs to a tuned run: add --tune random or --tune grid", flag);
  if (!values.count("tune")) return;
  options.tune = Search{parse_method(values["tune"].as<std::string>())};
  if (values.count("budget")) options.tune->budget = values["budget"].as<int>();
  check_range("--budget", options.tune->budget, "[2, 100000]");
  if (values.count("stage")) options.stage = parse_stage(values["stage"].as<std::string>());
  if (values.count("from") && options.stage != Stage::kFinal)
    fail("--from names the file of a search: it belongs to --stage final");
  if (values.count("shard") && options.stage == Stage::kBoth)
    fail(
        "--shard of a tuned run needs its stage: --stage search, then --stage final once the "
        "shards of the search are merged");
  options.from =
      optional<std::string>(values, "from").value_or(stage_output(options.output, Stage::kSearch));
  options.output = stage_output(options.output, options.stage);
}

SuiteOptions read_options(const po::variables_map& values, const Suite& suite) {
  SuiteOptions options;
  if (const auto scale = optional<std::string>(values, "scale"))
    options.scale = parse_scale(*scale);
  options.problems = components(values, "problem");
  options.optimizers = components(values, "optimizer");
  options.schedules = components(values, "schedule");
  options.initializers = components(values, "init");
  options.batch_norms = components(values, "batch-norm");
  options.averaging = optional<std::string>(values, "averaging");
  options.shuffle = optional<std::string>(values, "shuffle");
  options.keep_last = optional<bool>(values, "keep-last");
  options.observe = optional<std::string>(values, "observe");
  options.target = optional<std::string>(values, "target");
  options.record = optional<std::string>(values, "record");
  options.learning_rates = numbers<double>(values, "learning-rate", parse_learning_rates);
  options.batch_sizes = numbers<std::int64_t>(values, "batch-size", parse_batch_sizes);
  if (values.count("seeds")) options.seeds = parse_seeds(values["seeds"].as<std::string>());
  options.epochs = optional<std::int64_t>(values, "epochs");
  options.steps = optional<std::int64_t>(values, "steps");
  options.output =
      optional<std::string>(values, "output").value_or("results/" + suite.name + ".h5");
  options.data_directory =
      optional<std::string>(values, "data-dir").value_or(environment_variable("RAVINE_DATA_DIR"));
  options.threads = positive(values, "threads", 1);
  options.workers = positive(values, "workers", std::max(1, available_cores() / options.threads));
  if (values.count("time-limit"))
    options.time_limit_seconds =
        parse_duration(values["time-limit"].as<std::string>(), "--time-limit");
  if (values.count("checkpoint-every"))
    options.checkpoint_every_seconds =
        parse_duration(values["checkpoint-every"].as<std::string>(), "--checkpoint-every");
  read_tuning(values, options);
  if (values.count("shard")) {
    std::tie(options.shard, options.shards) = parse_shard(values["shard"].as<std::string>());
    options.output = shard_output(options.output, options.shard, options.shards);
  }
  options.fresh = values.count("fresh") > 0;
  return options;
}

int run_command(int argc, const char* const* argv, const Suite& suite) {
  po::options_description flags;
  flags.add(factor_flags()).add(tuning_flags()).add(run_flags());
  const po::variables_map values = parse(argc, argv, flags);
  if (values.count("help")) {
    fmt::print("ravine-{} [flags]\n\n{}\n{}\n{}", suite.name, suite.question, fmt::streamed(flags),
               help_examples(suite));
    return 0;
  }
  if (values.count("components")) {
    fmt::print("{}", help_components(suite.catalogs));
    return 0;
  }
  if (values.count("version")) {
    fmt::print("ravine {} ({}, build {})\n", version(), kPrecision, build_id());
    return 0;
  }
  const SuiteOptions options = read_options(values, suite);
  std::vector<Grid> grids = apply(options, suite.grids(options.scale));
  Planner planner(options.data_directory, suite.catalogs);
  const auto absent = leave_out_missing_data(grids, planner);
  std::optional<Tuning> tuning;
  if (options.tune)
    tuning.emplace(grids, options.learning_rates, *options.tune, planner, suite.catalogs);
  auto plan = !tuning                          ? make_plan(grids, planner)
              : options.stage == Stage::kFinal ? tuning->final_from(options.from, suite.name)
                                               : tuning->search();
  for (const std::string& problem : absent)  // not before misuse is ruled out
    fmt::print(stderr, "ravine-{}: without {}: --data-dir has no files of it\n", suite.name,
               problem);
  for (const std::string& line : planner.understood())
    fmt::print(stderr, "ravine-{}: {}\n", suite.name, line);
  if (values.count("list") || values.count("dry-run")) {
    if (tuning && options.stage == Stage::kBoth && !values.count("list")) {
      std::ranges::move(tuning->largest_final_stage(), std::back_inserter(plan));
      fmt::print("search and final stage, as if no default were the best:\n");
    }
    if (options.shards > 1) plan = shard_of(plan, options.shard, options.shards);
    return values.count("list") ? list_plan(plan) : estimate_plan(plan, options, suite.catalogs);
  }
  if (tuning && options.stage == Stage::kBoth) return run_tuned(*tuning, options, suite);
  return run_plan(std::move(plan), options, suite);
}

}  // namespace

int suite_main(int argc, const char* const* argv, const Suite& suite) {
  try {
    return run_command(argc, argv, suite);
  } catch (const IoError& error) {
    fmt::print(stderr, "ravine-{}: {}\n", suite.name, error.what());
    return 75;
  } catch (const std::exception& error) {
    fmt::print(stderr, "ravine-{}: {}\n", suite.name, error.what());
    return 2;
  }
}

}  // namespace ravine
