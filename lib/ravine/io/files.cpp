#include "ravine/io/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include "ravine/core/error.hpp"

namespace ravine {
namespace {

using Path = std::filesystem::path;

/// An open file, closed on every way out.
class Descriptor {
 public:
  Descriptor(const Path& path, int flags) : path_(path) {
    descriptor_ = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
    if (descriptor_ < 0) fail_system(errno, "open", path);
  }
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return descriptor_; }

  /// Network file systems report a failed write only here.
  void close() {
    const int descriptor = std::exchange(descriptor_, -1);
    if (::close(descriptor) != 0 && errno != EINTR) fail_system(errno, "close", path_);
  }
  void flush() {
    // A device or a pipe cannot be flushed, and need not be.
    if (::fsync(descriptor_) != 0 && errno != EINVAL && errno != EROFS)
      fail_system(errno, "flush", path_);
  }

 private:
  Path path_;
  int descriptor_;
};

Path folder_of(const Path& path) { return path.has_parent_path() ? path.parent_path() : Path("."); }

void write_all(Descriptor& file, const Path& path, std::span<const std::byte> content) {
  while (!content.empty()) {
    const ssize_t written = ::write(file.get(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail_system(errno, "write", path);
    content = content.subspan(static_cast<std::size_t>(written));
  }
}

std::string unique_suffix() {
  static std::atomic<unsigned> count = 0;
  // The host keeps shards on a shared file system apart, whose process ids may be equal.
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return fmt::format("{}-{}-{}.tmp", host.data(), ::getpid(), count++);
}

}  // namespace

void fail_system(int code, std::string_view action, const Path& path) {
  const std::string failure = fmt::format("cannot {} {}", action, path.string());
  switch (code) {
    case ENOSPC:
    case EDQUOT:
      fail_io(
          "{}: the {} is full; make room and run the same command again, nothing finished is lost",
          failure, code == ENOSPC ? "disk" : "disk quota");
    case EFBIG:
      fail_io(
          "{}: the limit for the size of a file is reached; raise it (ulimit -f) and run the "
          "same command again",
          failure);
    case EACCES:
    case EPERM:
    case EROFS:
      fail("{}: no permission; choose another folder or change its permissions", failure);
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case EEXIST:
    case ENAMETOOLONG:
    case ELOOP:
    case EINVAL:
      fail("{}: {}; check the path", failure, std::strerror(code));
    default:
      fail_io("{}: {}; run the same command again once the machine is in order", failure,
              std::strerror(code));
  }
}

void create_folders(const Path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) fail_system(error.value(), "make the folder", folder);
  if (!std::filesystem::is_directory(folder)) fail_system(ENOTDIR, "make the folder", folder);
}

std::vector<std::byte> read_bytes(const Path& path) {
  const Descriptor file(path, O_RDONLY);
  std::vector<std::byte> content;
  for (std::size_t size = 0;;) {
    content.resize(size + (std::size_t{1} << 16));
    const ssize_t read = ::read(file.get(), content.data() + size, content.size() - size);
    if (read < 0 && errno == EINTR) continue;
    if (read < 0) fail_system(errno, "read", path);
    size += static_cast<std::size_t>(read);
    if (read > 0) continue;
    content.resize(size);
    return content;
  }
}

void write_bytes(const Path& path, std::span<const std::byte> content) {
  Descriptor file(path, O_WRONLY | O_CREAT | O_TRUNC);
  write_all(file, path, content);
  file.flush();
  file.close();
}

void replace_file(const Path& path, std::span<const std::byte> content) {
  AtomicFile file(path);
  {
    Descriptor temporary(file.temporary(), O_WRONLY | O_CREAT | O_TRUNC);
    write_all(temporary, file.temporary(), content);
    temporary.close();
  }
  file.commit();
}

AtomicFile::AtomicFile(Path target)
    : target_(std::move(target)),
      temporary_(folder_of(target_) /
                 fmt::format(".{}.{}", target_.filename().string(), unique_suffix())) {}

AtomicFile::~AtomicFile() {
  if (!committed_) ::unlink(temporary_.c_str());
}

void AtomicFile::commit() {
  {
    Descriptor file(temporary_, O_RDONLY);
    file.flush();
  }
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail_system(errno, "write", target_);
  committed_ = true;
  Descriptor folder(folder_of(target_), O_RDONLY | O_DIRECTORY);
  folder.flush();
}

bool is_temporary(const Path& path) {
  const std::string name = path.filename().string();
  return name.starts_with('.') && name.ends_with(".tmp");
}

}  // namespace ravine
