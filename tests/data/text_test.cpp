#include "ravine/data/text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "ravine/core/portable.hpp"
#include "ravine/data/data_catalog.hpp"
#include "ravine/data/synthetic/sentences.hpp"
#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

Dataset cut(const std::string& text, std::size_t context) {
  return cut_text({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, context, "it");
}

TEST(Text, EveryPositionAsksForTheNextCharacter) {
  const Dataset data = cut("banana band", 3);  // " abdn" are 0 to 4
  EXPECT_EQ(data.classes, 5u);
  EXPECT_EQ(data.features.vocabulary, 5u);
  EXPECT_EQ(data.positions, 3u);
  EXPECT_EQ(data.features.rows, 3u);  // the last is 'd' short of one
  EXPECT_EQ(data.features.tokens, (std::vector<std::int32_t>{2, 1, 4, 1, 4, 1, 0, 2, 1}));
  EXPECT_EQ(data.labels, (std::vector<std::int32_t>{1, 4, 1, 4, 1, 0, 2, 1, 4}));
  EXPECT_EQ(data.train.end, 2u);
  EXPECT_EQ(data.validation.begin, 2u);
  EXPECT_EQ(data.validation.end, 3u);
  EXPECT_EQ(data.test.size(), 0u);
}

TEST(Text, TheLastTenthIsForValidation) {
  const Dataset data = cut(std::string(1000, 'x') + 'y', 10);
  EXPECT_EQ(data.train.size(), 90u);
  EXPECT_EQ(data.validation.size(), 10u);
}

TEST(Text, OfOneCharacterIsRefused) {
  EXPECT_EQ(refusal_of([] { cut(std::string(1001, 'x'), 10); }),
            "the text 'it' repeats one character, so that there is nothing to learn: use another");
}

TEST(Sentences, ThatDoNotFitAreRefused) {
  const std::string why = refusal_of(
      [] { data_catalog().load({.name = "sentences", .train = 1'000'000, .context = 65'536}); });
  EXPECT_EQ(why.find("train=1000000 generated examples of context=65536 do not fit into memory"),
            0u)
      << why;
}

TEST(Text, IsReadByItsPath) {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.txt", std::string(50, 'a') + std::string(51, 'b'));
  const auto data = data_catalog().load({.name = path, .context = 10});
  EXPECT_EQ(data->features.rows, 10u);
  EXPECT_EQ(data->classes, 2u);
  EXPECT_EQ(data->understood, "101 bytes, 2 of them different, 10 examples of 10");
  EXPECT_NE(data->digest, data_catalog().load({.name = path, .context = 11})->digest);
  const auto why = [&](const DataRequest& request) {
    return refusal_of([&] { data_catalog().load(request); });
  };
  expect_contains(why({.name = path, .context = 51}), "two examples of context=51 take 103");
  expect_contains(why({.name = path, .context = 0}), "[1, 65536]");
  expect_contains(why({.name = path, .scale = "standardize", .context = 9}), "made of tokens");
  expect_contains(why({.name = path, .task = "classes"}), "next characters");
  expect_contains(why({.name = path, .target = "first"}), ".csv");
}

// The sentences of a long text, counted: their entropy and length are those of the closed form.
TEST(Sentences, HaveTheEntropyOfTheirGrammar) {
  const SentenceGrammar grammar(3);
  RandomStream random(5, Purpose::kTest);
  // Words are independent, so the entropies of the places of a sentence add up.
  std::map<std::string, double> subjects, verbs, objects;
  constexpr int kSentences = 50000;
  std::size_t characters = 0;
  for (int i = 0; i < kSentences; ++i) {
    std::string text;
    grammar.write(random, text);
    characters += text.size();
    ASSERT_TRUE(text.starts_with("the ") && text.ends_with(". "));
    const std::size_t second = text.find(" the ");
    const std::size_t verb = text.rfind(' ', second - 1);
    ++subjects[text.substr(4, verb - 4)];
    ++verbs[text.substr(verb + 1, second - verb - 1)];
    ++objects[text.substr(second + 5, text.size() - second - 7)];
  }
  double entropy = 0;
  for (const auto* counts : {&subjects, &verbs, &objects})
    for (const auto& [words, count] : *counts)
      entropy -= count / kSentences * portable_log(count / kSentences);
  const double measured = entropy * kSentences / static_cast<double>(characters);
  EXPECT_NEAR(measured, grammar.entropy_rate(), 0.003 * grammar.entropy_rate());
}

TEST(Sentences, ExamplesDoNotDependOnTheSizes) {
  const Dataset small = make_sentences(1, 20, 16), large = make_sentences(1, 50, 16);
  EXPECT_EQ(small.train.size(), 20u);
  EXPECT_EQ(small.validation.size(), 200u);
  EXPECT_EQ(small.test.size(), 200u);
  const auto row = [](const Dataset& data, std::size_t i) {
    const auto begin = data.features.tokens.begin() + static_cast<std::ptrdiff_t>(16 * i);
    return std::vector(begin, begin + 16);
  };
  EXPECT_EQ(row(small, 19), row(large, 19));
  EXPECT_EQ(row(small, small.test.begin + 7), row(large, large.test.begin + 7));
  EXPECT_NE(row(small, 19), row(make_sentences(2, 20, 16), 19));
  for (const std::int32_t token : large.features.tokens)
    ASSERT_TRUE(token >= 0 && token < static_cast<std::int32_t>(large.classes));
  EXPECT_EQ(make_sentences(1, 20, 16, true).train.size(), 220u);
}

}  // namespace
}  // namespace ravine
