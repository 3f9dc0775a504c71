#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ravine/core/environment.hpp"
#include "ravine/export.hpp"
#include "ravine/results/check.hpp"
#include "ravine/results/progress_file.hpp"
#include "ravine/results/record.hpp"

namespace ravine {

/// The finished trials of one output: those in the packed result file and those in its spool.
///
/// The output is locked while a store lives. Nothing stored is ever changed or removed before the
/// packed file that replaces it is complete. write() is thread-safe against itself.
class RAVINE_EXPORT Store {
 public:
  /// Throws Error if the output is not a result file, belongs to another suite, or cannot be
  /// written, IoError if it is in use. Links at the output are followed. `fresh` forgets what is
  /// stored, checkpoints, too. Leftovers of killed runs are removed.
  Store(std::filesystem::path output, std::string suite, bool fresh);
  ~Store();

  const std::filesystem::path& output() const;
  /// The folder for checkpoints of unfinished trials.
  const std::filesystem::path& checkpoints() const;
  bool contains(const std::string& id) const;
  /// Everything that is stored, in ascending order, whether a plan asks for it or not.
  std::vector<std::string> ids() const;
  /// Which build computed a trial, and its outcome, from memory; "" if it is not there.
  std::string build_id(const std::string& id) const;
  std::string outcome(const std::string& id) const;
  /// Nothing if the trial is not there, or was found damaged and set aside.
  std::optional<TrialRecord> read(const std::string& id) const;
  /// Throws IoError if another process has taken over the lock; nobody may write then.
  void expect_held() const;
  void write(const TrialRecord& record);
  /// Leaves a note for who looks at this run from outside; thread-safe, and never throws.
  void note_progress(const ProgressNote& note) const;
  /// One sentence for each damaged file that was set aside.
  std::vector<std::string> warnings() const;

  /// Called with the place in the plan and the record of each of its trials, before it is packed.
  using Adjust = std::function<void(std::size_t, TrialRecord&)>;
  /// Writes the result file with these trials in this order, then those of earlier plans, marked,
  /// and these checks in place of earlier ones; removes the spool. What has appeared at the output
  /// meanwhile is kept, too; a file that already holds all of it stays as it is. If `adjust`
  /// throws, nothing has happened.
  void pack(const std::vector<std::string>& plan, Environment environment,
            const std::vector<Check>& checks = {}, const Adjust& adjust = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ravine
