// Language models of characters: what they are made of, and how near they come to the entropy of
// their text.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "ravine/data/synthetic/sentences.hpp"
#include "ravine/problems/char_lm.hpp"
#include "ravine/train/catalogs.hpp"
#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

// nanoGPT's small configuration: 64 * 128 positions, four layers of 2 norms, 128 * 512 + 128 * 1024
// weights, a last norm, and a row of 128 for each character.
TEST(CharLm, HasTheParametersOfNanoGpt) {
  std::string text;
  for (int i = 0; i < 65 * 10; ++i) text += static_cast<char>('!' + i % 65);
  const TemporaryFolder folder;
  const auto problem =
      Catalogs().make_problem("char_lm(data=" + folder.write("a.txt", text) +
                              ", context=64, model=transformer(layers=4, width=128, heads=4))");
  EXPECT_EQ(problem->layout().parameter_count(),
            65u * 128 + 64 * 128 + 4 * (2 * 128 + 12 * 128 * 128) + 128);
  AlignedVector<Real> theta(problem->layout().size());
  problem->initialize(*initializer_catalog().make("normal(sd=0.02)"), 1, theta);
  const auto deviation = [&](const char* name) {
    double squares = 0;
    const std::span<const Real> w = problem->layout().block(name).of(std::span<const Real>(theta));
    for (const Real x : w) squares += static_cast<double>(x) * static_cast<double>(x);
    return std::sqrt(squares / static_cast<double>(w.size()));
  };
  EXPECT_NEAR(deviation("embedding0/weight"), 0.02, 0.001);
  EXPECT_NEAR(deviation("dense0/weight"), 0.02, 0.001);                  // Q, K and V
  EXPECT_NEAR(deviation("dense1/weight"), 0.02 / std::sqrt(8), 0.0004);  // behind attention
  EXPECT_NEAR(deviation("dense2/weight"), 0.02, 0.001);
  EXPECT_NEAR(deviation("dense3/weight"), 0.02 / std::sqrt(8), 0.0004);
}

TEST(CharLm, IsWrittenInOneWay) {
  const Catalog<ProblemRecipe> problems = problem_catalog();
  EXPECT_EQ(problems.canonical("char_lm(model=transformer(width=16))"),
            "char_lm(data=sentences, context=32, model=transformer(layers=2, width=16, heads=2), "
            "train=0, full=false, l2=0)");
  expect_contains(refusal_of([] { Catalogs().make_problem("char_lm(data=glyphs)"); }),
                  "not made of characters");
  expect_contains(
      refusal_of([] { Catalogs().make_problem("char_lm(model=transformer(heads=3))"); }),
      "width=32 among heads=3");
  expect_contains(refusal_of([] { Catalogs().make_problem("char_lm", "hidden"); }), "norm slot");
}

// 400 steps of Adam (Kingma & Ba 2015, Algorithm 1), whose rate falls to 0 in the second half: the
// loss of fresh text begins near log 22, for 22 characters, comes near the entropy rate and never
// below.
void expect_near_entropy(const char* text) {
  const auto problem = Catalogs().make_problem(text);
  const double bound = SentenceGrammar(0).entropy_rate();
  AlignedVector<Real> theta(problem->layout().size()), g(theta.size());
  problem->initialize(*initializer_catalog().make("normal(sd=0.1)"), 1, theta);
  const auto session = problem->start(1, 12, {1});
  EXPECT_NEAR(session->measure(theta).test_loss, std::log(22.0), 0.5);
  std::vector<double> m(theta.size()), s(theta.size());
  constexpr int kSteps = 400, kRows = 1000;
  for (int t = 1; t <= kSteps; ++t) {
    std::vector<std::int32_t> examples;
    for (int i = 0; i < 12; ++i) examples.push_back((12 * t + i) % kRows);
    session->select(t, examples);
    session->evaluate(theta, g);
    const double rate = 0.01 * std::min(1.0, 2.0 * (kSteps - t) / kSteps);
    const double m_part = 1 - std::pow(0.9, t), s_part = 1 - std::pow(0.99, t);
    for (std::size_t i = 0; i < theta.size(); ++i) {
      const double gradient = static_cast<double>(g[i]);
      m[i] = 0.9 * m[i] + 0.1 * gradient;
      s[i] = 0.99 * s[i] + 0.01 * gradient * gradient;
      theta[i] -= static_cast<Real>(rate * m[i] / m_part / (std::sqrt(s[i] / s_part) + 1e-8));
    }
  }
  const double loss = session->measure(theta).test_loss;
  EXPECT_GT(loss, bound);
  EXPECT_LT(loss, 1.35 * bound);
}

TEST(CharLm, RecurrentNetworkOfDeepObsHasItsNumberOfParameters) {
  TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 83 * 60; ++i) text += static_cast<char>('!' + i % 83);
  const auto problem =
      Catalogs().make_problem("char_lm(data=" + folder.write("a.txt", text) +
                              ", context=50, model=lstm(layers=2, width=128, dropout=0.2))");
  EXPECT_EQ(problem->layout().parameter_count(), 284499u);
}

TEST(CharLm, TransformerComesNearTheEntropyOfItsText) {
  expect_near_entropy("char_lm(context=48)");  // 1.26 times of it
}
TEST(CharLm, LstmComesNearTheEntropyOfItsText) {
  expect_near_entropy("char_lm(context=48, model=lstm(layers=1, width=48))");
}

}  // namespace
}  // namespace ravine
