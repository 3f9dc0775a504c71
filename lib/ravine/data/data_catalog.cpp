#include "ravine/data/data_catalog.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "ravine/core/component.hpp"
#include "ravine/core/digest.hpp"
#include "ravine/core/error.hpp"
#include "ravine/data/examples.hpp"
#include "ravine/data/prepare.hpp"
#include "ravine/data/sources.hpp"

namespace ravine {
namespace {

void check_request(const DataRequest& request, const DataSource* source) {
  constexpr std::int64_t kMost = 1000000;
  check_choice("scale", request.scale, "unit|binary|standardize|none");
  check_choice("header", request.header, "auto|yes|no");
  check_range("context", static_cast<double>(request.context), "[1, 65536]");
  if (request.train < 0)
    fail("train={} is negative: give a number of examples, or 0 for all", request.train);
  if (source && source->draws_any_number && request.train > kMost)
    fail("train={} generated examples do not fit into memory: use at most {}", request.train,
         kMost);
  if (source && source->draws_any_number && request.train * request.context > 100 * kMost)
    fail(
        "train={} generated examples of context={} do not fit into memory: use at most {} examples",
        request.train, request.context, 100 * kMost / request.context);
  if (!source) return;
  detail::refuse_table_keys(request);
  if (request.task != "auto")
    fail("task={} is for your own files: the targets of '{}' are known", request.task,
         request.name);
}

// The readers of ravine keep all this; what a program adds may not.
void check_parts(const Dataset& data, const std::string& name) {
  const Features& features = data.features;
  const std::size_t values = features.rows * features.cols;
  const bool pixels = features.pixels.size() == values && features.dense.empty();
  const bool dense = features.dense.size() == values && features.pixels.empty();
  const bool sparse = features.sparse.row_start.size() == features.rows + 1 &&
                      features.pixels.empty() && features.dense.empty();
  const bool tokens = !features.tokens.empty() && features.tokens.size() == values;
  if (!pixels && !dense && !sparse && !tokens)
    fail("data '{}' does not have {} x {} features in one of its four forms", name, features.rows,
         features.cols);
  if (features.shift.size() != 1 || features.scale.size() != 1)
    fail("data '{}' needs one shift and one scale, those of scale=unit", name);
  for (const Range& range : {data.train, data.validation, data.test})
    if (range.begin > range.end || range.end > features.rows)
      fail("data '{}' has a part from {} to {}, but {} rows", name, range.begin, range.end,
           features.rows);
  for (const std::int32_t token : features.tokens)
    if (token < 0 || static_cast<std::size_t>(token) >= features.vocabulary)
      fail("data '{}' has the token {}, but a vocabulary of {}", name, token, features.vocabulary);
  for (const std::size_t targets : {data.labels.size(), data.targets.size()})
    if (targets != 0 && targets != features.rows * data.positions)
      fail("data '{}' has {} labels or targets for its {} rows", name, targets, features.rows);
}

void choose_training_rows(const DataRequest& request, bool drawn, Dataset& data) {
  if (request.full && data.validation.size() > 0) {
    if (data.validation.begin != data.train.end)
      fail("full=true needs the validation part of '{}' right behind the training part",
           request.name);
    data.train.end = data.validation.begin = data.validation.end;
  }
  if (request.train == 0 || drawn) return;
  const auto count = static_cast<std::size_t>(request.train);
  if (count > data.train.size())
    fail("train={} is more than the {} training examples of '{}': use at most that", count,
         data.train.size(), request.name);
  data.train.end = data.train.begin + count;
}

// Returns the scale that took effect: what changes nothing must not change the digest.
std::string apply_scale(const DataRequest& request, Dataset& data) {
  Features& features = data.features;
  const bool changes =
      request.scale == "unit" && (features.shift[0] != 0 || features.scale[0] != 1);
  if (changes) return "unit";
  features.shift = {0.0};
  features.scale = {1.0};
  if (request.scale == "standardize") {
    if (!features.tokens.empty())
      fail("scale=standardize is for numbers, but '{}' is made of tokens: use scale=unit or none",
           request.name);
    if (features.is_sparse())
      fail("scale=standardize would make the sparse rows of '{}' dense: use scale=unit or none",
           request.name);
    detail::standardize(features, data.train);
    return "standardize";
  }
  if (request.scale == "binary") {
    if (features.pixels.empty())
      fail(
          "scale=binary is for images, but '{}' does not contain any: use unit, standardize or "
          "none",
          request.name);
    detail::binarize(features);
    return "binary";
  }
  return "none";
}

std::string digest_of_content(const Dataset& data) {
  Sha256 digest;
  const auto add = [&](const auto& values) { digest.update(std::as_bytes(std::span(values))); };
  digest.update(
      fmt::format("{} x {}, {} classes\n", data.features.rows, data.features.cols, data.classes));
  add(data.features.pixels);
  add(data.features.dense);
  add(data.features.sparse.row_start);
  add(data.features.sparse.columns);
  add(data.features.sparse.values);
  if (!data.features.tokens.empty()) {
    digest.update(
        fmt::format("{} tokens, {} positions\n", data.features.vocabulary, data.positions));
    add(data.features.tokens);
  }
  add(data.features.shift);
  add(data.features.scale);
  add(data.labels);
  add(data.targets);
  return digest.finish_hex();
}

std::string digest_of_examples(const std::string& scale, const Dataset& data) {
  constexpr int kVersion = 1;  // of everything between the files and the examples
  std::string text = fmt::format("ravine data {}\n{}\nscale={}\n", kVersion, data.digest, scale);
  for (const Range& range : {data.train, data.validation, data.test})
    text += fmt::format("{}:{}\n", range.begin, range.end);
  return sha256_hex(text);
}

}  // namespace

DataCatalog& DataCatalog::add(DataSource source) {
  if (detail::is_data_path(source.name))
    fail("the data set '{}' has the name of a file: leave the ending out", source.name);
  if (find(source.name))
    fail("there is a data set '{}' already: give yours another name", source.name);
  sources_.push_back(std::move(source));
  return *this;
}

std::vector<std::string> DataCatalog::names() const {
  std::vector<std::string> all;
  for (const DataSource& source : sources_) all.push_back(source.name);
  std::sort(all.begin(), all.end());
  return all;
}

const DataSource* DataCatalog::find(std::string_view name) const {
  const auto found = std::ranges::find(sources_, name, &DataSource::name);
  return found == sources_.end() ? nullptr : &*found;
}

void DataCatalog::refuse_unknown(const std::string& name) const {
  std::error_code error;
  if (std::filesystem::is_directory(name, error))
    fail("'{}' is a folder: write data={}/ for the IDX images in it, or name a file", name, name);
  fail(
      "unknown data set '{}'{}: use {}, or a path ending in .csv, .libsvm, .svm, .txt, "
      "images-idx3-ubyte (or those .gz) or / (a folder of IDX images)",
      name, did_you_mean(name, names()), fmt::join(names(), ", "));
}

std::shared_ptr<const Dataset> DataCatalog::load(const DataRequest& request) const {
  const DataSource* const source = find(request.name);
  check_request(request, source);
  if (!source && !detail::is_data_path(request.name)) refuse_unknown(request.name);
  auto data =
      std::make_shared<Dataset>(source ? source->make(request) : detail::read_path(request));
  data->name = request.name;
  check_parts(*data, request.name);
  if (data->digest.empty()) data->digest = digest_of_content(*data);
  choose_training_rows(request, source && source->draws_any_number, *data);
  const std::string scale = apply_scale(request, *data);
  data->digest = digest_of_examples(scale, *data);
  return data;
}

DataCatalog data_catalog() {
  DataCatalog catalog;
  for (DataSource& source : detail::generated_sets()) catalog.add(std::move(source));
  for (DataSource& source : detail::named_sets()) catalog.add(std::move(source));
  return catalog;
}

}  // namespace ravine
