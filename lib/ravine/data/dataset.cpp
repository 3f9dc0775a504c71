#include "ravine/data/dataset.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <filesystem>
#include <limits>
#include <utility>

#include "ravine/core/component.hpp"
#include "ravine/core/digest.hpp"
#include "ravine/core/error.hpp"
#include "ravine/data/examples.hpp"
#include "ravine/data/prepare.hpp"
#include "ravine/data/synthetic/generated_sets.hpp"

namespace ravine {
namespace {

// x = (value - shift) * scale is what scale=unit means for a data set.
struct UnitScale {
  double shift = 0, scale = 1;
};

const detail::GeneratedSet* find_generated(std::string_view name) {
  const auto sets = detail::generated_sets();
  const auto set = std::ranges::find(sets, name, &detail::GeneratedSet::name);
  return set == sets.end() ? nullptr : &*set;
}

Dataset generate(const detail::GeneratedSet& set, const DataRequest& request) {
  constexpr std::int64_t kMost = 1000000;
  if (request.train > kMost)
    fail("train={} generated examples do not fit into memory: use at most {}", request.train,
         kMost);
  return set.make(request.seed, static_cast<std::size_t>(request.train), request.full);
}

// Examples are chosen at random: their rows come from memory, one latency after the other, unless
// they are asked for in time.
constexpr std::size_t kRowsAhead = 6;

template <class T>
void prefetch(const T* row, std::size_t count) {
  const auto* const bytes = reinterpret_cast<const char*>(row);
  for (std::size_t i = 0; i < count * sizeof(T); i += kAlignment) __builtin_prefetch(bytes + i);
}

template <class T>
void gather_rows(std::span<const T> values, const Features& features,
                 std::span<const std::int32_t> examples, Real* out) {
  const std::size_t cols = features.cols;
  const bool common = features.shift.size() == 1 && features.scale.size() == 1;
  const Real shift = static_cast<Real>(features.shift[0]);
  const Real scale = static_cast<Real>(features.scale[0]);
  const auto row = [&](std::size_t i) {
    assert(examples[i] >= 0 && static_cast<std::size_t>(examples[i]) < features.rows);
    return values.data() + static_cast<std::size_t>(examples[i]) * cols;
  };
  for (std::size_t i = 0; i < std::min(kRowsAhead, examples.size()); ++i) prefetch(row(i), cols);
  for (std::size_t i = 0; i < examples.size(); ++i) {
    if (i + kRowsAhead < examples.size()) prefetch(row(i + kRowsAhead), cols);
    const T* const x = row(i);
    if (common && shift == 0) {
      for (std::size_t j = 0; j < cols; ++j) out[j] = static_cast<Real>(x[j]) * scale;
    } else if (common) {
      for (std::size_t j = 0; j < cols; ++j) out[j] = (static_cast<Real>(x[j]) - shift) * scale;
    } else {
      const double *const shifts = features.shift.data(), *const scales = features.scale.data();
      for (std::size_t j = 0; j < cols; ++j)
        out[j] =
            (static_cast<Real>(x[j]) - static_cast<Real>(shifts[j])) * static_cast<Real>(scales[j]);
    }
    out += cols;
  }
}

void limit_train(const DataRequest& request, Dataset& dataset) {
  if (request.train == 0) return;
  const auto count = static_cast<std::size_t>(request.train);
  if (count > dataset.train.size())
    fail("train={} is more than the {} training examples of '{}': use at most that", count,
         dataset.train.size(), request.name);
  dataset.train.end = dataset.train.begin + count;
}

// Returns the scale that took effect: what changes nothing must not change the digest.
std::string apply_scale(const DataRequest& request, UnitScale unit, Dataset& dataset) {
  Features& features = dataset.features;
  if (request.scale == "standardize") {
    if (features.is_sparse())
      fail("scale=standardize would fill the sparse rows of '{}': use scale=unit or none",
           request.name);
    detail::standardize(features, dataset.train);
    return "standardize";
  }
  if (request.scale == "binary") {
    if (features.pixels.empty())
      fail("scale=binary is for images, but '{}' has none: use unit, standardize or none",
           request.name);
    detail::binarize(features);
    return "binary";
  }
  const bool changes = request.scale == "unit" && (unit.shift != 0 || unit.scale != 1);
  if (!changes) unit = {};
  features.shift = {unit.shift};
  features.scale = {unit.scale};
  return changes ? "unit" : "none";
}

std::string content_digest(const std::string& sources, const std::string& scale,
                           const Dataset& dataset) {
  constexpr int kVersion = 1;  // of everything between the files and the examples
  std::string text = fmt::format("ravine data {}\n{}scale={}\n", kVersion, sources, scale);
  for (const Range& range : {dataset.train, dataset.validation, dataset.test})
    text += fmt::format("{}:{}\n", range.begin, range.end);
  return sha256_hex(text);
}

// What a reader understood, and what the targets became; "" for a named set.
std::string understood(const detail::Examples& examples) {
  if (examples.understood.empty()) return "";
  if (examples.classes == 0) return examples.understood + ", regression";
  return fmt::format("{}, {} classes{}", examples.understood, examples.classes,
                     examples.guessed_classes ? " (task=regression if these are quantities)" : "");
}

void refuse_file_keys(const DataRequest& request) {
  detail::refuse_table_keys(request);
  if (request.task != "auto")
    fail("task={} is for own files: what the targets of '{}' are is known", request.task,
         request.name);
}

void refuse_unknown(const std::string& name) {
  const auto names = dataset_names();
  std::error_code error;
  if (std::filesystem::is_directory(name, error))
    fail("'{}' is a folder: write data={}/ for the IDX images in it, or name a file", name, name);
  fail(
      "unknown data set '{}'{}: use {}, or a path ending in .csv, .libsvm, .svm, images-idx3-ubyte "
      "(or those .gz) or / (a folder of IDX images)",
      name, did_you_mean(name, names), fmt::join(names, ", "));
}

}  // namespace

void gather(const Features& features, std::span<const std::int32_t> examples, Real* out) {
  if (features.is_sparse()) fail("sparse examples cannot be gathered as dense rows");
  if (!features.pixels.empty()) {
    gather_rows<std::uint8_t>(features.pixels, features, examples, out);
  } else {
    gather_rows<float>(features.dense, features, examples, out);
  }
}

std::pair<Real, Real> value_range(const Features& features) {
  std::vector<Real> row(features.cols);
  Real least = std::numeric_limits<Real>::infinity(), greatest = -least;
  for (std::size_t i = 0; i < features.rows; ++i) {
    const std::array<std::int32_t, 1> example = {static_cast<std::int32_t>(i)};
    gather(features, example, row.data());
    for (const Real value : row) {
      if (std::isnan(value)) return {value, value};
      least = value < least ? value : least;
      greatest = value > greatest ? value : greatest;
    }
  }
  return {least, greatest};
}

std::string canonical_data_name(const std::string& name) {
  if (std::ranges::any_of(name, [](unsigned char c) { return c < ' ' || c == 0x7f; }))
    fail("the name of a data set has control characters: rename the file");
  if (!detail::is_data_path(name)) return name;
  return std::filesystem::path(name).lexically_normal().string();
}

std::shared_ptr<const Dataset> load_dataset(const DataRequest& request) {
  check_choice("scale", request.scale, "unit|binary|standardize|none");
  check_choice("header", request.header, "auto|yes|no");
  if (request.train < 0)
    fail("train={} is negative: give a number of examples, or 0 for all", request.train);
  auto dataset = std::make_shared<Dataset>();
  std::string sources;
  UnitScale unit;
  const bool path = !detail::is_named(request.name) && detail::is_data_path(request.name);
  if (!path) refuse_file_keys(request);
  if (const auto* const set = find_generated(request.name)) {
    *dataset = generate(*set, request);
    sources = dataset->digest + "\n";
    unit = {set->unit_shift, set->unit_scale};
  } else if (path || detail::is_named(request.name)) {
    detail::Examples examples =
        path ? detail::read_path(request) : detail::read_named(request.name, request.directory);
    dataset->guessed_classes = examples.guessed_classes;
    if (path) dataset->understood = understood(examples);
    sources = std::move(examples.digests);
    unit.scale = 1 / examples.full_scale;
    detail::split(std::move(examples), request.full, *dataset);
    limit_train(request, *dataset);
  } else {
    refuse_unknown(request.name);
  }
  dataset->name = request.name;
  dataset->digest = content_digest(sources, apply_scale(request, unit, *dataset), *dataset);
  return dataset;
}

std::vector<std::string> dataset_names() {
  std::vector<std::string> names = detail::named_sets();
  for (const detail::GeneratedSet& set : detail::generated_sets()) names.emplace_back(set.name);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace ravine
