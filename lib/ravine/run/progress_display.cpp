#include "ravine/run/progress_display.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "ravine/core/messages.hpp"

namespace ravine {
namespace {

constexpr auto kRedraw = std::chrono::milliseconds(200);
constexpr auto kReport = std::chrono::seconds(30);
constexpr int kWidestBar = 28, kNarrowestBar = 5;

// The work of trials that is not products, as that many of them on a core of ordinary speed.
constexpr double kTrialGigaflops = 10 * kTrialSeconds;

double share_done(const Progress& progress, std::size_t trials, double gigaflops) {
  const std::size_t done = progress.done;
  if (done >= trials) return 1;
  const double all = gigaflops + kTrialGigaflops * static_cast<double>(trials);
  const double ours = progress.gigaflops_done + kTrialGigaflops * static_cast<double>(done);
  return std::clamp(ours / all, 0.0, 0.99);
}

}  // namespace

bool redraws_lines() {
  const char* terminal = std::getenv("TERM");
  return isatty(STDERR_FILENO) && terminal && *terminal && terminal != std::string_view("dumb");
}

int terminal_columns() {
  winsize size = {};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

std::string format_duration(double seconds) {
  const auto s = static_cast<long long>(std::lround(std::max(0.0, seconds)));
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3600) return fmt::format("{} min {:02} s", s / 60, s % 60);
  return fmt::format("{} h {:02} min", s / 3600, s % 3600 / 60);
}

ProgressDisplay::ProgressDisplay(const Progress& progress, std::size_t trials, double gigaflops,
                                 Note note)
    : progress_(progress),
      trials_(trials),
      gigaflops_(gigaflops),
      terminal_(redraws_lines()),
      note_(std::move(note)),
      thread_([this] { show(); }) {}

ProgressDisplay::~ProgressDisplay() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

std::optional<double> seconds_left(const Progress& progress, std::size_t trials, double gigaflops,
                                   double elapsed_seconds) {
  const double share = share_done(progress, trials, gigaflops);
  if (share <= 0.01 || share >= 1) return std::nullopt;
  return std::max(1.0, elapsed_seconds * (1 - share) / share);
}

std::string progress_report(const Progress& progress, std::size_t trials, double gigaflops,
                            double elapsed_seconds) {
  const double share = share_done(progress, trials, gigaflops);
  std::string text = fmt::format("{:3.0f} %  {}/{} trials, {} running", std::floor(100 * share),
                                 progress.done.load(), trials, progress.running.load());
  if (progress.diverged > 0) text += fmt::format(", {} diverged", progress.diverged.load());
  if (progress.failed > 0) text += fmt::format(", {} failed", progress.failed.load());
  text += fmt::format("  {}", format_duration(elapsed_seconds));
  if (const auto left = seconds_left(progress, trials, gigaflops, elapsed_seconds))
    text += fmt::format(", about {} left", format_duration(*left));
  return text;
}

std::string progress_line(const Progress& progress, std::size_t trials, double gigaflops,
                          double elapsed_seconds, int columns) {
  std::string text = progress_report(progress, trials, gigaflops, elapsed_seconds);
  // The last column stays free: some terminals begin a new line after it.
  const auto room = static_cast<std::size_t>(std::max(0, columns - 1));
  if (text.size() > room) return text.substr(0, room);
  const int width = std::min(kWidestBar, static_cast<int>(room - text.size()) - 1);
  if (width < kNarrowestBar) return text;
  const int filled = static_cast<int>(share_done(progress, trials, gigaflops) * width);
  std::string bar;
  for (int i = 0; i < width; ++i) bar += i < filled ? "█" : "░";
  return bar + ' ' + text;
}

void ProgressDisplay::show() {
  const auto begin = std::chrono::steady_clock::now();
  auto next_report = begin + kReport;
  if (note_) note_(std::nullopt);
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    wake_.wait_for(lock, kRedraw);
    const auto now = std::chrono::steady_clock::now();
    const double elapsed = std::chrono::duration<double>(now - begin).count();
    if (terminal_) {
      say("\r\033[K{}", progress_line(progress_, trials_, gigaflops_, elapsed, terminal_columns()));
    }
    if (now < next_report) continue;
    next_report += kReport;
    if (!terminal_) say("{}\n", progress_report(progress_, trials_, gigaflops_, elapsed));
    if (note_) note_(seconds_left(progress_, trials_, gigaflops_, elapsed));
  }
  if (terminal_) say("\r\033[K");
}

}  // namespace ravine
