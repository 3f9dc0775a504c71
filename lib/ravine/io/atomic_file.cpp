#include "ravine/io/atomic_file.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <regex>
#include <string>
#include <system_error>
#include <utility>

#include "ravine/core/error.hpp"
#include "ravine/io/descriptor.hpp"
#include "ravine/io/files.hpp"

namespace ravine {
namespace {

using Path = std::filesystem::path;

/// The end of a name: random digits, or, of ravine 0.1, "<host>-<pid>-<n>".
constexpr const char* kEnding = R"(([0-9a-f]{16}|[^.]+-\d+-\d+)\.tmp)";

Path random_name(const Path& target) {
  std::uint64_t digits = 0;
  if (::getrandom(&digits, sizeof digits, 0) != sizeof digits)
    fail_system(errno, "find a temporary name for", target);
  return folder_of(target) / fmt::format(".{}.{:016x}.tmp", target.filename().string(), digits);
}

/// Best effort: only root can give a file to others.
void adopt_owner_and_mode(const Descriptor& file, const Path& target) {
  struct stat from {};
  if (::lstat(target.c_str(), &from) != 0 || !S_ISREG(from.st_mode)) return;
  if (::fchown(file.get(), from.st_uid, from.st_gid) != 0 &&
      ::fchown(file.get(), static_cast<uid_t>(-1), from.st_gid) != 0)
    errno = 0;
  // Last, for a new owner takes bits away.
  if (::fchmod(file.get(), from.st_mode & 07777) != 0) errno = 0;
}

/// Gives a file another name unless that is taken.
bool rename_new(const Path& from, const Path& to) {
  if (::link(from.c_str(), to.c_str()) == 0) return ::unlink(from.c_str()), true;
  if (errno == EEXIST || errno == ENOENT) return false;
  // FAT and others have no hard links.
  const int code = errno;
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno == EEXIST) return false;
  fail_system(code, "write", to);
}

}  // namespace

AtomicFile::AtomicFile(Path target) : target_(std::move(target)) {
  // Nobody reads on the way what only its owner may read in the end.
  const unsigned mode = is_there(target_) ? 0600 : 0666;
  while (!file_) {
    temporary_ = random_name(target_);
    try {
      file_ =
          std::make_unique<Descriptor>(temporary_, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
    } catch (const PathError&) {
      if (!is_there(temporary_)) throw;
    }
  }
}

AtomicFile::~AtomicFile() {
  if (!committed_ && file_->is_at(temporary_)) ::unlink(temporary_.c_str());
}

int AtomicFile::descriptor() const { return file_->get(); }

Path AtomicFile::handle() const {
  const Path handle = fmt::format("/proc/self/fd/{}", file_->get());
  return ::access(handle.c_str(), F_OK) == 0 ? handle : temporary_;
}

void AtomicFile::write(std::span<const std::byte> content) { file_->write(content); }

void AtomicFile::commit() {
  adopt_owner_and_mode(*file_, target_);
  file_->flush();
  if (!file_->is_at(temporary_)) fail_system(ENOENT, "write", temporary_);
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail_system(errno, "write", target_);
  committed_ = true;
  flush_folder(folder_of(target_));
  file_->close();
}

bool AtomicFile::commit_new() {
  file_->flush();
  // Whoever holds the target may have removed the temporary file as a leftover.
  committed_ = file_->is_at(temporary_) && rename_new(temporary_, target_);
  return committed_;
}

Descriptor AtomicFile::release() { return std::move(*file_); }

void replace_file(const Path& path, std::span<const std::byte> content) {
  AtomicFile file(path);
  file.write(content);
  file.commit();
}

std::vector<Path> temporaries_of(const Path& target) {
  static const std::regex ending(kEnding);
  const std::string start = fmt::format(".{}.", target.filename().string());
  std::vector<Path> found;
  std::error_code error;
  std::filesystem::directory_iterator it(folder_of(target), error), end;
  for (; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name.starts_with(start) && std::regex_match(name.substr(start.size()), ending) &&
        it->symlink_status(error).type() == std::filesystem::file_type::regular)
      found.push_back(target.has_parent_path() ? it->path() : it->path().filename());
  }
  return found;
}

bool is_temporary(const Path& path) {
  static const std::regex form(fmt::format(R"(\..+\.{})", kEnding));
  return std::regex_match(path.filename().string(), form);
}

}  // namespace ravine
