#include "ravine/nn/loss.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "linalg/random_matrix.hpp"
#include "ravine/core/error.hpp"

namespace ravine {
namespace {

constexpr double kEps = std::numeric_limits<Real>::epsilon();

struct Batch {
  std::size_t rows, cols;
  RandomMatrix z{rows, cols, 1}, t{rows, cols, 2}, dz{rows, cols, 3};
  std::vector<std::int32_t> labels;

  Batch(std::size_t r, std::size_t c) : rows(r), cols(c) {
    for (std::size_t i = 0; i < r; ++i) labels.push_back(static_cast<std::int32_t>(i * 7 % c));
    for (Real& value : t.view().elements()) value = 1 / (1 + std::exp(-value));
  }
  double sum(const char* loss, Threads threads = {1}) {
    Targets targets;
    if (std::string_view(loss) == "softmax")
      targets.labels = labels;
    else
      targets.values = t.view();
    return make_loss(loss)->sum(threads, z.view(), targets, Real(0.5), dz.view());
  }
};

TEST(Loss, ValuesAreThoseOfTheFormulas) {
  Batch b(130, 10);
  long double softmax = 0, bernoulli = 0, squared = 0, logistic_squared = 0;
  for (std::size_t i = 0; i < b.rows; ++i) {
    long double total = 0;
    for (std::size_t j = 0; j < b.cols; ++j) {
      const long double z = b.z.view()(i, j), t = b.t.view()(i, j), y = 1 / (1 + std::exp(-z));
      total += std::exp(z);
      bernoulli -= t * std::log(y) + (1 - t) * std::log(1 - y);
      squared += (z - t) * (z - t);
      logistic_squared += (y - t) * (y - t);
    }
    softmax += std::log(total) - b.z.view()(i, static_cast<std::size_t>(b.labels[i]));
  }
  const double tolerance = 5000 * kEps;
  EXPECT_NEAR(b.sum("softmax"), double(softmax), tolerance);
  EXPECT_NEAR(b.sum("bernoulli"), double(bernoulli), tolerance);
  EXPECT_NEAR(b.sum("squared"), double(squared), tolerance);
  EXPECT_NEAR(b.sum("logistic_squared"), double(logistic_squared), tolerance);
}

TEST(Loss, GradientsAreThoseOfTheFormulas) {
  Batch b(3, 4);
  b.sum("softmax");
  for (std::size_t i = 0; i < b.rows; ++i) {
    double total = 0;
    for (std::size_t j = 0; j < b.cols; ++j) total += std::exp(double(b.z.view()(i, j)));
    for (std::size_t j = 0; j < b.cols; ++j) {
      const double hit = b.labels[i] == static_cast<std::int32_t>(j);
      EXPECT_NEAR(b.dz.view()(i, j), 0.5 * (std::exp(double(b.z.view()(i, j))) / total - hit),
                  10 * kEps);
    }
  }
  b.sum("squared");
  EXPECT_NEAR(b.dz.view()(2, 3), b.z.view()(2, 3) - b.t.view()(2, 3), 10 * kEps);
}

TEST(Loss, ExtremeLogitsGiveFiniteLosses) {
  Batch b(1, 3);
  b.labels = {0};
  b.z.view()(0, 0) = -1000;
  b.z.view()(0, 1) = 1000;
  b.z.view()(0, 2) = 0;
  EXPECT_NEAR(b.sum("softmax"), 2000, 1e-3);
  for (Real& t : b.t.view().elements()) t = 1;
  EXPECT_NEAR(b.sum("bernoulli"), 1000 + std::log(2.0), 1e-3);
}

// With the label far ahead the loss is e^-20: nothing of it is lost to rounding near 1.
TEST(Loss, TinySoftmaxLossesKeepTheirDigits) {
  Batch b(1, 2);
  b.labels = {1};
  b.z.view()(0, 0) = 0;
  b.z.view()(0, 1) = 20;
  EXPECT_NEAR(b.sum("softmax") / std::exp(-20.0), 1, 1e-6);
}

TEST(Loss, NaNGivesNaN) {
  for (const char* loss : {"softmax", "bernoulli", "squared", "logistic_squared"}) {
    Batch b(5, 3);
    b.z.view()(3, 1) = std::numeric_limits<Real>::quiet_NaN();
    EXPECT_TRUE(std::isnan(b.sum(loss))) << loss;
  }
}

TEST(Loss, SameBitsForAnyThreads) {
  for (const char* loss : {"softmax", "bernoulli", "squared", "logistic_squared"}) {
    Batch b(1000, 37);
    const double one = b.sum(loss);
    const std::vector<Real> gradient(b.dz.elements().begin(), b.dz.elements().end());
    for (int threads : {2, 3, 4}) {
      EXPECT_EQ(b.sum(loss, {threads}), one);
      EXPECT_TRUE(std::equal(gradient.begin(), gradient.end(), b.dz.elements().begin()));
    }
  }
}

TEST(Loss, ClassesStandForOnesAndZeros) {
  Batch b(4, 5);
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 5; ++j)
      b.t.view()(i, j) = b.labels[i] == static_cast<std::int32_t>(j) ? Real(1) : Real(0);
  for (const char* loss : {"bernoulli", "squared", "logistic_squared"}) {
    const double with_values = b.sum(loss);
    const Targets classes{b.labels, {}};
    EXPECT_EQ(make_loss(loss)->sum({1}, b.z.view(), classes, Real(0.5), b.dz.view()), with_values);
  }
}

TEST(Loss, CountsTheFirstOfEqualsAndNoNaN) {
  const Real nan = std::numeric_limits<Real>::quiet_NaN();
  std::vector<Real> z = {1, 2, 2, /**/ 1, 2, 2, /**/ nan, 5, 1, /**/ 3, 0, 1};
  const std::vector<std::int32_t> labels = {1, 2, 1, 0};
  EXPECT_EQ(count_correct({z.data(), 4, 3}, labels), 2);
}

TEST(Loss, UnknownNamesAreRefused) { EXPECT_THROW(make_loss("sofmax"), Error); }

}  // namespace
}  // namespace ravine
