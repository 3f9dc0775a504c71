#include "ravine/results/output_names.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ravine/core/error.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

TEST(OutputNames, ThatCannotBecomeAFileAreRefused) {
  const TemporaryFolder folder;
  for (const char* good : {"x.h5", "results/x", "run#1.h5", "a b.h5"})
    EXPECT_NO_THROW(check_output(good, "test")) << good;
  for (const std::string& bad : std::vector<std::string>{"", ".", "a/", "a/..", "/dev/null", "a\nb",
                                                         folder.path(), std::string(161, 'x')})
    EXPECT_THROW(check_output(bad, "test"), Error) << bad;
}

TEST(OutputNames, OfShardsAreThoseOfTheWhole) {
  EXPECT_EQ(shard_output("a/x.h5", 3, 4), "a/x.shard-3-of-4.h5");
  EXPECT_EQ(whole_output("a/x.shard-3-of-4.h5"), "a/x.h5");
  EXPECT_EQ(whole_output("a/x.shard-3-of-4.h5.spool"), "a/x.h5");
  EXPECT_EQ(whole_output("a/x.shard-3.h5"), "a/x.shard-3.h5");
}

}  // namespace
}  // namespace ravine
