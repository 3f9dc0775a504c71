#include "ravine/run/store.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "ravine/core/error.hpp"
#include "ravine/io/files.hpp"
#include "ravine/io/lock.hpp"
#include "ravine/run/attempts.hpp"
#include "ravine/run/results.hpp"
#include "ravine/run/spool.hpp"

namespace ravine {
namespace {

namespace fs = std::filesystem;

fs::path with_suffix(fs::path path, const char* suffix) { return path += suffix; }

fs::path prepare_folder(const fs::path& output) {
  if (output.has_parent_path()) create_folders(output.parent_path());
  return output;
}

}  // namespace

struct Store::State {
  State(fs::path output_, std::string suite_, bool fresh)
      : output(prepare_folder(output_)),
        suite(std::move(suite_)),
        lock(with_suffix(output, ".lock")) {
    // The packed file is judged before the spool is touched: what belongs to others stays whole.
    if (fs::exists(output)) {
      packed.emplace(output);
      packed->expect_suite(suite);
      if (fresh) packed.reset();
    }
    spool.emplace(with_suffix(output, ".spool"));
    if (fresh) spool->clear(), spool.emplace(with_suffix(output, ".spool"));
    note_attempt(spool->folder());
  }

  fs::path output;
  std::string suite;
  FileLock lock;
  std::optional<ResultsReader> packed;
  std::optional<Spool> spool;
};

Store::Store(std::filesystem::path output, std::string suite, bool fresh)
    : state_(std::make_unique<State>(std::move(output), std::move(suite), fresh)) {}

Store::~Store() = default;

const std::filesystem::path& Store::output() const { return state_->output; }

const std::filesystem::path& Store::checkpoints() const { return state_->spool->folder(); }

std::vector<std::string> Store::warnings() const { return state_->spool->warnings(); }

bool Store::contains(const std::string& id) const {
  return state_->spool->contains(id) || (state_->packed && state_->packed->find(id));
}

std::vector<std::string> Store::ids() const {
  std::vector<std::string> ids = state_->spool->ids();
  if (state_->packed)
    ids.insert(ids.end(), state_->packed->ids().begin(), state_->packed->ids().end());
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

std::string Store::outcome(const std::string& id) const {
  if (state_->spool->contains(id)) return state_->spool->outcome(id);
  if (!state_->packed) return "";
  const auto place = state_->packed->find(id);
  return place ? state_->packed->outcome(*place) : "";
}

std::string Store::build_id(const std::string& id) const {
  if (state_->spool->contains(id)) return state_->spool->build_id(id);
  if (!state_->packed) return "";
  const auto place = state_->packed->find(id);
  return place ? state_->packed->build_ids()[*place] : "";
}

std::optional<TrialRecord> Store::read(const std::string& id) const {
  if (auto record = state_->spool->read(id)) return record;
  if (!state_->packed) return std::nullopt;
  const auto place = state_->packed->find(id);
  if (!place) return std::nullopt;
  return state_->packed->record(*place);
}

void Store::write(const TrialRecord& record) { state_->spool->write(record); }

void Store::pack(const std::vector<std::string>& plan, Environment environment,
                 const std::vector<Check>& checks, const Adjust& adjust) {
  add_attempts(environment, state_->spool->folder());
  ResultsWriter writer(state_->output, state_->suite, environment);
  writer.add_checks(checks);
  for (std::size_t i = 0; i < plan.size(); ++i) {
    auto record = read(plan[i]);
    if (!record)
      fail_io("trial {} was damaged in '{}' after it was stored: run the same command again",
              plan[i], state_->spool->folder().string());
    if (adjust) adjust(i, *record);
    writer.append(*record);
  }
  const std::unordered_set<std::string_view> planned(plan.begin(), plan.end());
  for (const std::string& id : ids())
    if (!planned.contains(id))
      if (const auto record = read(id)) writer.append(*record, false);
  writer.finish();
  state_->spool->clear();
}

}  // namespace ravine
