#include "ravine/run/stop.hpp"

#include <unistd.h>

#include <chrono>
#include <csignal>

namespace ravine {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGUSR1};

// A signal handler can reach nothing but what is static; StopRequest is its only user.
std::atomic<bool> stop_requested = false, interrupted_before = false;
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void on_signal(int signal) {
  stop_requested = true;
  if (signal == SIGINT && interrupted_before.exchange(true)) _exit(75);
}

void set_handlers(void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  for (int signal : kSignals) sigaction(signal, &action, nullptr);
}

}  // namespace

StopRequest::StopRequest(double time_limit_seconds) {
  stop_requested = interrupted_before = false;
  set_handlers(on_signal);
  if (time_limit_seconds > 0)
    timer_ = std::jthread([this, time_limit_seconds](const std::stop_token& token) {
      std::unique_lock lock(mutex_);
      const auto limit = std::chrono::duration<double>(time_limit_seconds);
      const bool ended = wake_.wait_for(lock, token, limit, [] { return false; });
      if (!ended && !token.stop_requested()) stop_requested = true;
    });
}

StopRequest::~StopRequest() { set_handlers(SIG_DFL); }

std::atomic<bool>& StopRequest::requested() { return stop_requested; }

}  // namespace ravine
