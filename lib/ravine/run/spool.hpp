#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ravine/export.hpp"
#include "ravine/run/record.hpp"

namespace ravine {

/// The folder of finished trials before they are packed: one sealed file <id>.h5 each.
///
/// A trial is durable once write() returns, whatever happens to the process afterwards. Files that
/// are truncated, altered or foreign never count: they are found by their seals when the spool is
/// opened (or when they are read), named in warnings(), renamed to <name>.damaged, and their
/// trials are simply not there. Thread-safe.
class RAVINE_EXPORT Spool {
 public:
  /// kRead neither makes the folder nor renames anything: for looking at a spool in use.
  enum class Access { kWrite, kRead };

  /// Opens the folder and checks the seals of all its trials. Throws Error if it cannot be made or
  /// read.
  explicit Spool(std::filesystem::path folder, Access access = Access::kWrite);

  /// Stores a trial durably, replacing an earlier one of the same id. Throws IoError if the disk
  /// is full or broken; earlier trials stay intact.
  void write(const TrialRecord& record);

  bool contains(const std::string& id) const;
  /// Ascending.
  std::vector<std::string> ids() const;
  /// The build that computed a trial, from memory; "" if it is not there.
  std::string build_id(const std::string& id) const;
  /// Nothing if the trial is not there, or was damaged meanwhile and has been set aside.
  std::optional<TrialRecord> read(const std::string& id);

  /// Forgets one trial (of another build, say) and removes its file.
  void remove(const std::string& id);
  /// Removes all trials and leftovers of killed processes, then the folder if nothing else is in
  /// it. Only for who holds the lock of the output.
  void clear();

  /// One sentence for each file that was set aside, so far.
  std::vector<std::string> warnings() const;
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path file_of(const std::string& id) const;
  void set_aside(const std::filesystem::path& path, const std::string& reason);

  std::filesystem::path folder_;
  Access access_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> builds_;  // id -> build id
  std::vector<std::string> warnings_;
};

}  // namespace ravine
