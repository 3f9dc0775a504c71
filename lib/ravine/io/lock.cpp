#include "ravine/io/lock.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <optional>
#include <string>

#include "ravine/core/error.hpp"
#include "ravine/io/atomic_file.hpp"
#include "ravine/io/descriptor.hpp"
#include "ravine/io/files.hpp"
#include "ravine/io/lock_holder.hpp"

namespace ravine {
namespace {

using Path = std::filesystem::path;

std::string content_of(const Descriptor& file) {
  std::string content(2048, '\0');
  content.resize(file.read_at(0, std::as_writable_bytes(std::span(content))));
  return content;
}

[[noreturn]] void refuse(std::string_view holder, const Path& path, std::string_view remedy) {
  fail_io("{} is in use by process {} on host {}: {}", path.string(), holder_value(holder, "pid"),
          holder_value(holder, "host"), remedy);
}

/// Returns whether the kernel grants it.
bool try_lock(int descriptor, const Path& path) {
  struct flock whole_file {};
  whole_file.l_type = F_WRLCK;
  whole_file.l_whence = SEEK_SET;
  if (::fcntl(descriptor, F_OFD_SETLK, &whole_file) == 0) return true;
  if (errno == EAGAIN || errno == EACCES) return false;
  if (errno == ENOLCK || errno == ENOSYS || errno == EOPNOTSUPP)
    fail("cannot lock {}: its file system has no locks; choose an output on one that has",
         path.string());
  fail_system(errno, "lock", path);
}

/// Seconds since the file was written, both by the clock of its file system: hosts may disagree
/// about the time. A clock that was set back starts to count now.
double age_seconds(const Descriptor& file) {
  const AtomicFile probe(file.path());
  struct stat now {
  }, written{};
  if (::fstat(probe.descriptor(), &now) != 0 || ::fstat(file.get(), &written) != 0)
    fail_system(errno, "look at", file.path());
  const double age = std::difftime(now.st_mtime, written.st_mtime);
  if (age >= 0) return age;
  if (::futimens(file.get(), nullptr) != 0) fail_system(errno, "set the time of", file.path());
  return 0;
}

/// The kernel has granted the lock. Throws if another host, of which the kernel may not know, is
/// alive. A task that Slurm has started again elsewhere is this one.
void respect_other_hosts(const Descriptor& file, std::string_view self) {
  const std::string holder = content_of(file);
  if (holder_value(holder, "host") == holder_value(self, "host")) return;
  if (is_restart_of(holder, self)) return;
  const double age = age_seconds(file);
  if (age < FileLock::kStaleSeconds)
    refuse(holder, file.path(),
           fmt::format("its last heartbeat was {:.0f} s ago, and its lock expires after {:.0f} s "
                       "more without one; the same command then continues",
                       age, FileLock::kStaleSeconds - age));
}

/// The file that is there, if it is and can be had. Throws if it is in use, or is not a lock of
/// ravine. Nothing if it has gone meanwhile.
std::optional<Descriptor> open_existing(const Path& path, std::string_view self) {
  if (!is_there(path)) return std::nullopt;
  expect_plain_file(path);
  std::optional<Descriptor> file;
  try {
    file.emplace(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
  } catch (const PathError&) {
    if (!is_there(path)) return std::nullopt;
    throw;
  }
  const bool granted = try_lock(file->get(), path);
  // Its last holder may have removed it meanwhile.
  if (!file->is_at(path)) return std::nullopt;
  const std::string holder = content_of(*file);
  if (!is_holder(holder))
    fail("{} is not a lock of ravine: remove it if nothing needs it, or choose another output",
         path.string());
  if (!granted) refuse(holder, path, "wait for it, stop it, or choose another output");
  respect_other_hosts(*file, self);
  return file;
}

std::string with_heartbeat(const std::string& holder) {
  return holder + fmt::format("heartbeat={}\n", std::time(nullptr));
}

/// A new file, complete and locked before it has its name. Nothing if somebody was faster.
std::optional<Descriptor> make_new(const Path& path, const std::string& self) {
  AtomicFile file(path);
  const std::string text = with_heartbeat(self);
  file.write(std::as_bytes(std::span(text)));
  if (!try_lock(file.descriptor(), path)) fail_system(EAGAIN, "lock", path);
  if (!file.commit_new()) return std::nullopt;
  return file.release();
}

}  // namespace

FileLock::FileLock(Path path) : path_(std::move(path)), holder_(own_holder()) {
  std::optional<Descriptor> file;
  bool is_new = false;
  while (!file) {
    file = open_existing(path_, holder_);
    if (!file && !is_there(path_)) is_new = (file = make_new(path_, holder_)).has_value();
  }
  file_ = std::make_unique<Descriptor>(std::move(*file));
  if (!is_new) write_holder();
  try {
    heart_ = std::jthread([this](const std::stop_token& stop) { keep_alive(stop); });
  } catch (...) {
    ::unlink(path_.c_str());
    throw;
  }
}

FileLock::~FileLock() {
  heart_.request_stop();
  if (heart_.joinable()) heart_.join();
  try {
    // Removed before it is unlocked: whoever opened it in between sees that it is no longer there.
    if (is_held()) ::unlink(path_.c_str());
  } catch (const std::exception&) {
    // It cannot be read: whoever comes next finds it without a holder.
  }
}

void FileLock::expect_free(const Path& path) { open_existing(path, own_holder()); }

bool FileLock::is_held() const {
  return file_->is_at(path_) && content_of(*file_).starts_with(holder_);
}

void FileLock::expect_held() const {
  if (is_held()) return;
  const std::string holder = content_of(*file_);
  fail_io("{} is no longer held by this process{}: it stops; stored results are safe",
          path_.string(),
          holder.starts_with(holder_) || holder.empty()
              ? ", because it was removed"
              : fmt::format(", because process {} on host {} took it over",
                            holder_value(holder, "pid"), holder_value(holder, "host")));
}

void FileLock::write_holder() const {
  const std::string text = with_heartbeat(holder_);
  file_->write_at(0, std::as_bytes(std::span(text)));
  if (::ftruncate(file_->get(), static_cast<off_t>(text.size())) != 0)
    fail_system(errno, "write", path_);
  ::fsync(file_->get());  // so that other hosts see it; a file system without it has none
}

void FileLock::keep_alive(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, stop, std::chrono::seconds(kHeartbeatSeconds), [] {
    return false;
  }) && !stop.stop_requested()) {
    try {
      // What another process has taken over is not written to: whoever stores results is told.
      if (is_held()) write_holder();
    } catch (const std::exception&) {
      // A full disk is met, and told, by whoever stores results.
    }
  }
}

}  // namespace ravine
