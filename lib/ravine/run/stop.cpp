#include "ravine/run/stop.hpp"

#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>

#include "ravine/core/messages.hpp"

namespace ravine {
namespace {

constexpr std::array kSignals = {SIGHUP, SIGTERM, SIGINT, SIGUSR1, SIGUSR2, SIGXCPU};

// A signal handler can reach nothing but what is static; StopRequest is its only user.
std::atomic<bool> stop_requested = false, interrupted_before = false, stores = false;
static_assert(std::atomic<bool>::is_always_lock_free);
std::array<struct sigaction, kSignals.size()> actions_before;

void stop() {
  stop_requested = true;
  if (stores) return;
  write_quietly(2, "stopped before any trial ran; the same command starts again\n");
  _exit(75);
}

extern "C" void on_signal(int signal) {
  stop();
  if (signal == SIGINT && interrupted_before.exchange(true)) _exit(75);
}

}  // namespace

StopRequest::StopRequest() {
  stop_requested = interrupted_before = stores = false;
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    sigaction(kSignals[i], nullptr, &actions_before[i]);
    const bool under_nohup = kSignals[i] == SIGHUP && actions_before[i].sa_handler == SIG_IGN;
    if (!under_nohup) sigaction(kSignals[i], &action, nullptr);
  }
}

void StopRequest::limit(double seconds) {
  if (seconds <= 0) return;
  timer_ = std::jthread([this, seconds](const std::stop_token& token) {
    std::unique_lock lock(mutex_);
    const auto limit = std::chrono::duration<double>(seconds);
    const bool ended = wake_.wait_for(lock, token, limit, [] { return false; });
    if (!ended && !token.stop_requested()) stop();
  });
}

void StopRequest::begin_storing() { stores = true; }

StopRequest::~StopRequest() {
  for (std::size_t i = 0; i < kSignals.size(); ++i)
    sigaction(kSignals[i], &actions_before[i], nullptr);
}

std::atomic<bool>& StopRequest::requested() { return stop_requested; }

}  // namespace ravine
