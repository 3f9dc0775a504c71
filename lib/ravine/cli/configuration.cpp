#include "ravine/cli/configuration.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <boost/program_options.hpp>

#include "ravine/cli/config_file.hpp"
#include "ravine/cli/options.hpp"
#include "ravine/core/error.hpp"
#include "ravine/core/text.hpp"
#include "ravine/core/trial_fields.hpp"

namespace ravine {
namespace {

namespace po = boost::program_options;
using Texts = std::vector<std::string>;

// Every value is text until its reader in suite_main: all refusals are in our own words.
auto one() { return po::value<std::string>(); }
auto many() { return po::value<Texts>(); }
auto toggle() { return po::value<std::string>()->implicit_value("true", "")->value_name(" "); }

po::options_description field_flags(const char* heading, bool lists) {
  po::options_description flags(heading);
  auto add = flags.add_options();
  TrialLists{}.each(
      [&](const char* name, const auto&, const char*, const char* meaning, const FieldUse& use) {
        if (use.is_list() != lists) return;
        add(flag_of(name, use).c_str(), lists ? static_cast<po::value_semantic*>(many()) : one(),
            meaning);
      });
  return flags;
}

po::options_description tuning_flags() {
  po::options_description flags(
      "Tuning: searches the space of every optimizer with a separate seed, selects on validation, "
      "and reruns each winner on the seeds");
  auto add = flags.add_options();
  add("tune", one(), "grid or random; --components prints the search spaces");
  add("budget", one(), "settings per optimizer, including its default (default: 20)");
  add("search", many(),
      "a range that replaces a rule's own, such as \"adam=log(1e-4, 0.1)\" for the learning rate "
      "or \"adam.beta1=linear(0.5, 0.99)\" for a field (may be repeated)");
  add("stage", one(),
      "search (into SUITE.search.h5) or final (into SUITE.final.h5); without this flag both run in "
      "turn, into one file");
  add("from", one(), "result file of the search, for the final stage (default: SUITE.search.h5)");
  return flags;
}

po::options_description run_flags() {
  po::options_description flags("Execution");
  auto add = flags.add_options();
  add("scale", one(), "quick (seconds), standard (about two minutes) or paper");
  add("output", one(), "result file (default: results/SUITE.h5)");
  add("data-dir", one(), "folder of downloaded data sets (default: $RAVINE_DATA_DIR)");
  add("workers", one(), "number of trials to run at once (default: one per core)");
  add("threads", one(),
      "threads per trial (default: 1); results do not depend on --workers or --threads");
  add("mem", one(),
      "memory limit, such as 800M or 64G (default: what the machine, its control group, ulimit or "
      "Slurm leaves); a plan that needs more is refused");
  add("shard", one(),
      "run part i of n, such as 0/4, into SUITE.shard-0-of-4.h5; ravine-results merge joins them");
  add("time-limit", one(), "stop after a time such as 90s, 15m or 2h; the same command resumes");
  add("checkpoint-every", one(), "how often to save the state of a long trial (default: 60s)");
  add("fresh", toggle(), "ignore stored results and compute everything anew");
  add("config", one(),
      "read flags from a file: one flag = value per line, such as fresh = true; # begins a "
      "comment");
  add("list", toggle(), "print the trials and stop");
  add("dry-run", toggle(), "print the planned trials, work, memory and time, and stop");
  add("print-output", toggle(),
      "for scripts: print the result file of this command, then words that describe it (tuned or "
      "plain, asks with --list or --dry-run, part with --stage or --shard, fresh, default without "
      "--output), and stop");
  add("help", toggle(), "print this help (or -h)");
  add("components", one()->implicit_value("true", "")->value_name("[NAME]"),
      "print all problems, optimizers, schedules, ... with their parameters, or only the named "
      "ones");
  add("version", toggle(), "print version and build");
  return flags;
}

po::options_description all_flags() {
  po::options_description flags;
  flags
      .add(field_flags(
          "Factors: each list replaces the suite's, and every combination is tried (repeat a flag "
          "or separate values by commas); --optimizer keeps what a grid tries of its list",
          true))
      .add(field_flags(
          "Seeds, budget and protocol: each replaces the choice of the suite or problem", false))
      .add(tuning_flags())
      .add(run_flags());
  return flags;
}

bool is_switch(const po::option_description& flag) {
  return flag.semantic()->min_tokens() == 0 && flag.long_name() != "components";
}

bool is_list(const po::option_description& flag) {
  return dynamic_cast<const po::typed_value<Texts>*>(flag.semantic().get()) != nullptr;
}

// "did you mean" with the flags as the place spells them: --seeds in a command, seeds in a file.
std::string nearest(const std::string& word, const char* prefix) {
  Texts names;
  const po::options_description flags = all_flags();
  for (const auto& flag : flags.options()) names.push_back(prefix + flag->long_name());
  return did_you_mean(word, names);
}

std::vector<po::option> parse(int argc, const char* const* argv,
                              const po::options_description& flags) {
  namespace style = po::command_line_style;
  const auto short_help = [](const std::string& word) {
    return word == "-h" ? std::pair<std::string, std::string>("help", "true")
                        : std::pair<std::string, std::string>();
  };
  try {
    return po::command_line_parser(argc, argv)
        .options(flags)
        .style(style::unix_style & ~style::allow_guessing & ~style::allow_short)
        .extra_parser(short_help)
        .run()
        .options;
  } catch (const po::unknown_option& error) {
    std::string flag = error.get_option_name();
    if (!flag.starts_with("--")) flag = "--" + flag;
    fail("unknown flag '{}'{}: --help lists all flags", flag, nearest(flag, "--"));
  } catch (const po::invalid_command_line_syntax& error) {
    fail("{} needs a value: --help lists all flags", error.get_option_name());
  } catch (const po::error& error) {
    fail("{}: --help lists all flags", error.what());
  }
}

}  // namespace

Configuration::Configuration(int argc, const char* const* argv) {
  const po::options_description flags = all_flags();
  Texts words;
  for (const po::option& option : parse(argc, argv, flags)) {
    if (option.position_key >= 0) {
      words.insert(words.end(), option.value.begin(), option.value.end());
      continue;
    }
    Texts& values = values_[option.string_key];
    values.push_back(option.value.empty() ? "true" : option.value.front());
    if (values.back().starts_with("--"))
      fail("--{} needs a value, not the flag {}: --help lists all flags", option.string_key,
           values.back());
    if (values.size() > 1 && !is_list(flags.find(option.string_key, false)))
      fail("--{} is given twice, '{}' and '{}': leave one out", option.string_key, values[0],
           values[1]);
  }
  if (!words.empty()) {
    const auto names = values_.find("components");
    if (names == values_.end())
      fail("unexpected argument '{}': all options start with --, and --help lists them", words[0]);
    if (names->second.front() == "true") names->second.clear();
    names->second.insert(names->second.end(), words.begin(), words.end());
  }
  if (const auto path = text("config")) add_file(*path);
  for (const auto& flag : flags.options())
    if (is_switch(*flag)) is_on(flag->long_name());
}

// The command line wins.
void Configuration::add_file(const std::string& path) {
  const po::options_description flags = all_flags();
  std::map<std::string, Texts> written;
  for (const auto& [key, value, line] : read_settings(path)) {
    const po::option_description* flag = flags.find_nothrow(key, false);
    if (!flag)
      fail("line {} of '{}' has the unknown flag '{}'{}: --help lists all flags", line, path, key,
           nearest(key, ""));
    if (key == "config")
      fail("line {} of '{}' sets config = {}: a config file cannot name another; join them", line,
           path, value);
    Texts& values = written[key];
    values.push_back(value);
    if (values.size() > 1 && !is_list(*flag))
      fail("line {} of '{}' sets {} a second time, '{}' after '{}': leave one out", line, path, key,
           values[1], values[0]);
  }
  values_.merge(written);
}

std::optional<std::string> Configuration::text(const std::string& flag) const {
  const auto found = values_.find(flag);
  if (found == values_.end()) return std::nullopt;
  return found->second.front();
}

Texts Configuration::texts(const std::string& flag) const {
  const auto found = values_.find(flag);
  return found == values_.end() ? Texts{} : found->second;
}

std::optional<std::int64_t> Configuration::whole(const std::string& flag) const {
  const auto value = text(flag);
  if (!value) return std::nullopt;
  return parse_integer(*value, "--" + flag);
}

bool Configuration::is_on(const std::string& flag) const {
  const auto value = text(flag);
  return value && parse_switch(*value, "--" + flag);
}

std::string Configuration::help() { return fmt::format("{}", fmt::streamed(all_flags())); }

}  // namespace ravine
