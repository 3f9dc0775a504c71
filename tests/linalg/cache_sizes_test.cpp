// The products are compiled into this program once more, so that the cache sizes Eigen believes in
// can be faked: the library keeps its own copy of them to itself.
#include <Eigen/Core>

#include "../../lib/ravine/linalg/products.cpp"
#include "../../lib/ravine/linalg/tile.cpp"

#include <gtest/gtest.h>

#include <vector>

#include "linalg/random_matrix.hpp"

namespace ravine {
namespace {

std::vector<Real> product() {
  RandomMatrix x(130, 1500, 1), w(1500, 500, 2), y(130, 500, 3);
  add_product({1}, x.view(), w.view(), y.view());
  return {y.elements().begin(), y.elements().end()};
}

std::vector<Real> eigen_product() {
  using Matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  RandomMatrix x(130, 1500, 1), w(1500, 500, 2), y(130, 500, 3);
  Eigen::Map<Matrix>(y.view().data, 130, 500).noalias() +=
      Eigen::Map<Matrix>(x.view().data, 130, 1500) * Eigen::Map<Matrix>(w.view().data, 1500, 500);
  return {y.elements().begin(), y.elements().end()};
}

TEST(Products, SameBitsWhateverCachesAreDetected) {
  Eigen::setCpuCacheSizes(32 << 10, 1 << 20, 32 << 20);
  const std::vector<Real> first = product(), eigen = eigen_product();
  Eigen::setCpuCacheSizes(8 << 10, 64 << 10, 256 << 10);
  EXPECT_EQ(product(), first);
  // The fake works: Eigen's own choice of blocks follows it, and so do its bits.
  EXPECT_NE(eigen_product(), eigen);
}

}  // namespace
}  // namespace ravine
