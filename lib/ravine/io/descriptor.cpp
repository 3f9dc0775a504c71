#include "ravine/io/descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "ravine/io/failures.hpp"

namespace ravine {

Descriptor::Descriptor(std::filesystem::path path, int flags, unsigned mode)
    : path_(std::move(path)), descriptor_(::open(path_.c_str(), flags | O_CLOEXEC, mode)) {
  if (descriptor_ < 0) fail_system(errno, "open", path_);
}

Descriptor::~Descriptor() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Descriptor::Descriptor(Descriptor&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

std::uint64_t Descriptor::size() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) fail_system(errno, "look at", path_);
  return static_cast<std::uint64_t>(status.st_size);
}

bool Descriptor::is_at(const std::filesystem::path& path) const {
  struct stat open_file {
  }, named_file{};
  return ::fstat(descriptor_, &open_file) == 0 && ::lstat(path.c_str(), &named_file) == 0 &&
         open_file.st_ino == named_file.st_ino && open_file.st_dev == named_file.st_dev;
}

void Descriptor::write(std::span<const std::byte> content) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor_, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail_system(written < 0 ? errno : ENOSPC, "write", path_);
    content = content.subspan(static_cast<std::size_t>(written));
  }
}

void Descriptor::write_at(std::uint64_t offset, std::span<const std::byte> content) {
  while (!content.empty()) {
    const ssize_t written =
        ::pwrite(descriptor_, content.data(), content.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail_system(written < 0 ? errno : ENOSPC, "write", path_);
    content = content.subspan(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
}

std::size_t Descriptor::read_at(std::uint64_t offset, std::span<std::byte> into) const {
  std::size_t size = 0;
  while (size < into.size()) {
    const ssize_t read = ::pread(descriptor_, into.data() + size, into.size() - size,
                                 static_cast<off_t>(offset + size));
    if (read < 0 && errno == EINTR) continue;
    if (read < 0) fail_system(errno, "read", path_);
    if (read == 0) break;
    size += static_cast<std::size_t>(read);
  }
  return size;
}

void Descriptor::flush() {
  // A device or a pipe cannot be flushed, and need not be.
  if (::fsync(descriptor_) != 0 && errno != EINVAL && errno != EROFS)
    fail_system(errno, "flush", path_);
}

void Descriptor::close() {
  const int descriptor = std::exchange(descriptor_, -1);
  if (::close(descriptor) != 0 && errno != EINTR) fail_system(errno, "close", path_);
}

Descriptor open_regular(const std::filesystem::path& path, int flags) {
  Descriptor file(path, O_RDONLY | O_NONBLOCK | flags);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail_system(errno, "look at", path);
  if (S_ISDIR(status.st_mode)) fail("{} is a folder: name a file", shown(path).string());
  if (!S_ISREG(status.st_mode))
    fail("{} is a device or a pipe: name a regular file", shown(path).string());
  return file;
}

void flush_folder(const std::filesystem::path& folder) {
  Descriptor(folder, O_RDONLY | O_DIRECTORY).flush();
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

}  // namespace ravine
