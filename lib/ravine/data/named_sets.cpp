#include <array>
#include <utility>

#include "ravine/core/digest.hpp"
#include "ravine/core/error.hpp"
#include "ravine/data/cifar.hpp"
#include "ravine/data/examples.hpp"
#include "ravine/data/file_catalog.hpp"
#include "ravine/data/idx_sets.hpp"
#include "ravine/data/prepare.hpp"
#include "ravine/data/sources.hpp"
#include "ravine/data/targets.hpp"
#include "ravine/io/gzip.hpp"

namespace ravine::detail {
namespace {

enum class Format { kIdx, kCifar, kCsv, kLibsvm };

// How the files of a cataloged set are read. Their order in the catalog is the order here:
// training file, then test file if there is one; for IDX images before labels.
struct NamedSet {
  std::string_view name, summary, citation;
  Format format;
  CsvOptions csv = {.task = Task::kClasses};
  double full_scale = 1;      // of pixels and grey values: scale=unit divides by it
  double target_unit = 1;     // regression targets are measured in it
  double least_positive = 0;  // > 0: labels are ratings, positive from there on
  bool has_test_file = false;
  bool cataloged = true;  // else the reader of the format knows its files
};

constexpr CsvOptions kTargetFirst = {.target = "first", .task = Task::kClasses};
constexpr CsvOptions kIdThenTarget = {.target = "first", .skip = 1, .task = Task::kClasses};

constexpr std::array kNamedSets = {
    NamedSet{.name = "a9a",
             .summary = "income above a threshold, 2 classes, sparse",
             .citation = "UCI Adult; LIBSVM Data",
             .format = Format::kLibsvm,
             .has_test_file = true},
    NamedSet{.name = "cal_housing",
             .summary = "house values, regression",
             .citation = "Pace and Barry 1997",
             .format = Format::kCsv,
             .csv = {.task = Task::kRegression},
             .target_unit = 1e5},
    NamedSet{.name = "cifar10",
             .summary = "small colour images, 10 classes",
             .citation = "Krizhevsky 2009",
             .format = Format::kCifar,
             .full_scale = 255,
             .cataloged = false},
    NamedSet{.name = "cifar10_subset",
             .summary = "a tenth of cifar10",
             .citation = "Krizhevsky 2009",
             .format = Format::kCifar,
             .full_scale = 255,
             .has_test_file = true},
    NamedSet{.name = "fashion_mnist",
             .summary = "articles of clothing, 28 x 28 pixels, 10 classes",
             .citation = "Xiao, Rasul and Vollgraf 2017",
             .format = Format::kIdx,
             .full_scale = 255},
    NamedSet{.name = "imdb",
             .summary = "film reviews, word counts, 2 classes",
             .citation = "Maas et al. 2011",
             .format = Format::kLibsvm,
             .least_positive = 7,
             .has_test_file = true},
    NamedSet{.name = "ionosphere",
             .summary = "radar returns, 2 classes",
             .citation = "UCI",
             .format = Format::kCsv},
    NamedSet{.name = "iris",
             .summary = "iris species, 3 classes",
             .citation = "UCI; Fisher 1936",
             .format = Format::kCsv},
    NamedSet{.name = "mnist",
             .summary = "handwritten digits, 28 x 28 pixels, 10 classes",
             .citation = "LeCun, Bottou, Bengio and Haffner 1998",
             .format = Format::kIdx,
             .full_scale = 255},
    NamedSet{.name = "mushrooms",
             .summary = "edible or poisonous, sparse",
             .citation = "UCI; LIBSVM Data",
             .format = Format::kLibsvm},
    NamedSet{.name = "optdigits",
             .summary = "handwritten digits, 8 x 8 pixels, 10 classes",
             .citation = "UCI; Alpaydin and Kaynak 1998",
             .format = Format::kCsv,
             .full_scale = 16,
             .has_test_file = true},
    NamedSet{.name = "phishing",
             .summary = "web sites, 2 classes, sparse",
             .citation = "UCI; LIBSVM Data",
             .format = Format::kLibsvm},
    NamedSet{.name = "rcv1_small",
             .summary = "news topic, 2 classes, sparse",
             .citation = "Lewis, Yang, Rose and Li 2004; Vowpal Wabbit",
             .format = Format::kLibsvm,
             .has_test_file = true},
    NamedSet{.name = "sonar",
             .summary = "rock or mine, 2 classes",
             .citation = "UCI; Gorman and Sejnowski 1988",
             .format = Format::kCsv},
    NamedSet{.name = "usps",
             .summary = "handwritten digits, 16 x 16 pixels, 10 classes",
             .citation = "Le Cun et al. 1990",
             .format = Format::kCsv,
             .csv = kTargetFirst,
             .has_test_file = true},
    NamedSet{.name = "w8a",
             .summary = "web pages, 2 classes, sparse",
             .citation = "Platt 1998; LIBSVM Data",
             .format = Format::kLibsvm},
    NamedSet{.name = "wdbc",
             .summary = "breast tumours, 2 classes",
             .citation = "UCI; Street, Wolberg and Mangasarian 1993",
             .format = Format::kCsv,
             .csv = kIdThenTarget},
    NamedSet{.name = "wine",
             .summary = "wine cultivars, 3 classes",
             .citation = "UCI",
             .format = Format::kCsv,
             .csv = kTargetFirst},
};

std::vector<NamedFile> read_files(const NamedSet& set, const std::string& directory,
                                  std::string& digests) {
  std::vector<NamedFile> files;
  if (!set.cataloged) {
    for (CifarFile& file : read_cifar10_files(directory)) {
      digests += sha256_hex(as_text(file.content)) + "\n";
      files.push_back({std::move(file.name), std::move(file.content)});
    }
    return files;
  }
  const std::size_t count = set.format == Format::kIdx ? 4 : set.has_test_file ? 2 : 1;
  for (const CatalogFile& entry : file_catalog()) {
    if (entry.set != set.name || files.size() == count) continue;
    files.push_back({std::string(entry.file), read_cataloged(entry, directory)});
    digests += std::string(entry.sha256) + "\n";
  }
  if (files.size() != count) fail("the catalog has no files of '{}'", set.name);
  return files;
}

void read_idx(std::vector<NamedFile> files, Examples& examples) {
  append_images(files[0], files[1], examples);
  examples.train_rows = examples.features.rows;
  append_images(files[2], files[3], examples);
  examples.classes = 10;
  examples.validation_tail = 10000;
}

// The last file is the test file.
void read_cifar(std::vector<NamedFile> files, Examples& examples) {
  CifarImages images;
  for (NamedFile& file : files) {
    examples.train_rows = images.labels.size();
    parse_cifar(file.content, file.name, images);
    Bytes().swap(file.content);
  }
  examples.features.rows = images.labels.size();
  examples.features.cols = CifarImages::kPixels;
  examples.features.shape = Shape::image(3, 32, 32);  // red, green and blue planes
  examples.features.pixels = std::move(images.pixels);
  examples.labels = std::move(images.labels);
  examples.classes = 10;
  // 40 000 / 10 000 of the whole set, as Glorot and Bengio (2010) split it.
  examples.validation_tail = examples.train_rows / 5;
}

void read_text(const NamedSet& set, const std::vector<NamedFile>& files, Examples& examples) {
  std::vector<TextFile> texts;
  for (const NamedFile& file : files) texts.push_back({file.name, as_text(file.content)});
  if (set.format == Format::kCsv) {
    read_csv_examples(texts, set.csv, examples);
  } else {
    read_libsvm_examples(texts, Task::kClasses, set.least_positive, examples);
  }
  for (float& target : examples.targets)
    target = static_cast<float>(static_cast<double>(target) / set.target_unit);
}

Dataset read_named(const NamedSet& set, const DataRequest& request) {
  Examples examples;
  auto files = read_files(set, request.directory, examples.digests);
  if (set.format == Format::kIdx) {
    read_idx(std::move(files), examples);
  } else if (set.format == Format::kCifar) {
    read_cifar(std::move(files), examples);
  } else {
    read_text(set, files, examples);
  }
  examples.full_scale = set.full_scale;
  return split(std::move(examples), request.full);
}

}  // namespace

std::vector<DataSource> named_sets() {
  std::vector<DataSource> sources;
  for (const NamedSet& set : kNamedSets)
    sources.push_back(
        {.name = std::string(set.name),
         .summary = std::string(set.summary),
         .citation = std::string(set.citation),
         .make = [&set](const DataRequest& request) { return read_named(set, request); }});
  return sources;
}

}  // namespace ravine::detail
