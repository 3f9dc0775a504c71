#include "ravine/data/data_catalog.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "support/refusal.hpp"

namespace ravine {
namespace {

Dataset make_ramp() {
  Dataset data;
  data.features.rows = 10;
  data.features.cols = 1;
  data.features.scale = {0.5};
  data.train = {0, 6};
  data.validation = {6, 8};
  data.test = {8, 10};
  for (int i = 0; i < 10; ++i) {
    data.features.dense.push_back(static_cast<float>(i));
    data.targets.push_back(static_cast<float>(i));
  }
  return data;
}

DataCatalog with_ramp(const std::function<void(Dataset&)>& change = {}) {
  DataCatalog catalog = data_catalog();
  catalog.add({.name = "ramp", .summary = "0 to 9", .make = [change](const DataRequest&) {
                 Dataset data = make_ramp();
                 if (change) change(data);
                 return data;
               }});
  return catalog;
}

TEST(DataCatalog, ASetOfOnesOwnFollowsTheRequest) {
  const DataCatalog catalog = with_ramp();
  const auto plain = catalog.load({.name = "ramp"});
  EXPECT_EQ(plain->name, "ramp");
  EXPECT_EQ(value_range(plain->features).second, Real(4.5)) << "scale=unit is that of the set";
  EXPECT_EQ(value_range(catalog.load({.name = "ramp", .scale = "none"})->features).second, Real(9));
  EXPECT_EQ(catalog.load({.name = "ramp", .train = 4})->train.end, 4u);
  const auto full = catalog.load({.name = "ramp", .full = true});
  EXPECT_EQ(full->train.end, 8u);
  EXPECT_EQ(full->validation.size(), 0u);
  expect_contains(refusal_of([&] { catalog.load({.name = "ramp", .train = 7}); }),
                  "more than the 6 training examples");
  expect_contains(refusal_of([&] { catalog.load({.name = "ramp", .target = "first"}); }), ".csv");
}

TEST(DataCatalog, TheDigestFollowsTheContent) {
  const auto digest = [](const std::function<void(Dataset&)>& change) {
    return with_ramp(change).load({.name = "ramp"})->digest;
  };
  const std::string plain = digest({});
  EXPECT_EQ(plain, digest({}));
  EXPECT_NE(plain, digest([](Dataset& data) { data.features.dense[9] = 8; }));
  EXPECT_NE(plain, digest([](Dataset& data) { data.targets[0] = 1; }));
  EXPECT_NE(plain, digest([](Dataset& data) { data.features.scale = {0.25}; }));
  EXPECT_NE(plain, digest([](Dataset& data) { data.train.end = 5; }));
  EXPECT_NE(plain, digest([](Dataset& data) { data.digest = "mine, version 2"; }));
}

TEST(DataCatalog, PartsThatDoNotFitTogetherAreRefused) {
  const auto refusal = [](const std::function<void(Dataset&)>& change, bool full = false) {
    return refusal_of([&] { with_ramp(change).load({.name = "ramp", .full = full}); });
  };
  expect_contains(refusal([](Dataset& data) { data.features.rows = 11; }), "11 x 1 features");
  expect_contains(refusal([](Dataset& data) { data.test.end = 11; }), "but 10 rows");
  expect_contains(refusal([](Dataset& data) { data.targets.pop_back(); }), "9 labels or targets");
  expect_contains(refusal([](Dataset& data) { data.features.scale = {1, 2}; }), "one scale");
  expect_contains(refusal([](Dataset& data) { data.validation.begin = 7; }, true), "full=true");
}

TEST(DataCatalog, NamesAreTakenOnce) {
  DataCatalog catalog = with_ramp();
  expect_contains(refusal_of([&] { catalog.add({.name = "ramp", .make = {}}); }), "already");
  expect_contains(refusal_of([&] { catalog.add({.name = "glyphs", .make = {}}); }), "already");
  expect_contains(refusal_of([&] { catalog.add({.name = "x.csv", .make = {}}); }),
                  "name of a file");
  EXPECT_EQ(data_catalog().names().size() + 1, catalog.names().size());
  for (const DataSource& source : catalog.entries()) EXPECT_NE(source.summary, "") << source.name;
}

}  // namespace
}  // namespace ravine
