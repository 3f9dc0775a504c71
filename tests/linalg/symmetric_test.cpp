#include "ravine/linalg/symmetric.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "ravine/core/error.hpp"
#include "ravine/core/random.hpp"

namespace ravine {
namespace {

TEST(Eigenvalues, OfASymmetricMatrixNeedNoVectors) {
  constexpr std::size_t kSize = 40;
  RandomStream random(1, Purpose::kTest);
  std::vector<double> a(kSize * kSize), with(kSize), without(kSize), vectors(a.size());
  for (std::size_t i = 0; i < kSize; ++i)
    for (std::size_t j = 0; j <= i; ++j) a[i * kSize + j] = a[j * kSize + i] = random.normal();
  symmetric_eigen({a.data(), kSize, kSize}, with, {vectors.data(), kSize, kSize});
  symmetric_eigenvalues({a.data(), kSize, kSize}, without);
  for (std::size_t k = 0; k < kSize; ++k) EXPECT_NEAR(with[k], without[k], 1e-12);
}

// The companion matrix of (z - 3) (z^2 + 4) (z + 0.5): its roots are 3, 2i, -2i, -0.5.
TEST(Eigenvalues, OfAGeneralMatrixMayBeComplex) {
  const std::vector<double> coefficients = {-6, -10, 2.5, -2.5};  // of z^0 ... z^3
  std::vector<double> a(16), moduli(4);
  for (std::size_t i = 0; i < 4; ++i) {
    if (i > 0) a[i * 4 + i - 1] = 1;
    a[i * 4 + 3] = -coefficients[i];
  }
  eigenvalue_moduli({a.data(), 4, 4}, moduli);
  std::ranges::sort(moduli);
  for (const auto& [k, root] : {std::pair{0, 0.5}, {1, 2.0}, {2, 2.0}, {3, 3.0}})
    EXPECT_NEAR(moduli[static_cast<std::size_t>(k)], root, 1e-12);
}

TEST(Eigenvalues, OfWhatIsNotFiniteAreRefused) {
  const std::vector<double> a = {1, std::numeric_limits<double>::quiet_NaN(), 0, 1};
  std::vector<double> values(2);
  EXPECT_THROW(eigenvalue_moduli({a.data(), 2, 2}, values), Error);
}

}  // namespace
}  // namespace ravine
