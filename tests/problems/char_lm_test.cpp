// Language models of characters: what they are made of.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

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

}  // namespace
}  // namespace ravine
