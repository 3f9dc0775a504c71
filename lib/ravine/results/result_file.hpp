#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ravine/core/environment.hpp"
#include "ravine/export.hpp"
#include "ravine/results/check.hpp"
#include "ravine/results/record.hpp"

namespace ravine {

/// The kind that the seal of a result file names.
inline constexpr std::string_view kResultsFile = "ravine-results";
inline constexpr std::int64_t kResultsVersion = 1;

/// Packs trials into one columnar result file (results/FORMAT.md), one after the other, in the
/// order of the calls; memory does not depend on their number, except for 100 bytes each and the
/// different component texts among their fields.
///
/// Trials may differ in their cells and columns; the file has the union, in order of first
/// appearance. What a trial lacks is "", NaN or -1. A column is text if one trial has a text in it,
/// else number if one has a number. After an exception only the destructor may be called. Not
/// thread-safe.
class RAVINE_EXPORT ResultsWriter {
 public:
  /// Throws Error or IoError if the folder cannot be written.
  ResultsWriter(std::filesystem::path path, std::string_view suite, const Environment& environment);
  /// Without finish() nothing has happened to `path`.
  ~ResultsWriter();

  /// Trials of earlier plans are kept with in_plan = false: marked, and outside the digest.
  /// Throws Error for a second trial of one id, for records that cannot be stored and for columns
  /// whose kind differs between trials; IoError if the disk is full or broken.
  void append(const TrialRecord& record, bool in_plan = true);

  /// Adds the checks of the suite. Throws Error for a repeated id.
  void add_checks(const std::vector<Check>& checks);

  /// Seals the file and gives it its name, replacing an earlier one as a whole. `last_look` is
  /// called right before that: if it throws, nothing has happened. Returns the digest.
  std::string finish(const std::function<void()>& last_look = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Reads a packed result file. Not thread-safe.
class RAVINE_EXPORT ResultsReader {
 public:
  /// Throws Error, naming the file and what is wrong, for anything but an unaltered result file of
  /// this format version.
  explicit ResultsReader(const std::filesystem::path& path);
  ~ResultsReader();

  const std::string& suite() const;
  /// Throws Error, with the remedy, unless the file holds results of this suite.
  void expect_suite(std::string_view suite) const;
  const std::string& created() const;
  const Environment& environment() const;

  std::size_t size() const;
  const std::vector<std::string>& ids() const;
  const std::vector<std::string>& build_ids() const;
  bool in_plan(std::size_t trial) const;
  const std::string& outcome(std::size_t trial) const;
  /// Where a trial is, if it is there.
  std::optional<std::size_t> find(const std::string& id) const;

  /// The exact checks of the suite, in the order of the file; none in files without.
  const std::vector<Check>& checks() const;

  /// One trial, with a cell and a column for each of the file; fast in ascending order.
  TrialRecord record(std::size_t trial);
  /// As computed now from the content of every trial of the plan, and as noted by the writer.
  std::string digest();
  const std::string& stored_digest() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The digest of a file: SHA-256 (hex) over the lines "<id> <record digest>\n" of the trials of the
/// plan, then "check <id> <check digest>\n" of its checks, each ascending by id. So it does not
/// depend on the order in which shards are merged.
class RAVINE_EXPORT FileDigest {
 public:
  FileDigest();
  ~FileDigest();
  void add(const TrialRecord& record);
  void add(const Check& check);
  std::string finish();

 private:
  struct Lines;
  std::unique_ptr<Lines> lines_;
};

}  // namespace ravine
