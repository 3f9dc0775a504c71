#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "ravine/core/random.hpp"
#include "ravine/data/dataset.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// A small grammar that writes sentences with a known entropy:
///
///   sentence = "the " [adjective] noun verb "the " [adjective] noun ". "
///
/// Each [adjective] is there with probability 1/3. The k-th of the K words of a kind comes with
/// probability p_k ~ 1 / k, whatever else is said. Words are 1 to 3 syllables of a consonant and a
/// vowel, drawn with the seed, each followed by a blank (the last by a full stop); all are
/// different, so a text has one reading and the entropy of a sentence is
///
///   H = 2 (h(1/3) + H(adjectives) / 3) + 2 H(nouns) + H(verbs)
///
/// with h(p) = -p log p - (1 - p) log(1 - p). Sentences are independent, so the text has H divided
/// by their expected length nats per character (a renewal process; Cover & Thomas 2006, section
/// 4.2): no model of any size reaches a lower mean loss on fresh text. Immutable; thread-safe.
class RAVINE_EXPORT SentenceGrammar {
 public:
  explicit SentenceGrammar(std::uint64_t seed);

  /// In nats per character.
  double entropy_rate() const;
  /// Adds a sentence to a text.
  void write(RandomStream& random, std::string& text) const;

 private:
  struct Words {
    std::vector<std::string> spelled;
    std::vector<double> cumulative;  // of 1 / k
    double probability(std::size_t k) const;
    double entropy() const;
    double length() const;  // expected
    const std::string& draw(RandomStream& random) const;
  };
  void spell(std::size_t count, RandomStream& random, Words& words) const;
  void write_noun(RandomStream& random, std::string& text) const;

  Words adjectives_, nouns_, verbs_;
};

/// Texts of such sentences as examples for the next character (data/text.hpp): `train` of them (0 =
/// 1000), 200 for validation and 200 for test; `full` adds the validation part to the training
/// range. Each part is a text of its own that begins with a sentence; example i of a part is the
/// same whatever the sizes. Thread-safe.
RAVINE_EXPORT Dataset make_sentences(std::uint64_t seed, std::size_t train, std::size_t context,
                                     bool full = false);

}  // namespace ravine
