// Every input that is kept in inputs/<target>/, seeds and what once found a defect.

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "fuzz/targets.hpp"
#include "ravine/io/gzip.hpp"

namespace ravine::fuzz {
namespace {

class Replay : public testing::TestWithParam<Target> {};

TEST_P(Replay, KeptInputs) {
  const Target target = GetParam();
  const auto folder = std::filesystem::path(RAVINE_TEST_DATA) / "fuzz/inputs" / target.name;
  int inputs = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    SCOPED_TRACE(file.path().string());
    EXPECT_NO_THROW(run(target, read_file(file.path())));
    ++inputs;
  }
  EXPECT_GE(inputs, 1);
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Replay, testing::ValuesIn(kTargets),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace ravine::fuzz
