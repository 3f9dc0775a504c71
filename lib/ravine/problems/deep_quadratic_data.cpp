#include <cmath>
#include <span>

#include "ravine/core/portable.hpp"
#include "ravine/problems/deep_quadratic.hpp"
#include "ravine/problems/numpy_random.hpp"

namespace ravine {
namespace {

constexpr std::size_t kDimension = DeepQuadraticData::kSize;

double norm(std::span<const double> v) {
  double sum = 0;
  for (const double x : v) sum += x * x;
  return std::sqrt(sum);
}

// x = (e_1 - v / |v|) / |e_1 - v / |v||: the reflection 1 - 2 x x' exchanges e_1 and v / |v|.
std::vector<double> reflection_to(std::vector<double> v) {
  const double length = norm(v);
  for (double& x : v) x = -x / length;
  v[0] += 1;
  const double distance = norm(v);
  for (double& x : v) x /= distance;
  return v;
}

// R_(n+1) = (1 - 2 x x') blockdiag(1, R_n), from a rotation of the plane up to all kDimension axes.
std::vector<double> random_rotation(NumpyRandom& random) {
  const double turns = random.uniform();
  const double c = portable_cos_pi(2 * turns), s = portable_cos_pi(2 * turns - 0.5);
  std::vector<double> rotation = {c, s, -s, c};
  for (std::size_t n = 2; n < kDimension; ++n) {
    const std::size_t m = n + 1;
    std::vector<double> v(m);
    for (double& value : v) value = random.normal();
    const std::vector<double> x = reflection_to(v);
    std::vector<double> next(m * m, 0.0), row(m, 0.0);  // row = x' blockdiag(1, R)
    next[0] = 1;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) next[(i + 1) * m + j + 1] = rotation[i * n + j];
    for (std::size_t i = 0; i < m; ++i)
      for (std::size_t j = 0; j < m; ++j) row[j] += x[i] * next[i * m + j];
    for (std::size_t i = 0; i < m; ++i)
      for (std::size_t j = 0; j < m; ++j) next[i * m + j] -= 2 * x[i] * row[j];
    rotation = std::move(next);
  }
  for (double& value : rotation) value = -value;
  return rotation;
}

std::vector<double> draw_rows(std::uint32_t seed, std::size_t rows) {
  constexpr double kDeviation = 0.6;
  NumpyRandom random(seed);
  std::vector<double> x(rows * kDimension);
  for (double& value : x) value = static_cast<float>(kDeviation * random.normal());
  return x;
}

}  // namespace

DeepQuadraticData make_deep_quadratic() {
  constexpr std::uint32_t kTrainSeed = 42, kTestSeed = 43;
  DeepQuadraticData data;
  NumpyRandom random(kTrainSeed);
  for (std::size_t i = 0; i < kDimension; ++i)
    data.eigenvalues.push_back(i < 90 ? random.uniform() : random.uniform(30, 60));
  const std::vector<double> r = random_rotation(random);
  data.q.assign(kDimension * kDimension, 0.0);
  for (std::size_t k = 0; k < kDimension; ++k)
    for (std::size_t i = 0; i < kDimension; ++i)
      for (std::size_t j = 0; j < kDimension; ++j)
        data.q[i * kDimension + j] +=
            r[k * kDimension + i] * data.eigenvalues[k] * r[k * kDimension + j];
  data.train = draw_rows(kTrainSeed, DeepQuadraticData::kTrain);
  data.test = draw_rows(kTestSeed, DeepQuadraticData::kTest);
  return data;
}

}  // namespace ravine
