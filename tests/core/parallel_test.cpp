#include "ravine/core/parallel.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace ravine {
namespace {

TEST(Parallel, VisitsEveryElementOnceWhateverTheThreads) {
  for (int threads : {1, 2, 3, 4}) {
    std::vector<std::atomic<int>> visits(1001);
    parallel_chunks({threads}, visits.size(), 64, [&](std::size_t begin, std::size_t end) {
      EXPECT_EQ(begin % 64, 0u);
      for (std::size_t i = begin; i < end; ++i) ++visits[i];
    });
    for (const auto& v : visits) ASSERT_EQ(v.load(), 1);
  }
}

TEST(Parallel, SumsHaveTheSameBitsForAnyThreads) {
  const auto sum = [](int threads) {
    return parallel_sum({threads}, 1000003, 17, [](std::size_t begin, std::size_t end) {
      double part = 0;
      for (std::size_t i = begin; i < end; ++i) part += std::sin(static_cast<double>(i));
      return part;
    });
  };
  const double one = sum(1);
  for (int threads : {2, 3, 4}) EXPECT_EQ(one, sum(threads));
}

TEST(Parallel, RethrowsTheFirstException) {
  for (int threads : {1, 3})
    EXPECT_THROW(parallel_chunks({threads}, 100, 1,
                                 [](std::size_t i, std::size_t) {
                                   if (i == 37) throw std::runtime_error("37");
                                 }),
                 std::runtime_error);
}

}  // namespace
}  // namespace ravine
