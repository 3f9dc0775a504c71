#include "ravine/data/synthetic/ill_conditioned.hpp"

#include <array>
#include <cmath>
#include <span>

#include "ravine/core/digest.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/core/random.hpp"
#include "ravine/data/synthetic/streams.hpp"

namespace ravine {
namespace {

constexpr std::size_t kFeatures = 100;
constexpr double kLogitDeviation = 2;

using Weights = std::array<double, kFeatures>;

Weights teacher(std::uint64_t seed) {
  RandomStream random(seed, Purpose::kData, detail::kTeacherStream);
  const double size = kLogitDeviation / std::sqrt(static_cast<double>(kFeatures));
  Weights w;
  for (double& value : w) value = random.below(2) == 0 ? size : -size;
  return w;
}

void append_row(RandomStream random, const Weights& w, Dataset& data) {
  double logit = 0;
  for (std::size_t j = 0; j < kFeatures; ++j) {
    const double z = random.normal();
    logit += w[j] * z;
    data.features.dense.push_back(static_cast<float>(z / std::sqrt(static_cast<double>(j + 1))));
  }
  data.labels.push_back(random.uniform() < 1 / (1 + portable_exp(-logit)));
}

}  // namespace

Dataset make_ill_conditioned(std::uint64_t seed, std::size_t train, bool full) {
  constexpr std::size_t kTrain = 20000, kValidation = 2000, kTest = 5000;
  Dataset data;
  data.name = "ill_conditioned";
  data.classes = 2;
  data.train = {0, train == 0 ? kTrain : train};
  data.validation = {data.train.end, data.train.end + kValidation};
  data.test = {data.validation.end, data.validation.end + kTest};
  data.features.rows = data.test.end;
  data.features.cols = kFeatures;
  data.features.dense.reserve(data.test.end * kFeatures);
  const Weights w = teacher(seed);
  std::uint64_t part = 0;
  for (const Range& range : {data.train, data.validation, data.test}) {
    for (std::size_t i = 0; i < range.size(); ++i)
      append_row(RandomStream(seed, Purpose::kData, part << 32 | i), w, data);
    ++part;
  }
  Sha256 digest;
  digest.update(std::as_bytes(std::span(data.features.dense)));
  digest.update(std::as_bytes(std::span(data.labels)));
  data.digest = digest.finish_hex();
  if (full) data.train.end = data.validation.begin = data.validation.end;
  return data;
}

}  // namespace ravine
