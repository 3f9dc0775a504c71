#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "ravine/data/data_catalog.hpp"
#include "support/gzipped.hpp"
#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

std::string big_endian(std::size_t value) {
  std::string text(4, '\0');
  for (int i = 0; i < 4; ++i) text[3 - i] = static_cast<char>(value >> (8 * i));
  return text;
}

// Image i has the pixel i everywhere.
std::string images(std::size_t count, std::size_t rows, std::size_t cols) {
  std::string text = big_endian(2051) + big_endian(count) + big_endian(rows) + big_endian(cols);
  for (std::size_t i = 0; i < count; ++i) text += std::string(rows * cols, static_cast<char>(i));
  return text;
}

// Image i is of class first + i mod classes.
std::string labels(std::size_t count, std::size_t classes, std::size_t first) {
  std::string text = big_endian(2049) + big_endian(count);
  for (std::size_t i = 0; i < count; ++i) text += static_cast<char>(first + i % classes);
  return text;
}

TEST(IdxSets, AFolderHasAsManyClassesAsItsLabelsSay) {
  const TemporaryFolder folder;
  folder.write("k/train-images-idx3-ubyte", images(60, 2, 3));
  folder.write("k/train-labels-idx1-ubyte.gz", gzipped(labels(60, 26, 1)));
  folder.write("k/t10k-images-idx3-ubyte.gz", gzipped(images(30, 2, 3)));
  folder.write("k/t10k-labels-idx1-ubyte", labels(30, 26, 1));
  const auto data = data_catalog().load({.name = folder / "k/"});
  EXPECT_EQ(data->classes, 26u);
  EXPECT_EQ(data->features.cols, 6u);
  EXPECT_EQ(data->train.size(), 54u);
  EXPECT_EQ(data->validation.size(), 6u);
  EXPECT_EQ(data->test.size(), 30u);
  for (std::size_t i = 0; i < 90; ++i)
    EXPECT_EQ(data->labels[i], data->features.pixels[6 * i] % 26) << "class 1 becomes class 0";
  EXPECT_EQ(data->understood, "60 training and 30 test images of 6 pixels, 26 classes");
  EXPECT_EQ(value_range(data->features).second, Real(59) * static_cast<Real>(1.0 / 255));
  // Packed or not, it is the same data.
  folder.write("k/train-images-idx3-ubyte.gz", gzipped(images(60, 2, 3)));
  EXPECT_EQ(data_catalog().load({.name = folder / "k/"})->digest, data->digest);
}

TEST(IdxSets, AFileNamesOneSetOfAFolderWithSeveral) {
  const TemporaryFolder folder;
  for (const std::string set : {"emnist-letters", "emnist-digits"})
    for (const std::string part : {"train", "test"}) {
      const std::size_t classes = set == "emnist-letters" ? 26 : 10;
      folder.write(set + "-" + part + "-images-idx3-ubyte.gz", gzipped(images(60, 1, 2)));
      folder.write(set + "-" + part + "-labels-idx1-ubyte.gz", gzipped(labels(60, classes, 0)));
    }
  const std::string begin = folder / "emnist-";
  EXPECT_EQ(data_catalog().load({.name = begin + "letters-train-images-idx3-ubyte.gz"})->classes,
            26u);
  EXPECT_EQ(data_catalog().load({.name = begin + "digits-train-images-idx3-ubyte.gz"})->classes,
            10u);
  expect_contains(refusal_of([&] { data_catalog().load({.name = folder / ""}); }),
                  "has 2 sets of images: name the images of one, such as data=" + begin + "digits");
}

TEST(IdxSets, ASinglePairIsSplit) {
  const TemporaryFolder folder;
  const std::string name = folder.write("my.images.idx3-ubyte", images(50, 1, 2));
  folder.write("my.labels.idx1-ubyte", labels(50, 3, 0));
  const auto data = data_catalog().load({.name = name});
  EXPECT_EQ(data->train.size(), 40u);
  EXPECT_EQ(data->test.size(), 5u);
  EXPECT_FALSE(std::is_sorted(data->features.pixels.begin(), data->features.pixels.end()));
}

TEST(IdxSets, RefusesWhatIsMissingOrDoesNotFit) {
  const TemporaryFolder folder;
  folder.write("empty/readme", "");
  expect_contains(refusal_of([&] { data_catalog().load({.name = folder / "empty/"}); }),
                  "does not contain *train-images-idx3-ubyte");
  expect_contains(refusal_of([&] { data_catalog().load({.name = folder / "empty"}); }),
                  "is a folder");
  expect_contains(refusal_of([&] { data_catalog().load({.name = folder / "none/"}); }),
                  "cannot read the folder");
  const std::string name = folder.write("train-images-idx3-ubyte", images(5, 1, 2));
  expect_contains(refusal_of([&] { data_catalog().load({.name = name}); }),
                  "has no labels: put 'train-labels-idx1-ubyte' beside it");
  folder.write("train-labels-idx1-ubyte", labels(4, 2, 0));
  expect_contains(refusal_of([&] { data_catalog().load({.name = name}); }),
                  "do not belong together");
  folder.write("train-labels-idx1-ubyte", labels(5, 2, 0));
  folder.write("test-images-idx3-ubyte", images(5, 2, 2));
  folder.write("test-labels-idx1-ubyte", labels(5, 2, 0));
  expect_contains(refusal_of([&] { data_catalog().load({.name = name}); }),
                  "do not belong together");
  for (const DataRequest& request :
       {DataRequest{.name = name, .target = "first"}, DataRequest{.name = name, .task = "classes"}})
    EXPECT_NE(refusal_of([&] { data_catalog().load(request); }), "");
}

}  // namespace
}  // namespace ravine
