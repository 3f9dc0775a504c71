#include "ravine/run/progress_display.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace ravine {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kRedraw = std::chrono::milliseconds(200);
constexpr auto kReport = std::chrono::seconds(30);
constexpr int kBarWidth = 28;

}  // namespace

std::string format_duration(double seconds) {
  const auto s = static_cast<long long>(std::lround(std::max(0.0, seconds)));
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3600) return fmt::format("{} min {:02} s", s / 60, s % 60);
  return fmt::format("{} h {:02} min", s / 3600, s % 3600 / 60);
}

ProgressDisplay::ProgressDisplay(const Progress& progress, std::size_t trials, double gigaflops)
    : progress_(progress),
      trials_(trials),
      gigaflops_(gigaflops),
      terminal_(isatty(STDERR_FILENO) != 0),
      thread_([this] { show(); }) {}

ProgressDisplay::~ProgressDisplay() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

std::string ProgressDisplay::line(double elapsed_seconds, bool bar) const {
  const double share =
      gigaflops_ > 0 ? std::clamp(progress_.gigaflops_done / gigaflops_, 0.0, 1.0) : 0.0;
  std::string text;
  if (bar) {
    const int filled = static_cast<int>(share * kBarWidth);
    for (int i = 0; i < kBarWidth; ++i) text += i < filled ? "█" : "░";
    text += ' ';
  }
  text += fmt::format("{:3.0f} %  {}/{} trials, {} running", 100 * share, progress_.done.load(),
                      trials_, progress_.running.load());
  if (progress_.diverged > 0) text += fmt::format(", {} diverged", progress_.diverged.load());
  if (progress_.failed > 0) text += fmt::format(", {} failed", progress_.failed.load());
  text += fmt::format("  {}", format_duration(elapsed_seconds));
  if (share > 0.01 && share < 1)
    text += fmt::format(", about {} left", format_duration(elapsed_seconds * (1 - share) / share));
  return text;
}

void ProgressDisplay::show() {
  const auto begin = Clock::now();
  auto next_report = begin + kReport;
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    wake_.wait_for(lock, kRedraw);
    const auto now = Clock::now();
    const double elapsed = std::chrono::duration<double>(now - begin).count();
    if (terminal_) {
      fmt::print(stderr, "\r\033[K{}", line(elapsed, true));
      std::fflush(stderr);
    } else if (now >= next_report) {
      fmt::print(stderr, "{}\n", line(elapsed, false));
      next_report += kReport;
    }
  }
  if (terminal_) fmt::print(stderr, "\r\033[K");
}

}  // namespace ravine
