#include "ravine/run/progress_display.hpp"

#include <gtest/gtest.h>

namespace ravine {
namespace {

// Columns of a text whose only letters outside ASCII are those of the bar.
int width(const std::string& line) {
  int columns = 0;
  for (const char c : line) columns += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return columns;
}

TEST(ProgressDisplay, TheLineFitsTheTerminal) {
  Progress progress;
  progress.done = 12345;
  progress.running = 64;
  progress.diverged = 1234;
  progress.failed = 567;
  progress.gigaflops_done = 40;
  for (const int columns : {1, 2, 10, 40, 79, 80, 81, 120, 300}) {
    const std::string line = progress_line(progress, 20000, 100, 7300, columns);
    EXPECT_LT(width(line), columns) << line;
  }
  EXPECT_NE(progress_line(progress, 20000, 100, 7300, 120).find("█"), std::string::npos);
  EXPECT_NE(progress_line(progress, 20000, 100, 7300, 80).find("12345/20000"), std::string::npos);
}

TEST(ProgressDisplay, OnlyTheLastTrialMakesItAHundredPercent) {
  Progress progress;
  progress.done = 91;
  progress.gigaflops_done = 1e6;  // more than was estimated
  const std::string most = progress_report(progress, 160, 1e6, 100);
  EXPECT_EQ(most.find("100 %"), std::string::npos) << most;
  EXPECT_EQ(most.find("about 0 s"), std::string::npos) << most;
  EXPECT_NE(most.find("left"), std::string::npos) << most;
  progress.done = 160;
  const std::string all = progress_report(progress, 160, 1e6, 100);
  EXPECT_NE(all.find("100 %"), std::string::npos) << all;
  EXPECT_EQ(all.find("left"), std::string::npos) << all;
}

TEST(ProgressDisplay, TrialsWithoutProductsCountToo) {
  Progress progress;
  progress.done = 50;
  EXPECT_NE(progress_report(progress, 100, 0, 10).find("50 %"), std::string::npos);
}

}  // namespace
}  // namespace ravine
