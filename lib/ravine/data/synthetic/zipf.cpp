#include "ravine/data/synthetic/zipf.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "ravine/core/digest.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/core/random.hpp"
#include "ravine/data/synthetic/streams.hpp"

namespace ravine {
namespace {

constexpr std::size_t kWords = 10000;
constexpr std::uint32_t kFewestWords = 150, kMostWords = 230;  // different words per text
constexpr std::uint32_t kOneInformativeIn = 10;
constexpr double kMostFrequent = 0.5;  // a word of more than half of all texts says nothing
constexpr double kTextLogitDeviation = 3;

// Draws words by Zipf's law: inversion of the cumulative distribution.
class Vocabulary {
 public:
  Vocabulary() {
    double sum = 0;
    for (std::size_t j = 0; j < kWords; ++j)
      cumulative_.push_back(sum += 1 / static_cast<double>(j + 1));
  }
  double probability(std::size_t word) const {
    return 1 / static_cast<double>(word + 1) / cumulative_.back();
  }
  std::int32_t draw(RandomStream& random) const {
    const double u = random.uniform() * cumulative_.back();
    const auto word = std::upper_bound(cumulative_.begin(), cumulative_.end() - 1, u);
    return static_cast<std::int32_t>(word - cumulative_.begin());
  }

 private:
  std::vector<double> cumulative_;
};

// f_j = 1 - (1 - p_j)^n: returns the sum over the words.
double set_frequencies(const Vocabulary& vocabulary, std::int64_t draws,
                       std::vector<double>& frequencies) {
  double sum = 0;
  for (std::size_t j = 0; j < kWords; ++j)
    sum += frequencies[j] = 1 - integer_power(1 - vocabulary.probability(j), draws);
  return sum;
}

// With the number of draws n that gives the average number of different words.
std::vector<double> text_frequencies(const Vocabulary& vocabulary) {
  std::vector<double> frequencies(kWords);
  std::int64_t too_few = kFewestWords, enough = 4 * kMostWords;
  while (enough - too_few > 1) {
    const std::int64_t middle = (too_few + enough) / 2;
    const bool suffices =
        set_frequencies(vocabulary, middle, frequencies) >= (kFewestWords + kMostWords) / 2.0;
    (suffices ? enough : too_few) = middle;
  }
  set_frequencies(vocabulary, enough, frequencies);
  return frequencies;
}

// Writes texts and labels; keeps what both need.
class TextWriter {
 public:
  TextWriter(std::uint64_t seed, const Vocabulary& vocabulary)
      : seed_(seed),
        vocabulary_(vocabulary),
        teacher_(zipf_teacher(seed)),
        used_in_(kWords, -1),
        base_(0) {
    for (std::size_t j = 0; j < kWords; ++j) base_ -= teacher_.weights[j] * teacher_.frequencies[j];
  }

  void append(std::uint64_t index, SparseRows& rows, std::vector<std::int32_t>& labels) {
    RandomStream random(seed_, Purpose::kData, index);
    const auto row = static_cast<std::int64_t>(labels.size());
    const std::size_t begin = rows.columns.size();
    const std::size_t count = kFewestWords + random.below(kMostWords - kFewestWords + 1);
    while (rows.columns.size() < begin + count) {
      const std::int32_t word = vocabulary_.draw(random);
      std::int64_t& used_in = used_in_[static_cast<std::size_t>(word)];
      if (used_in != row) rows.columns.push_back(word);
      used_in = row;
    }
    const auto words = std::span(rows.columns).subspan(begin);
    std::ranges::sort(words);
    rows.row_start.push_back(static_cast<std::int64_t>(rows.columns.size()));
    double logit = base_;
    for (const std::int32_t word : words) logit += teacher_.weights[static_cast<std::size_t>(word)];
    labels.push_back(random.uniform() < 1 / (1 + portable_exp(-logit)));
  }

 private:
  std::uint64_t seed_;
  const Vocabulary& vocabulary_;
  ZipfTeacher teacher_;
  std::vector<std::int64_t> used_in_;  // the last row that has the word
  double base_;                        // the logit of a text without informative words
};

}  // namespace

ZipfTeacher zipf_teacher(std::uint64_t seed) {
  ZipfTeacher teacher;
  teacher.frequencies = text_frequencies(Vocabulary());
  teacher.weights.resize(kWords);
  RandomStream random(seed, Purpose::kData, detail::kTeacherStream);
  const double a = kTextLogitDeviation / std::sqrt(static_cast<double>(kWords / kOneInformativeIn));
  for (std::size_t j = 0; j < kWords; ++j) {
    const std::uint32_t lot = random.below(2 * kOneInformativeIn);
    const double f = teacher.frequencies[j];
    if (lot > 1 || f > kMostFrequent) continue;
    teacher.weights[j] = (lot == 0 ? a : -a) / std::sqrt(f * (1 - f));
  }
  return teacher;
}

Dataset make_zipf(std::uint64_t seed, std::size_t train, bool full) {
  constexpr std::size_t kTrain = 5000, kValidation = 1000, kTest = 2000;
  Dataset data;
  data.name = "zipf";
  data.classes = 2;
  data.train = {0, train == 0 ? kTrain : train};
  data.validation = {data.train.end, data.train.end + kValidation};
  data.test = {data.validation.end, data.validation.end + kTest};
  Features& features = data.features;
  features.rows = data.test.end;
  features.cols = kWords;
  features.sparse.columns.reserve(features.rows * kMostWords);
  const Vocabulary vocabulary;
  TextWriter writer(seed, vocabulary);
  std::uint64_t part = 0;
  for (const Range& range : {data.train, data.validation, data.test}) {
    for (std::size_t i = range.begin; i < range.end; ++i)
      writer.append(part << 32 | (i - range.begin), features.sparse, data.labels);
    ++part;
  }
  features.sparse.values.assign(features.sparse.columns.size(), 1);
  Sha256 digest;
  digest.update(std::as_bytes(std::span(features.sparse.row_start)));
  digest.update(std::as_bytes(std::span(features.sparse.columns)));
  digest.update(std::as_bytes(std::span(data.labels)));
  data.digest = digest.finish_hex();
  if (full) data.train.end = data.validation.begin = data.validation.end;
  return data;
}

}  // namespace ravine
