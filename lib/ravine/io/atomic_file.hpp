#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "ravine/export.hpp"

namespace ravine {

class Descriptor;

/// Replaces a file as a whole: after a crash or a full disk `path` holds the old content or the
/// new one, never a part. Thread-safe, also for one path.
RAVINE_EXPORT void replace_file(const std::filesystem::path& path,
                                std::span<const std::byte> content);

/// The same for files that somebody else writes step by step: write the temporary file, then
/// commit(). Without commit() the destructor removes it and the target stays.
///
/// The temporary file lies beside the target as ".<target>.<16 random hexadecimal digits>.tmp"; it
/// is always a new one (no link there is followed) and has the owner and the permissions of the
/// target, if there is one. A link at the target is replaced itself.
class RAVINE_EXPORT AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path target);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  const std::filesystem::path& target() const { return target_; }
  const std::filesystem::path& temporary() const { return temporary_; }
  int descriptor() const;
  /// For libraries that open by name: a name of the open file, whatever others put at temporary().
  std::filesystem::path handle() const;

  void write(std::span<const std::byte> content);
  /// Flushes the temporary file, gives it the name of the target and flushes the folder.
  void commit();
  /// The same, unless something has that name, or somebody has removed the temporary file: then
  /// false, and nothing has happened.
  bool commit_new();
  /// The open file, after commit_new().
  Descriptor release();

 private:
  std::filesystem::path target_, temporary_;
  std::unique_ptr<Descriptor> file_;
  bool committed_ = false;
};

/// The temporary files of a target that lie beside it: those of living processes and what killed
/// ones have left. Who alone writes the target may remove them.
RAVINE_EXPORT std::vector<std::filesystem::path> temporaries_of(
    const std::filesystem::path& target);

/// Whether AtomicFile gives names of this form, to any target.
RAVINE_EXPORT bool is_temporary(const std::filesystem::path& path);

}  // namespace ravine
