#include "ravine/data/synthetic/sentences.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "ravine/core/portable.hpp"
#include "ravine/data/synthetic/streams.hpp"
#include "ravine/data/text.hpp"

namespace ravine {
namespace {

constexpr std::size_t kAdjectives = 8, kNouns = 24, kVerbs = 12;
constexpr std::string_view kConsonants = "bdfgklmnprstvz", kVowels = "aeiou";
constexpr std::string_view kLetters = " .abdefgiklmnoprstuvzh";  // h is in "the" only

double minus_p_log_p(double p) { return -p * portable_log(p); }

std::span<const std::uint8_t> text_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

double SentenceGrammar::Words::probability(std::size_t k) const {
  return 1 / static_cast<double>(k + 1) / cumulative.back();
}

double SentenceGrammar::Words::entropy() const {
  double sum = 0;
  for (std::size_t k = 0; k < spelled.size(); ++k) sum += minus_p_log_p(probability(k));
  return sum;
}

double SentenceGrammar::Words::length() const {
  double sum = 0;
  for (std::size_t k = 0; k < spelled.size(); ++k)
    sum += probability(k) * static_cast<double>(spelled[k].size());
  return sum;
}

const std::string& SentenceGrammar::Words::draw(RandomStream& random) const {
  const double u = random.uniform() * cumulative.back();
  const auto found = std::upper_bound(cumulative.begin(), cumulative.end() - 1, u);
  return spelled[static_cast<std::size_t>(found - cumulative.begin())];
}

void SentenceGrammar::spell(std::size_t count, RandomStream& random, Words& words) const {
  const auto is_taken = [&](const std::string& word) {
    return std::ranges::any_of(std::array{&adjectives_, &nouns_, &verbs_}, [&](const Words* known) {
      return std::ranges::find(known->spelled, word) != known->spelled.end();
    });
  };
  double sum = 0;
  while (words.spelled.size() < count) {
    std::string word;
    for (std::uint32_t syllables = 1 + random.below(3); syllables > 0; --syllables) {
      word += kConsonants[random.below(static_cast<std::uint32_t>(kConsonants.size()))];
      word += kVowels[random.below(static_cast<std::uint32_t>(kVowels.size()))];
    }
    if (is_taken(word)) continue;
    words.spelled.push_back(word);
    words.cumulative.push_back(sum += 1 / static_cast<double>(words.spelled.size()));
  }
}

SentenceGrammar::SentenceGrammar(std::uint64_t seed) {
  RandomStream random(seed, Purpose::kData, detail::kTeacherStream);
  spell(kAdjectives, random, adjectives_);
  spell(kNouns, random, nouns_);
  spell(kVerbs, random, verbs_);
}

double SentenceGrammar::entropy_rate() const {
  constexpr double kShare = 1.0 / 3;
  const double optional = minus_p_log_p(kShare) + minus_p_log_p(1 - kShare);
  const double entropy =
      2 * (optional + kShare * adjectives_.entropy() + nouns_.entropy()) + verbs_.entropy();
  // "the " twice, a blank behind each word, and one full stop more.
  const double length =
      2 * (4 + kShare * (adjectives_.length() + 1) + nouns_.length() + 1) + verbs_.length() + 1 + 1;
  return entropy / length;
}

void SentenceGrammar::write_noun(RandomStream& random, std::string& text) const {
  text += "the ";
  if (random.below(3) == 0) text += adjectives_.draw(random) + " ";
  text += nouns_.draw(random);
}

void SentenceGrammar::write(RandomStream& random, std::string& text) const {
  write_noun(random, text);
  text += " " + verbs_.draw(random) + " ";
  write_noun(random, text);
  text += ". ";
}

Dataset make_sentences(std::uint64_t seed, std::size_t train, std::size_t context, bool full) {
  constexpr std::size_t kTrain = 1000, kValidation = 200, kTest = 200;
  const SentenceGrammar grammar(seed);
  Dataset data;
  data.name = "sentences";
  data.features.cols = data.positions = context;
  std::array<std::int32_t, 256> tokens{};
  detail::number_bytes(text_bytes(kLetters), tokens, data.classes);
  data.features.vocabulary = data.classes;
  std::uint64_t part = 0;
  for (const std::size_t rows : {train == 0 ? kTrain : train, kValidation, kTest}) {
    RandomStream random(seed, Purpose::kData, part++);
    std::string text;
    while (text.size() <= rows * context) grammar.write(random, text);
    detail::append_examples(text_bytes(text).first(rows * context + 1), context, tokens, data);
  }
  data.test = {data.features.rows - kTest, data.features.rows};
  data.validation = {data.test.begin - kValidation, data.test.begin};
  data.train = {0, data.validation.begin};
  if (full) data.train.end = data.validation.begin = data.validation.end;
  return data;
}

}  // namespace ravine
