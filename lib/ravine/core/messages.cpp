#include "ravine/core/messages.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>

#include "ravine/core/error.hpp"
#include "ravine/core/memory.hpp"

namespace ravine {
namespace {

// While it lives, a write that fails sends no signal. It leaves errno as it was: the writer may be
// the handler of a signal.
class QuietWrites {
 public:
  QuietWrites() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGPIPE);
    sigaddset(&signals_, SIGXFSZ);
    pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  }
  ~QuietWrites() {
    if (failed) {
      const timespec now = {};
      sigtimedwait(&signals_, nullptr, &now);
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    errno = errno_before_;
  }
  bool failed = false;

 private:
  const int errno_before_ = errno;
  sigset_t signals_, before_;
};

}  // namespace

void hold_standard_streams() noexcept {
  // A limit on the size of files is then an error of writing, with words, and no sudden end.
  std::signal(SIGXFSZ, SIG_IGN);
  for (const int descriptor : {0, 1, 2})
    if (fcntl(descriptor, F_GETFD) < 0 && errno == EBADF) {
      // The lowest free descriptor: this one. Read-only, so that writing to it still fails.
      if (open("/dev/null", O_RDONLY) < 0) return;
    }
}

bool can_start() noexcept {
  if (can_take(std::size_t{1} << 20)) return true;
  write_quietly(2, "memory ran out before the program began: raise the limit (ulimit -v)\n");
  return false;
}

void write_quietly(int descriptor, std::string_view text) noexcept {
  QuietWrites quiet;
  while (!text.empty() && !quiet.failed) {
    const auto written = ::write(descriptor, text.data(), text.size());
    if (written > 0)
      text.remove_prefix(static_cast<std::size_t>(written));
    else if (written == 0 || errno != EINTR)
      quiet.failed = true;
  }
}

namespace {

[[noreturn]] void fail_answer() {
  fail_io("cannot write the answer to standard output: {}; redirect it elsewhere",
          std::strerror(errno));
}

}  // namespace

void answer_text(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) fail_answer();
}

void flush_answers() {
  if (std::fflush(stdout) != 0 || std::ferror(stdout)) fail_answer();
}

}  // namespace ravine
