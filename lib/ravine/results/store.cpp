#include "ravine/results/store.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "ravine/core/error.hpp"
#include "ravine/io/files.hpp"
#include "ravine/io/lock.hpp"
#include "ravine/results/attempts.hpp"
#include "ravine/results/leftovers.hpp"
#include "ravine/results/result_file.hpp"
#include "ravine/results/spool.hpp"
#include "ravine/results/spool_folder.hpp"

namespace ravine {
namespace {

namespace fs = std::filesystem;

/// Where the output really is: its lock and its spool lie beside that, whatever leads there.
fs::path prepare(const fs::path& output) {
  if (output.has_parent_path()) create_folders(output.parent_path());
  fs::path real = follow_links(output);
  if (real != output && real.has_parent_path()) create_folders(real.parent_path());
  return real;
}

}  // namespace

struct Store::State {
  State(fs::path output_, std::string suite_, bool fresh)
      : output(prepare(output_)),
        suite(std::move(suite_)),
        lock(lock_path(output)),
        seen(stamp_of(output)) {
    remove_leftovers_of(output);
    // The packed file is judged before the spool is touched: what belongs to others stays whole.
    if (is_there(output)) {
      packed.push_back(std::make_unique<ResultsReader>(output));
      packed.back()->expect_suite(suite);
      if (fresh) packed.clear();
    }
    const fs::path folder = spool_path(output);
    spool.emplace(folder, Spool::Access::kWrite, suite);
    if (fresh) {
      spool->clear();
      spool.emplace(folder, Spool::Access::kWrite, suite);
    }
    spool->remove_leftovers();
    note_attempt(folder);
  }
  ~State() {
    // Before anything is packed the spool says who has worked on it, even in vain.
    if (packed.empty()) return;
    try {
      lock.expect_held();
      remove_empty_spool(spool->folder());
    } catch (const Error&) {
      // It stays: the next run, or ravine-results tidy, removes it.
    }
  }

  /// Where a trial is packed.
  struct Place {
    ResultsReader* file;
    std::size_t trial;
  };
  std::optional<Place> find(const std::string& id) const {
    for (auto file = packed.rbegin(); file != packed.rend(); ++file)
      if (const auto trial = (*file)->find(id)) return Place{file->get(), *trial};
    return std::nullopt;
  }
  void look_again();
  void expect_unchanged() const;
  bool is_packed(const std::vector<std::string>& ids, std::size_t in_plan) const;

  fs::path output;
  std::string suite;
  FileLock lock;
  FileStamp seen;                                      // of the output when it was last read
  std::vector<std::unique_ptr<ResultsReader>> packed;  // the newest last
  std::optional<Spool> spool;
};

/// What has appeared at the output meanwhile counts, too: somebody has put it there.
void Store::State::look_again() {
  const FileStamp now = stamp_of(output);
  if (now == seen) return;
  seen = now;
  if (!is_there(output)) return;
  try {
    packed.push_back(std::make_unique<ResultsReader>(output));
    packed.back()->expect_suite(suite);
  } catch (const Error& error) {
    fail_io("{}: it appeared during this run, whose trials are stored in {}", error.what(),
            spool->folder().string());
  }
}

void Store::State::expect_unchanged() const {
  lock.expect_held();
  if (stamp_of(output) != seen)
    fail_io("another process changed {} during packing: run the same command again",
            output.string());
}

/// Whether the output already holds these trials in this order, the first of them in the plan.
bool Store::State::is_packed(const std::vector<std::string>& ids, std::size_t in_plan) const {
  if (packed.size() != 1 || !spool->ids().empty() || packed[0]->ids() != ids) return false;
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (packed[0]->in_plan(i) != (i < in_plan)) return false;
  return true;
}

Store::Store(std::filesystem::path output, std::string suite, bool fresh)
    : state_(std::make_unique<State>(std::move(output), std::move(suite), fresh)) {}

Store::~Store() = default;

const std::filesystem::path& Store::output() const { return state_->output; }

const std::filesystem::path& Store::checkpoints() const { return state_->spool->folder(); }

void Store::note_progress(const ProgressNote& note) const {
  try {
    state_->lock.expect_held();
    write_progress(state_->spool->folder(), note);
  } catch (const Error&) {
    // Whoever stores results is told that the lock is lost.
  }
}

std::vector<std::string> Store::warnings() const { return state_->spool->warnings(); }

bool Store::contains(const std::string& id) const {
  return state_->spool->contains(id) || state_->find(id);
}

std::vector<std::string> Store::ids() const {
  std::vector<std::string> ids = state_->spool->ids();
  for (const auto& file : state_->packed)
    ids.insert(ids.end(), file->ids().begin(), file->ids().end());
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

std::string Store::outcome(const std::string& id) const {
  if (state_->spool->contains(id)) return state_->spool->outcome(id);
  const auto place = state_->find(id);
  return place ? place->file->outcome(place->trial) : "";
}

std::string Store::build_id(const std::string& id) const {
  if (state_->spool->contains(id)) return state_->spool->build_id(id);
  const auto place = state_->find(id);
  return place ? place->file->build_ids()[place->trial] : "";
}

std::optional<TrialRecord> Store::read(const std::string& id) const {
  if (auto record = state_->spool->read(id)) return record;
  const auto place = state_->find(id);
  if (!place) return std::nullopt;
  return place->file->record(place->trial);
}

void Store::expect_held() const { state_->lock.expect_held(); }

void Store::write(const TrialRecord& record) {
  expect_held();
  state_->spool->write(record);
}

void Store::pack(const std::vector<std::string>& plan, Environment environment,
                 const std::vector<Check>& checks, const Adjust& adjust) {
  State& state = *state_;
  expect_held();
  state.look_again();
  std::vector<std::string> all = plan;
  const std::unordered_set<std::string_view> planned(plan.begin(), plan.end());
  for (const std::string& id : ids())
    if (!planned.contains(id)) all.push_back(id);
  const auto adjusted = [&](std::size_t i) {
    auto record = read(all[i]);
    if (!record && i < plan.size())
      fail_io("trial {} was damaged in '{}' after it was stored: run the same command again",
              all[i], state.spool->folder().string());
    if (adjust && i < plan.size()) adjust(i, *record);
    return record;
  };

  if (state.is_packed(all, plan.size())) {
    FileDigest digest;
    for (std::size_t i = 0; i < plan.size(); ++i) digest.add(*adjusted(i));
    for (const Check& check : checks) digest.add(check);
    if (digest.finish() == state.packed[0]->stored_digest()) return state.spool->clear();
  }
  add_attempts(environment, state.spool->folder());
  ResultsWriter writer(state.output, state.suite, environment);
  writer.add_checks(checks);
  for (std::size_t i = 0; i < all.size(); ++i)
    if (const auto record = adjusted(i)) writer.append(*record, i < plan.size());
  writer.finish([&] { state.expect_unchanged(); });
  state.spool->clear();
}

}  // namespace ravine
