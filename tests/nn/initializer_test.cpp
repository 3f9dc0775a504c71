#include "ravine/nn/initializer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace ravine {
namespace {

constexpr std::size_t kIn = 300, kOut = 200;

std::vector<Real> draw(const std::string& text, std::size_t in = kIn, std::size_t out = kOut) {
  RandomStream stream(7, Purpose::kInitialization, 0);
  std::vector<Real> w(in * out, Real(99));
  initializer_catalog().make(text)->weights(in, out, stream, w);
  return w;
}

double mean_square(const std::vector<Real>& w) {
  double sum = 0;
  for (const Real value : w) sum += double(value) * double(value);
  return sum / double(w.size());
}

TEST(Initializer, VariancesAreThoseOfTheFormulas) {
  const double sum = kIn + kOut;
  const std::vector<std::pair<std::string, double>> expected = {
      {"uniform", 1.0 / kIn / 3},
      {"glorot_uniform", 2 / sum},
      {"xavier_slide", 12 / sum},
      {"glorot_normal", 2 / sum},
      {"he", 2.0 / kIn},
      {"normal(sd=0.2)", 0.04},
      // Variance of a standard normal cut at 2: 1 - 4 phi(2) / (2 Phi(2) - 1).
      {"truncated_normal", 0.03 * 0.03 * 0.7737413}};
  for (const auto& [text, variance] : expected) {
    const std::vector<Real> w = draw(text);
    // 60 000 draws: the relative standard error of a variance is below 0.6 %.
    EXPECT_NEAR(mean_square(w) / variance, 1, 0.025) << text;
    double mean = 0;
    for (const Real value : w) mean += value / double(w.size());
    EXPECT_NEAR(mean / std::sqrt(variance), 0, 0.02) << text;
  }
}

TEST(Initializer, UniformOnesReachTheirBoundsAndStayInside) {
  const double sum = kIn + kOut;
  const std::vector<std::pair<std::string, double>> bounds = {
      {"uniform", 1 / std::sqrt(double(kIn))},
      {"glorot_uniform", std::sqrt(6 / sum)},
      {"xavier_slide", 6 / std::sqrt(sum)},
      {"truncated_normal(sd=0.5)", 1.0}};
  for (const auto& [text, bound] : bounds) {
    const std::vector<Real> w = draw(text);
    EXPECT_LE(*std::ranges::max_element(w), bound * 1.0000001) << text;
    EXPECT_GE(*std::ranges::min_element(w), -bound * 1.0000001) << text;
    EXPECT_GT(*std::ranges::max_element(w), 0.99 * bound) << text;
  }
}

TEST(Initializer, OrthogonalMatricesAreOrthogonal) {
  const double tolerance = 100 * std::numeric_limits<Real>::epsilon();
  for (const auto& [in, out] : {std::pair{40, 40}, std::pair{60, 25}, std::pair{25, 60}}) {
    const std::size_t m = static_cast<std::size_t>(in), n = static_cast<std::size_t>(out);
    const std::vector<Real> w = draw("orthogonal(gain=1.5)", m, n);
    const std::size_t count = std::min(m, n), size = std::max(m, n);
    const auto at = [&](std::size_t vector, std::size_t k) {
      return double(m >= n ? w[k * n + vector] : w[vector * n + k]);
    };
    for (std::size_t a = 0; a < count; ++a)
      for (std::size_t b = 0; b < count; ++b) {
        double dot = 0;
        for (std::size_t k = 0; k < size; ++k) dot += at(a, k) * at(b, k);
        ASSERT_NEAR(dot, a == b ? 2.25 : 0, tolerance);
      }
  }
}

TEST(Initializer, SparseGivesEachUnitAtMostKInputs) {
  const std::vector<Real> w = draw("sparse(k=15, scale=0.5)");
  double nonzeros = 0, squares = 0;
  for (std::size_t j = 0; j < kOut; ++j) {
    int incoming = 0;
    for (std::size_t i = 0; i < kIn; ++i) incoming += w[i * kOut + j] != 0;
    EXPECT_LE(incoming, 15);
    EXPECT_GE(incoming, 10);
    nonzeros += incoming;
  }
  for (const Real value : w) squares += double(value) * double(value);
  // With replacement: 300 (1 - (1 - 1/300)^15) = 14.66 distinct inputs on average.
  EXPECT_NEAR(nonzeros / kOut, 14.66, 0.15);
  EXPECT_NEAR(squares / nonzeros, 0.25, 0.02);
}

TEST(Initializer, SparseWorksWithFewerInputsThanK) {
  const std::vector<Real> w = draw("sparse", 6, 25);
  EXPECT_GT(std::ranges::count_if(w, [](Real value) { return value != 0; }), 100);
}

TEST(Initializer, BiasesAndConstants) {
  EXPECT_EQ(initializer_catalog().make("truncated_normal(sd=0.05, bias=0.05)")->bias(), 0.05);
  EXPECT_EQ(initializer_catalog().make("he")->bias(), 0);
  for (const Real value : draw("constant(value=0.25)")) ASSERT_EQ(value, Real(0.25));
}

TEST(Initializer, CanonicalTextsReadBackAsThemselves) {
  for (const auto& entry : initializer_catalog().entries()) {
    const std::string text = initializer_catalog().canonical(entry.name);
    EXPECT_EQ(initializer_catalog().canonical(text), text);
    EXPECT_FALSE(entry.citation.empty());
  }
  EXPECT_EQ(initializer_catalog().canonical("xavier"), "glorot_uniform");
  EXPECT_THROW(initializer_catalog().make("orthogonal(gain=0)"), Error);
}

}  // namespace
}  // namespace ravine
