#include "ravine/data/dataset.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "ravine/data/data_catalog.hpp"
#include "support/gzipped.hpp"
#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

using Reals = std::vector<Real>;

Reals gathered(const Features& features, const std::vector<std::int32_t>& examples) {
  Reals out(examples.size() * features.cols);
  gather(features, examples, out.data());
  return out;
}

Real real(double value) { return static_cast<Real>(value); }

TEST(Gather, ScalesPixelsWithACommonFactor) {
  Features features{.rows = 3, .cols = 2, .pixels = {0, 255, 10, 20, 30, 40}};
  features.scale = {1.0 / 255};
  const Real s = real(1.0 / 255);
  EXPECT_EQ(gathered(features, {2, 0, 2}), (Reals{30 * s, 40 * s, 0, 255 * s, 30 * s, 40 * s}));
  features.shift = {100};
  EXPECT_EQ(gathered(features, {1}), (Reals{-90 * s, -80 * s}));
}

TEST(Gather, ShiftsAndScalesByColumn) {
  Features features{.rows = 2, .cols = 2, .dense = {1.5f, -2, 0.25f, 8}};
  features.shift = {1, -2};
  features.scale = {2, 0.5};
  EXPECT_EQ(gathered(features, {0, 1}), (Reals{1, 0, -1.5, 5}));
  features.shift = {0, 0};
  EXPECT_EQ(gathered(features, {0}), (Reals{3, -1}));
}

TEST(Gather, EveryWidthMatchesTheFormula) {
  for (std::size_t cols : {1u, 7u, 16u, 33u, 784u}) {
    Features features{.rows = 3, .cols = cols};
    features.scale = {1.0 / 255};
    for (std::size_t i = 0; i < 3 * cols; ++i)
      features.pixels.push_back(static_cast<std::uint8_t>(i * 37));
    const Reals out = gathered(features, {1, 2});
    for (std::size_t i = 0; i < out.size(); ++i)
      ASSERT_EQ(out[i], real(features.pixels[cols + i]) * real(1.0 / 255)) << cols << " " << i;
  }
}

TEST(Gather, RefusesSparseRows) {
  Features features{.rows = 1, .cols = 3};
  features.sparse = {.row_start = {0, 1}, .columns = {2}, .values = {1}};
  EXPECT_NE(refusal_of([&] { gathered(features, {0}); }), "");
}

// Rows "i, 2 i, class": feature 0 tells which row of the file an example was.
std::string numbered_csv(int rows) {
  std::string text = "number,double,class\n";
  for (int i = 0; i < rows; ++i)
    text += std::to_string(i) + "," + std::to_string(2 * i) + "," + (i % 3 ? "b" : "a") + "\n";
  return text;
}

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

TEST(LoadDataset, StandardizeUsesTheTrainingRowsOnly) {
  const TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 40; ++i) text += std::to_string(i * i) + ",0.1," + (i % 2 ? "a\n" : "b\n");
  const std::string name = folder.write("t.csv", text);
  const auto data = data_catalog().load({.name = name, .scale = "standardize", .train = 20});
  std::vector<std::int32_t> examples(20);
  std::iota(examples.begin(), examples.end(), 0);
  const Reals x = gathered(data->features, examples);
  double mean = 0, square = 0;
  for (std::size_t i = 0; i < 20; ++i) {
    mean += static_cast<double>(x[2 * i]) / 20;
    square += static_cast<double>(x[2 * i]) * static_cast<double>(x[2 * i]) / 20;
    EXPECT_NEAR(static_cast<double>(x[2 * i + 1]), 0, 1e-8);  // a constant column
  }
  EXPECT_NEAR(mean, 0, 1e-6);
  EXPECT_NEAR(square, 1, 1e-5);
  EXPECT_EQ(data->features.scale[1], 1.0);
}

TEST(LoadDataset, PixelsAreStandardizedToo) {
  const auto data = data_catalog().load({.name = "glyphs", .scale = "standardize", .train = 300});
  std::vector<std::int32_t> examples(300);
  std::iota(examples.begin(), examples.end(), 0);
  const Reals x = gathered(data->features, examples);
  for (std::size_t j = 0; j < 784; j += 97) {
    double mean = 0, square = 0;
    for (std::size_t i = 0; i < 300; ++i) {
      const double value = static_cast<double>(x[i * 784 + j]);
      mean += value / 300;
      square += value * value / 300;
    }
    EXPECT_NEAR(mean, 0, 1e-5) << j;
    EXPECT_NEAR(square, 1, 1e-4) << j;
  }
}

TEST(LoadDataset, TargetsBecomeClassesOrStayNumbers) {
  const TemporaryFolder folder;
  const auto load = [&](std::string_view rows, DataRequest request) {
    request.name = folder.write("t.csv", rows);
    return data_catalog().load(request);
  };
  const std::string whole = "1,7\n2,-1\n3,30\n4,7\n5,7\n6,7\n7,7\n8,7\n9,7\n10,7\n";
  const auto classes = load(whole, {});
  EXPECT_EQ(classes->classes, 3u);
  for (std::size_t i = 0; i < 10; ++i) {
    const float x = classes->features.dense[i];
    EXPECT_EQ(classes->labels[i], x == 2 ? 0 : x == 3 ? 2 : 1);
  }
  const auto regression = load(whole, {.task = "regression"});
  EXPECT_EQ(regression->classes, 0u);
  EXPECT_TRUE(regression->labels.empty());
  EXPECT_EQ(regression->targets[0], regression->features.dense[0] == 2   ? -1
                                    : regression->features.dense[0] == 3 ? 30
                                                                         : 7);
  EXPECT_NE(classes->digest, regression->digest);
  const std::string broken = "1,0.5\n2,1\n3,1\n4,1\n5,1\n6,1\n7,1\n8,1\n9,1\n10,1\n";
  EXPECT_EQ(load(broken, {})->classes, 0u);
  EXPECT_EQ(load(broken, {.task = "classes"})->classes, 2u);
  EXPECT_EQ(load(broken, {.target = "first"})->classes, 10u);
  EXPECT_NE(refusal_of([&] { load(broken, {.target = "middle"}); }), "");
  EXPECT_NE(refusal_of([&] { load("1,a\n2,b\n3,a\n", {.task = "regression"}); }), "");
  expect_contains(refusal_of([&] { load("1,a\n2,a\n3,a\n", {}); }), "1 distinct value:");
}

TEST(LoadDataset, SaysHowAnOwnFileWasRead) {
  const TemporaryFolder folder;
  const auto understood = [&](const std::string& file, std::string_view rows, DataRequest request) {
    request.name = folder.write(file, rows);
    return data_catalog().load(request)->understood;
  };
  std::string words = "x,y,label\n", sparse, plain;
  for (int i = 0; i < 10; ++i) {
    const std::string row = std::to_string(i);
    words += row + ",3," + (i % 2 ? "a\n" : "b\n");
    plain += row + ".5," + row + "\n";
    sparse += std::to_string(i % 2) + " 1:2 7:" + row + "\n";
  }
  EXPECT_EQ(understood("w.csv", words, {}),
            "10 rows, 2 features, target: column 3 'label', line 1 is a header, 2 classes");
  EXPECT_EQ(understood("p.csv", plain, {.target = "first"}),
            "10 rows, 1 feature, target: column 1, no header: line 1 is a row, "
            "features 0, target 0.5, regression");
  const auto counts = data_catalog().load({.name = folder / "p.csv"});
  EXPECT_TRUE(counts->guessed_classes);
  EXPECT_EQ(
      counts->understood,
      "10 rows, 1 feature, target: column 2, no header: line 1 is a row, features 0.5, target 0, "
      "10 classes "
      "(task=regression if these are quantities)");
  EXPECT_FALSE(data_catalog().load({.name = folder / "p.csv", .task = "classes"})->guessed_classes);
  // Names that are numbers, which nobody can tell from a row: the line shows them.
  EXPECT_EQ(
      understood("n.csv", "10,20,30,40,50\n0.5,1,2,3,0\n1.5,1,2,3,0\n2.5,1,2,3,1\n", {}),
      "4 rows, 4 features, target: column 5, no header: line 1 is a row, features 10, 20, 30, "
      "..., target 50, 3 classes (task=regression if these are quantities)");
  EXPECT_EQ(understood("s.svm", sparse, {.task = "classes"}),
            "10 rows, 7 features (sparse), 2 classes");
  EXPECT_EQ(data_catalog().load({.name = "glyphs", .train = 20})->understood, "");
}

TEST(LoadDataset, ReadsTablesPackedAndFromOtherSystemsAlike) {
  const TemporaryFolder folder;
  const std::string text = numbered_csv(30);
  std::string windows = "\xef\xbb\xbf";
  for (const char c : text) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
  const auto plain = data_catalog().load({.name = folder.write("t.csv", text)});
  for (const std::string& name :
       {folder.write("T.CSV", windows), folder.write("u.csv.GZ", gzipped(text)),
        folder.write("v.Csv.gz", gzipped(windows))}) {
    const auto other = data_catalog().load({.name = name});
    EXPECT_EQ(other->features.dense, plain->features.dense) << name;
    EXPECT_EQ(other->labels, plain->labels) << name;
  }
  for (const std::string& bad : {windows + "31,62,NaN\r\n", windows + "31,62,\"\"\r\n"})
    for (const std::string& name :
         {folder.write("w.csv", bad), folder.write("x.csv.gz", gzipped(bad))})
      expect_contains(refusal_of([&] { data_catalog().load({.name = name}); }),
                      "line 32: column 3 is ");
}

TEST(LoadDataset, KeysOfTablesAreForTables) {
  const TemporaryFolder folder;
  const std::string sparse = folder.write("t.svm", "1 1:1\n2 1:2\n");
  expect_contains(refusal_of([&] { data_catalog().load({.name = sparse, .target = "first"}); }),
                  "target=first is for .csv files");
  expect_contains(refusal_of([&] { data_catalog().load({.name = sparse, .header = "no"}); }),
                  "header=no is for .csv files");
  expect_contains(refusal_of([] { data_catalog().load({.name = "glyphs", .task = "regression"}); }),
                  "task=regression is for your own files");
  expect_contains(refusal_of([] { data_catalog().load({.name = "mnist", .target = "label"}); }),
                  "target=label is for .csv files");
  expect_contains(refusal_of([&] { data_catalog().load({.name = sparse, .header = "maybe"}); }),
                  "header");
}

TEST(LoadDataset, OneFileHasOneName) {
  for (const char* name : {"./x.csv", "a/../x.csv", ".//x.csv", "x.csv", "a/b/../../x.csv"})
    EXPECT_EQ(canonical_data_name(name), "x.csv");
  EXPECT_EQ(canonical_data_name("//tmp/./x.svm.gz"), "/tmp/x.svm.gz");
  EXPECT_EQ(canonical_data_name("../x.csv"), "../x.csv");
  EXPECT_EQ(canonical_data_name("./kmnist//"), "kmnist/");
  EXPECT_EQ(canonical_data_name("mnist"), "mnist");
  EXPECT_NE(refusal_of([] { canonical_data_name("a\nb.csv"); }), "");
}

TEST(LoadDataset, TheRangeOfValuesIsThatOfWhatANetworkSees) {
  const auto glyphs = data_catalog().load({.name = "glyphs", .train = 20});
  EXPECT_EQ(value_range(glyphs->features), (std::pair<Real, Real>(0, 1)));  // 255 / 255, exactly
  Features features{.rows = 2, .cols = 2, .dense = {1.5f, -2, 0.25f, 8}};
  features.shift = {1, -2};
  features.scale = {2, 0.5};
  EXPECT_EQ(value_range(features), (std::pair<Real, Real>(-1.5, 5)));
  features.dense[2] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(std::isnan(value_range(features).first));
}

TEST(LoadDataset, SparseRowsStaySparse) {
  const TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 30; ++i)
    text += (i % 2 ? "-1 " : "+1 ") + std::to_string(i + 1) + ":" + std::to_string(i % 2) + ".5\n";
  const std::string name = folder.write("t.svm.gz", gzipped(text));
  const auto data = data_catalog().load({.name = name});
  EXPECT_TRUE(data->features.is_sparse());
  EXPECT_EQ(data->features.cols, 30u);
  EXPECT_EQ(data->classes, 2u);
  const SparseRows& sparse = data->features.sparse;
  ASSERT_EQ(sparse.row_start.size(), 31u);
  for (std::size_t i = 0; i < 30; ++i) {
    ASSERT_EQ(sparse.row_start[i], static_cast<std::int64_t>(i));
    EXPECT_EQ(sparse.values[i], static_cast<float>(sparse.columns[i] % 2) + 0.5f);
    EXPECT_EQ(data->labels[i], sparse.columns[i] % 2 ? 0 : 1);
  }
  expect_contains(refusal_of([&] { data_catalog().load({.name = name, .scale = "standardize"}); }),
                  "scale=standardize");
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

TEST(LoadDataset, BinaryImagesAreBlackAndWhite) {
  const auto grey = data_catalog().load({.name = "glyphs", .scale = "none", .train = 20});
  const auto binary = data_catalog().load({.name = "glyphs", .scale = "binary", .train = 20});
  const std::vector<std::int32_t> rows = {0, 1, 2};
  std::vector<Real> before(3 * 784), after(before.size());
  gather(grey->features, rows, before.data());
  gather(binary->features, rows, after.data());
  for (std::size_t i = 0; i < before.size(); ++i)
    ASSERT_EQ(after[i], before[i] >= 128 ? Real(1) : Real(0)) << before[i];
  EXPECT_NE(std::ranges::count(after, Real(1)), 0);
  EXPECT_NE(grey->digest, binary->digest);
  const TemporaryFolder folder;
  const std::string table = folder.write("t.csv", numbered_csv(30));
  expect_contains(refusal_of([&] { data_catalog().load({.name = table, .scale = "binary"}); }),
                  "scale=binary is for images");
}

TEST(LoadDataset, FindsAPathBelowTheDataDirectory) {
  const TemporaryFolder folder;
  folder.write("mine/t.csv", numbered_csv(30));
  EXPECT_EQ(data_catalog().load({.name = "mine/t.csv", .directory = folder.path()})->features.rows,
            30u);
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
