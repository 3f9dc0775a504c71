#include "ravine/io/lock.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <string>

#include "ravine/core/error.hpp"
#include "ravine/core/text.hpp"
#include "ravine/io/files.hpp"

namespace ravine {
namespace {

std::string holder_text() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  const char* job = std::getenv("SLURM_JOB_ID");
  return fmt::format("host={}\npid={}\nstarted={}\njob={}\n", host.data(), ::getpid(),
                     std::time(nullptr), job ? job : "");
}

std::string value_of(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (line.starts_with(key) && line.substr(key.size()).starts_with('='))
      return std::string(line.substr(key.size() + 1));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return "?";
}

[[noreturn]] void refuse(int descriptor, const std::filesystem::path& path) {
  std::array<char, 1024> content{};
  const ssize_t size = ::pread(descriptor, content.data(), content.size(), 0);
  const std::string_view text(content.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  fail("{} is in use by process {} on host {}: wait for it, stop it, or choose another --output",
       path.string(), value_of(text, "pid"), value_of(text, "host"));
}

/// Whether `path` still names the open file: its last holder may have removed it meanwhile.
bool is_current(int descriptor, const std::filesystem::path& path) {
  struct stat open_file {
  }, named_file{};
  return ::fstat(descriptor, &open_file) == 0 && ::stat(path.c_str(), &named_file) == 0 &&
         open_file.st_ino == named_file.st_ino && open_file.st_dev == named_file.st_dev;
}

/// Opens and locks; throws with the descriptor closed.
int open_locked(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) fail_system(errno, "open", path);
  struct flock whole_file {};
  whole_file.l_type = F_WRLCK;
  whole_file.l_whence = SEEK_SET;
  if (::fcntl(descriptor, F_OFD_SETLK, &whole_file) == 0) return descriptor;
  const int code = errno;
  try {
    if (code == EAGAIN || code == EACCES) refuse(descriptor, path);
    if (code == ENOLCK || code == ENOSYS || code == EOPNOTSUPP)
      fail("cannot lock {}: its file system has no locks; choose an --output on one that has",
           path.string());
    fail_system(code, "lock", path);
  } catch (...) {
    ::close(descriptor);
    throw;
  }
}

}  // namespace

FileLock::FileLock(std::filesystem::path path) : path_(std::move(path)) {
  for (;;) {
    descriptor_ = open_locked(path_);
    if (is_current(descriptor_, path_)) break;
    ::close(descriptor_);
  }
  const std::string text = holder_text();
  if (::ftruncate(descriptor_, 0) == 0 &&
      ::pwrite(descriptor_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()))
    return;
  const int code = errno;
  ::close(descriptor_);
  fail_system(code, "write", path_);
}

FileLock::~FileLock() {
  // Removed before it is unlocked: whoever opened it in between sees that it is no longer current.
  ::unlink(path_.c_str());
  ::close(descriptor_);
}

}  // namespace ravine
