#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ravine/core/error.hpp"
#include "ravine/export.hpp"
#include "ravine/results/record.hpp"
#include "ravine/results/segment_file.hpp"

namespace ravine {

/// The folder of finished trials before they are packed: one sealed file <id>.h5 each; every
/// kTrialsPerSegment of them are folded into one segment file <number>.segment.
///
/// A trial is durable once write() returns, whatever happens to the process afterwards. Files that
/// are truncated, altered or foreign never count: they are found by their seals when the spool is
/// opened (or when they are read), named in warnings(), renamed to <name>.damaged, and their
/// trials are simply not there. Of a damaged segment the trials that are whole stay. Thread-safe.
class RAVINE_EXPORT Spool {
 public:
  static constexpr std::size_t kTrialsPerSegment = 500;

  /// kRead neither makes the folder nor renames anything: for looking at a spool in use, whose
  /// files may be folded or packed meanwhile.
  enum class Access { kWrite, kRead };

  /// Opens the folder and checks the seals of all its files. Who writes says for which suite ("" if
  /// that does not matter). Throws Error if the folder cannot be made or read, or belongs to
  /// another suite, and if a later ravine wrote one of its files.
  explicit Spool(std::filesystem::path folder, Access access = Access::kWrite,
                 const std::string& suite = "");

  /// Stores a trial durably, replacing an earlier one of the same id. Throws IoError if the disk
  /// is full or broken; earlier trials stay intact.
  void write(const TrialRecord& record);

  bool contains(const std::string& id) const;
  /// Ascending.
  std::vector<std::string> ids() const;
  /// The build that computed a trial and its outcome, from memory; "" if it is not there.
  std::string build_id(const std::string& id) const;
  std::string outcome(const std::string& id) const;
  /// Nothing if the trial is not there, or was damaged meanwhile and has been set aside.
  std::optional<TrialRecord> read(const std::string& id);

  /// Removes what killed processes have left: temporary files, and checkpoints of trials that are
  /// stored. Only for who holds the lock of the output.
  void remove_leftovers();
  /// Removes the trials that it knows, all checkpoints and leftovers, then the folder if nothing
  /// else is in it. Only for who holds the lock of the output.
  void clear();

  /// One sentence for each file that was set aside, so far.
  std::vector<std::string> warnings() const;
  const std::filesystem::path& folder() const { return folder_; }

 private:
  /// Where a trial is: within a segment, or (-1) in a file of its own.
  struct Place {
    std::uint64_t offset = 0, length = 0;
    std::int32_t segment = -1;
    std::uint32_t label = 0;  // in labels_
  };

  std::filesystem::path file_of(const std::string& id) const;
  void scan();
  bool try_scan();
  bool open_trial(const std::filesystem::path& path);
  bool open_segment(const std::filesystem::path& path);
  void rescue(const std::filesystem::path& segment, const std::string& reason);
  void fold();
  void write_segment(std::vector<SegmentEntry> entries,
                     const std::vector<std::vector<std::byte>>& images);
  void add(const std::vector<SegmentEntry>& entries, std::int32_t segment);
  void judge(const Error& error) const;
  std::string set_aside_from(const std::filesystem::path& path, const std::string& reason) const;
  std::filesystem::path where(const std::string& id, const Place& place) const;
  std::vector<std::byte> load(const std::string& id, const Place& place) const;
  void drop(const std::string& id, const std::string& reason);

  std::filesystem::path folder_;
  Access access_;
  mutable std::mutex mutex_;
  std::map<std::string, Place, std::less<>> places_;
  std::vector<std::pair<std::string, std::string>> labels_;  // build id and outcome
  std::vector<std::filesystem::path> segments_;
  int last_number_ = 0;           // of a segment
  std::size_t single_files_ = 0;  // trials that are not in a segment
  std::vector<std::string> warnings_;
};

}  // namespace ravine
