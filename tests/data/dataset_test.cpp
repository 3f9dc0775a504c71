#include "ravine/data/dataset.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "data/small_sets.hpp"
#include "ravine/data/data_catalog.hpp"
#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

TEST(LoadDataset, SplitsASingleFile801010) {
  const TemporaryFolder folder;
  const auto data = data_catalog().load({.name = folder.write("t.csv", numbered_csv(105))});
  EXPECT_EQ(data->train.size(), 85u);
  EXPECT_EQ(data->validation.size(), 10u);
  EXPECT_EQ(data->test.size(), 10u);
  EXPECT_EQ(data->test.end, 105u);
  std::set<int> numbers;
  for (std::size_t i = 0; i < 105; ++i) {
    const float number = data->features.dense[2 * i];
    EXPECT_EQ(data->features.dense[2 * i + 1], 2 * number);
    EXPECT_EQ(data->labels[i], static_cast<int>(number) % 3 ? 1 : 0);
    numbers.insert(static_cast<int>(number));
  }
  EXPECT_EQ(numbers.size(), 105u);
  const auto full = data_catalog().load({.name = folder / "t.csv", .full = true});
  EXPECT_EQ(full->train.size(), 95u);
  EXPECT_EQ(full->validation.size(), 0u);
  EXPECT_EQ(full->features.dense, data->features.dense);
}

TEST(LoadDataset, ThePermutationIsTheSameForEverySeed) {
  const TemporaryFolder folder;
  const std::string name = folder.write("t.csv", numbered_csv(50));
  const auto a = data_catalog().load({.name = name, .seed = 1}),
             b = data_catalog().load({.name = name, .seed = 2});
  EXPECT_EQ(a->features.dense, b->features.dense);
  EXPECT_EQ(a->digest, b->digest);
  EXPECT_FALSE(std::is_sorted(a->labels.begin(), a->labels.end()));
}

TEST(LoadDataset, TrainTakesTheFirstExamples) {
  const TemporaryFolder folder;
  const std::string name = folder.write("t.csv", numbered_csv(50));
  const auto all = data_catalog().load({.name = name}),
             some = data_catalog().load({.name = name, .train = 7});
  EXPECT_EQ(some->train.begin, all->train.begin);
  EXPECT_EQ(some->train.size(), 7u);
  EXPECT_EQ(some->test.begin, all->test.begin);
  expect_contains(refusal_of([&] { data_catalog().load({.name = name, .train = 41}); }),
                  "train=41 is more than the 40 training examples");
  EXPECT_NE(refusal_of([&] { data_catalog().load({.name = name, .train = -1}); }), "");
}

TEST(LoadDataset, TheDigestFollowsWhatChangesTheExamples) {
  const TemporaryFolder folder;
  const std::string name = folder.write("t.csv", numbered_csv(50));
  const auto digest = [&](DataRequest request) {
    request.name = name;
    return data_catalog().load(request)->digest;
  };
  const std::set<std::string> digests = {digest({}), digest({.scale = "standardize"}),
                                         digest({.train = 7}), digest({.full = true})};
  EXPECT_EQ(digests.size(), 4u);
  EXPECT_EQ(digest({}), digest({.scale = "none"}));  // a table has no unit to divide by
  EXPECT_EQ(digest({}), digest({.train = 40}));
  folder.write("t.csv", numbered_csv(51));
  EXPECT_FALSE(digests.count(digest({})));
  const auto glyphs = [](DataRequest request) {
    request.name = "glyphs";
    return data_catalog().load(request)->digest;
  };
  EXPECT_NE(glyphs({.train = 20}), glyphs({.scale = "none", .train = 20}));
  EXPECT_NE(glyphs({.train = 20}), glyphs({.train = 20, .seed = 1}));
}

TEST(LoadDataset, RefusesUnknownNames) {
  expect_contains(refusal_of([] { data_catalog().load({.name = "mnits"}); }),
                  "did you mean 'mnist'?");
  expect_contains(refusal_of([] { data_catalog().load({.name = "x.arff"}); }), "ending in .csv");
  expect_contains(refusal_of([] { data_catalog().load({.name = "no.csv"}); }),
                  "'no.csv' does not exist");
  expect_contains(refusal_of([] { data_catalog().load({.name = "glyphs", .scale = "max"}); }),
                  "scale");
  expect_contains(refusal_of([] { data_catalog().load({.name = "mnist"}); }),
                  "scripts/fetch_datasets mnist");
}

}  // namespace
}  // namespace ravine
