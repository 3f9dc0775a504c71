#include "ravine/io/lock.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <string>

#include "ravine/core/error.hpp"
#include "ravine/core/text.hpp"
#include "ravine/io/files.hpp"

namespace ravine {
namespace {

std::string host_name() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return host.data();
}

std::string holder_text() {
  const char* job = std::getenv("SLURM_JOB_ID");
  return fmt::format("host={}\npid={}\nstarted={}\njob={}\n", host_name(), ::getpid(),
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

std::string content_of(int descriptor) {
  std::array<char, 1024> content{};
  const ssize_t size = ::pread(descriptor, content.data(), content.size(), 0);
  return {content.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

[[noreturn]] void refuse(std::string_view holder, const std::filesystem::path& path,
                         std::string_view remedy) {
  fail("{} is in use by process {} on host {}: {}", path.string(), value_of(holder, "pid"),
       value_of(holder, "host"), remedy);
}

/// Seconds since the file was written, both by the clock of its file system: hosts may disagree
/// about the time.
double age_seconds(int descriptor, const std::filesystem::path& path) {
  const AtomicFile probe(path);
  write_bytes(probe.temporary(), {});
  struct stat now {
  }, written{};
  if (::stat(probe.temporary().c_str(), &now) != 0 || ::fstat(descriptor, &written) != 0)
    fail_system(errno, "look at", path);
  return std::difftime(now.st_mtime, written.st_mtime);
}

/// The kernel has granted the lock. Throws if another host, of which the kernel may not know, is
/// alive. A job that Slurm has started again elsewhere is this one.
void respect_other_hosts(int descriptor, const std::filesystem::path& path, std::string_view self) {
  const std::string holder = content_of(descriptor);
  const std::string job = value_of(holder, "job");
  if (holder.empty() || value_of(holder, "host") == host_name()) return;
  if (!job.empty() && job == value_of(self, "job")) return;
  const double age = age_seconds(descriptor, path);
  if (age < FileLock::kStaleSeconds)
    refuse(
        holder, path,
        fmt::format("it gave a sign of life {:.0f} s ago; stop it, wait until there was none for "
                    "{} s, or choose another --output",
                    std::max(0.0, age), FileLock::kStaleSeconds));
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
    if (code == EAGAIN || code == EACCES)
      refuse(content_of(descriptor), path, "wait for it, stop it, or choose another --output");
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

FileLock::FileLock(std::filesystem::path path) : path_(std::move(path)), holder_(holder_text()) {
  for (;;) {
    descriptor_ = open_locked(path_);
    if (is_current(descriptor_, path_)) break;
    ::close(descriptor_);
  }
  try {
    respect_other_hosts(descriptor_, path_, holder_);
    write_holder();
    heart_ = std::jthread([this](const std::stop_token& stop) { keep_alive(stop); });
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

FileLock::~FileLock() {
  heart_.request_stop();
  if (heart_.joinable()) heart_.join();
  // Removed before it is unlocked: whoever opened it in between sees that it is no longer current.
  ::unlink(path_.c_str());
  ::close(descriptor_);
}

void FileLock::write_holder() const {
  const std::string text = holder_ + fmt::format("heartbeat={}\n", std::time(nullptr));
  if (::pwrite(descriptor_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()) ||
      ::ftruncate(descriptor_, static_cast<off_t>(text.size())) != 0)
    fail_system(errno, "write", path_);
  ::fsync(descriptor_);  // so that other hosts see it; a file system without it has no other hosts
}

void FileLock::keep_alive(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, stop, std::chrono::seconds(kHeartbeatSeconds), [] {
    return false;
  }) && !stop.stop_requested()) {
    try {
      write_holder();
    } catch (const Error&) {
      // A full disk is met, and told, by whoever stores results.
    }
  }
}

}  // namespace ravine
