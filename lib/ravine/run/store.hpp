#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ravine/core/environment.hpp"
#include "ravine/export.hpp"
#include "ravine/run/check.hpp"
#include "ravine/run/record.hpp"

namespace ravine {

/// The finished trials of one output: those in the packed result file and those in its spool.
///
/// The output is locked while a store lives. Nothing stored is ever changed or removed before the
/// packed file that replaces it is complete. write() is thread-safe against itself.
class RAVINE_EXPORT Store {
 public:
  /// Throws Error if the output is in use, is no result file, belongs to another suite, or cannot
  /// be written. `fresh` forgets what is stored.
  Store(std::filesystem::path output, std::string suite, bool fresh);
  ~Store();

  const std::filesystem::path& output() const;
  /// The folder for checkpoints of unfinished trials.
  const std::filesystem::path& checkpoints() const;
  bool contains(const std::string& id) const;
  std::string build_id(const std::string& id) const;
  /// Nothing if the trial is not there, or was found damaged and set aside.
  std::optional<TrialRecord> read(const std::string& id) const;
  void write(const TrialRecord& record);
  /// One sentence for each damaged file that was set aside.
  std::vector<std::string> warnings() const;

  /// Writes the result file with these trials in this order, then those of earlier plans, marked,
  /// and these checks in place of earlier ones; removes the spool.
  void pack(const std::vector<std::string>& plan, const Environment& environment,
            const std::vector<Check>& checks = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ravine
