// ravine-results: looks at result files, checks them and joins them.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "compare.hpp"
#include "ravine/core/environment.hpp"
#include "ravine/core/error.hpp"
#include "ravine/core/instruction_set.hpp"
#include "ravine/core/messages.hpp"
#include "ravine/core/text.hpp"
#include "ravine/io/failures.hpp"
#include "ravine/io/sealed_file.hpp"
#include "ravine/results/leftovers.hpp"
#include "ravine/results/merge.hpp"
#include "ravine/results/result_file.hpp"
#include "ravine/results/status.hpp"
#include "ravine/run/runner.hpp"
#include "replay.hpp"
#include "status_text.hpp"
#include "summary.hpp"

namespace {

using Arguments = std::vector<std::string>;

constexpr int kDone = 0, kDifferent = 1, kMisuse = 2, kStopped = 75;

constexpr std::string_view kHelp =
    R"(ravine-results: inspect, verify and join result files of ravine

  ravine-results show FILE             summarize a file: provenance, outcomes, and per problem and
                                       optimizer the rate that validation chose, with its test result
  ravine-results digest FILE           print its digest as the first word: every result bit of the
                                       plan, no timing; equal digests mean equal results
  ravine-results compare A B           list bitwise differences between two files, column by column,
                                       except timing; trials are matched by id
      --by-position                    match them by their place in the plan: for results from
                                       before and after names changed
  ravine-results verify FILE...        confirm that files are complete and unaltered
  ravine-results merge OUT INPUT...    join result files and spool folders (*.spool) into OUT, at
                                       any time; lists the trials that shards have not finished
      --suite NAME                     the suite, if no input names it
  ravine-results pack OUT FILE         pack into OUT what a run with the output FILE, and its shards,
                                       have finished so far; the run goes on undisturbed
  ravine-results status FILE...        show the progress of runs: trials planned, finished, diverged,
                                       failed and missing, and who works on them
      --json                           for programs (results/FORMAT.md)
  ravine-results tidy FILE...          list what killed runs have left beside result files and
                                       remove what is not needed; never a finished trial
      --dry-run                        only list
  ravine-results replay FILE ID        train a stored trial again and compare its bits: exit code 0 if
                                       they are equal, 1 with the columns that differ; for trials
                                       of double precision, ravine-results-double
      --data-dir DIR                   where its data are; else RAVINE_DATA_DIR
  ravine-results --help | --version

Inputs stay as they are. Exit codes: 0 done; 1 compare or replay found a difference; 2 misuse or a
damaged file, nothing written; 75 a file is in use, or the disk is full or broken: run the same command again.
)";

void require(bool fits, std::string_view usage) {
  if (!fits) ravine::fail("usage: ravine-results {} (see ravine-results --help)", usage);
}

int show(const Arguments& arguments) {
  require(arguments.size() == 1, "show FILE");
  ravine::ResultsReader reader(arguments[0]);
  Summary summary;
  std::size_t in_plan = 0;
  for (std::size_t i = 0; i < reader.size(); ++i) {
    in_plan += reader.in_plan(i);
    if (reader.in_plan(i)) summary.add(reader.record(i));
  }
  ravine::answer("suite    {}\ncreated  {}\ntrials   {}", reader.suite(), reader.created(),
                 in_plan);
  if (in_plan < reader.size()) ravine::answer(" and {} of earlier plans", reader.size() - in_plan);
  if (const auto& checks = reader.checks(); !checks.empty()) {
    const auto hold = std::count_if(checks.begin(), checks.end(),
                                    [](const auto& check) { return check.holds(); });
    ravine::answer("\nchecks   {} of {} hold", hold, checks.size());
    for (const ravine::Check& check : checks)
      if (!check.holds())
        ravine::answer("\n         {} does not: {} is {}, not {}", check.id, check.quantity,
                       ravine::format_number(check.actual), ravine::format_number(check.predicted));
  }
  ravine::answer("\ndigest   {}\n\n", reader.stored_digest());
  for (const auto& [key, value] : reader.environment()) ravine::answer("{:<16} {}\n", key, value);
  summary.print();
  return kDone;
}

int digest(const Arguments& arguments) {
  require(arguments.size() == 1, "digest FILE");
  ravine::ResultsReader reader(arguments[0]);
  ravine::answer("{} {}\n", reader.digest(), arguments[0]);
  return kDone;
}

int compare(const Arguments& arguments) {
  Arguments files = arguments;
  const bool by_position = std::erase(files, "--by-position") > 0;
  require(files.size() == 2, "compare A B [--by-position]");
  const Match match = by_position ? Match::kPosition : Match::kId;
  return compare_files(files[0], files[1], match) == 0 ? kDone : kDifferent;
}

// What is wrong with one path does not keep the others from their turn.
template <class Paths, class F>
int for_each_path(const Paths& paths, F&& f) {
  int code = kDone;
  for (const auto& path : paths) {
    try {
      f(path);
    } catch (const ravine::IoError&) {
      throw;
    } catch (const ravine::Error& error) {
      ravine::say("ravine-results: {}\n", error.what());
      code = kMisuse;
    }
  }
  return code;
}

void verify_one(const std::string& path) {
  const std::string kind = ravine::verify(path, "").kind;
  if (kind != ravine::kResultsFile) {
    ravine::answer("{}: intact, a {} file\n", path, kind);
    return;
  }
  ravine::ResultsReader reader(path);
  if (reader.digest() != reader.stored_digest())
    ravine::fail("{} is inconsistent: its digest does not match its trials; restore a copy", path);
  ravine::answer("{}: intact, {} trials of {}\n", path, reader.size(), reader.suite());
}

int verify(const Arguments& arguments) {
  require(!arguments.empty(), "verify FILE...");
  return for_each_path(arguments, verify_one);
}

void report_missing(const ravine::MergeReport& report) {
  constexpr std::size_t kNamed = 10;
  if (report.failed > 0)
    ravine::answer("{} trials failed: a rerun tries them again\n", report.failed);
  if (report.planned == 0) return;
  ravine::answer("plan: {} of {} trials are there, {} missing\n",
                 report.planned - report.missing.size(), report.planned, report.missing.size());
  for (std::size_t i = 0; i < std::min(report.missing.size(), kNamed); ++i)
    ravine::answer("missing {}  {}\n", report.missing[i].id, report.missing[i].text);
  if (report.missing.size() > kNamed)
    ravine::answer("and {} more\n", report.missing.size() - kNamed);
}

int merge(const Arguments& arguments) {
  std::string suite;
  std::vector<std::filesystem::path> paths;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] != "--suite") {
      paths.emplace_back(arguments[i]);
      continue;
    }
    require(i + 1 < arguments.size(), "merge OUT INPUT... --suite NAME");
    suite = arguments[++i];
  }
  require(paths.size() >= 2, "merge OUT INPUT...");
  const std::filesystem::path output = paths.front();
  if (output.empty()) ravine::fail("OUT of merge is empty: name the file to write");
  paths.erase(paths.begin());
  const ravine::MergeReport report = ravine::merge_results(output, paths, suite);
  for (const std::string& warning : report.warnings) ravine::say("ravine-results: {}\n", warning);
  ravine::answer("{}: {} trials of {} from {} inputs, {} in the plan, {} found more than once\n",
                 output.string(), report.trials, report.suite, paths.size(), report.in_plan,
                 report.repeated);
  ravine::answer("digest {}\n", report.digest);
  report_missing(report);
  return kDone;
}

int pack(const Arguments& arguments) {
  require(arguments.size() == 2, "pack OUT FILE");
  const ravine::MergeReport report = ravine::pack_so_far(arguments[0], arguments[1]);
  for (const std::string& warning : report.warnings) ravine::say("ravine-results: {}\n", warning);
  ravine::answer("{}: {} trials of {} so far\n", arguments[0], report.trials, report.suite);
  report_missing(report);
  return kDone;
}

int status(const Arguments& arguments) {
  bool json = false;
  std::vector<ravine::OutputStatus> found;
  for (const std::string& argument : arguments) {
    if (argument == "--json")
      json = true;
    else
      found.push_back(ravine::status_of(argument));
  }
  require(!found.empty(), "status FILE...");
  ravine::answer("{}", json ? status_json(found) : status_lines(found));
  return kDone;
}

int tidy(const Arguments& arguments) {
  bool dry_run = false;
  std::vector<std::filesystem::path> paths;
  for (const std::string& argument : arguments) {
    dry_run = dry_run || argument == "--dry-run";
    if (argument != "--dry-run") paths.emplace_back(argument);
  }
  require(!paths.empty(), "tidy FILE...");
  return for_each_path(paths, [&](const std::filesystem::path& path) {
    const auto found = ravine::tidy(path, dry_run);
    for (const ravine::Leftover& leftover : found)
      ravine::answer("{} {}: {}\n",
                     !leftover.goes ? "kept"
                     : dry_run      ? "would remove"
                                    : "removed",
                     leftover.path.string(), leftover.what);
    if (found.empty()) ravine::answer("{}: killed runs left nothing beside it\n", path.string());
  });
}

int replay_trial(const Arguments& arguments) {
  Arguments words;
  const char* const data = std::getenv("RAVINE_DATA_DIR");
  std::string directory = data ? data : "";
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] != "--data-dir") {
      words.push_back(arguments[i]);
      continue;
    }
    require(i + 1 < arguments.size(), "replay FILE ID --data-dir DIR");
    directory = arguments[++i];
  }
  require(words.size() == 2, "replay FILE ID");
  return replay(words[0], words[1], directory);
}

struct Command {
  std::string_view name;
  int (*run)(const Arguments&);
};
constexpr std::array<Command, 9> kCommands = {{{"show", show},
                                               {"digest", digest},
                                               {"compare", compare},
                                               {"verify", verify},
                                               {"merge", merge},
                                               {"pack", pack},
                                               {"status", status},
                                               {"tidy", tidy},
                                               {"replay", replay_trial}}};
constexpr std::string_view kNames =
    "show, digest, compare, verify, merge, pack, status, tidy or replay";

int run(const Arguments& arguments) {
  if (arguments.empty()) ravine::fail("name a command: {} (see --help)", kNames);
  for (const std::string& argument : arguments)
    if (argument == "--help" || argument == "-h") {
      ravine::answer("{}", kHelp);
      return kDone;
    }
  if (arguments[0] == "--version") {
    ravine::answer("ravine {} (build {})\n", ravine::version(), ravine::build_id());
    return kDone;
  }
  for (const std::string& argument : arguments)
    if (argument.starts_with("--") && !(argument == "--suite" && arguments[0] == "merge") &&
        !(argument == "--by-position" && arguments[0] == "compare") &&
        !(argument == "--dry-run" && arguments[0] == "tidy") &&
        !(argument == "--json" && arguments[0] == "status") &&
        !(argument == "--data-dir" && arguments[0] == "replay"))
      ravine::fail("{} is not an option of ravine-results {}: see ravine-results --help", argument,
                   arguments[0]);
  std::vector<std::string> names;
  for (const Command& command : kCommands) {
    if (command.name == arguments[0]) return command.run({arguments.begin() + 1, arguments.end()});
    names.emplace_back(command.name);
  }
  ravine::fail("unknown command '{}'{}: {} (see --help)", arguments[0],
               ravine::did_you_mean(arguments[0], names), kNames);
}

}  // namespace

int main(int count, char** values) {
  ravine::hold_standard_streams();
  if (!ravine::can_start()) return kStopped;
  try {
    ravine::obey_ravine_isa(values);
    const int code = run({values + 1, values + count});
    ravine::flush_answers();
    return code;
  } catch (const ravine::IoError& error) {
    ravine::say("ravine-results: {}\n", error.what());
    return kStopped;
  } catch (const std::bad_alloc& error) {
    ravine::say("ravine-results: {}, and run the same command again\n", ravine::shortage(error));
    return kStopped;
  } catch (const std::filesystem::filesystem_error& error) {
    ravine::say("ravine-results: {}\n", error.what());
    return kMisuse;
  } catch (const std::system_error& error) {
    ravine::say("ravine-results: {}, and run the same command again\n", ravine::shortage(error));
    return kStopped;
  } catch (const std::exception& error) {
    ravine::say("ravine-results: {}\n", error.what());
    return kMisuse;
  }
}
