#include "ravine/linalg/patches.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "linalg/random_matrix.hpp"

namespace ravine {
namespace {

const Window kWindows[] = {
    {.height = 9,
     .width = 7,
     .channels = 3,
     .kernel_height = 3,
     .kernel_width = 3,
     .top = 1,
     .left = 1,
     .out_height = 9,
     .out_width = 7},
    {.height = 28,
     .width = 28,
     .channels = 1,
     .kernel_height = 5,
     .kernel_width = 5,
     .top = 2,
     .left = 2,
     .out_height = 28,
     .out_width = 28},
    {.height = 8,
     .width = 11,
     .channels = 12,
     .kernel_height = 4,
     .kernel_width = 2,
     .stride = 3,
     .top = 1,
     .left = 0,
     .out_height = 3,
     .out_width = 4},
    {.height = 6,
     .width = 6,
     .channels = 37,
     .kernel_height = 3,
     .kernel_width = 3,
     .stride = 2,
     .out_height = 2,
     .out_width = 2},
    // A kernel that reaches out on both sides at once, and one that skips pixels.
    {.height = 3,
     .width = 2,
     .channels = 2,
     .kernel_height = 5,
     .kernel_width = 5,
     .top = 2,
     .left = 3,
     .out_height = 3,
     .out_width = 4},
    {.height = 7,
     .width = 10,
     .channels = 20,
     .kernel_height = 2,
     .kernel_width = 2,
     .stride = 3,
     .top = 1,
     .left = 1,
     .out_height = 3,
     .out_width = 4},
};

// P(X), element by element.
RandomMatrix patches(const Window& window, RandomMatrix& x) {
  RandomMatrix p(x.view().rows * window.positions(), window.patch_size(), 1);
  for (std::size_t row = 0; row < p.view().rows; ++row) {
    const std::size_t image = row / window.positions(), at = row % window.positions();
    for (std::size_t k = 0; k < window.patch_size(); ++k) {
      const std::size_t c = k % window.channels, tap = k / window.channels;
      const long y =
          static_cast<long>(at / window.out_width * window.stride + tap / window.kernel_width) -
          static_cast<long>(window.top);
      const long z =
          static_cast<long>(at % window.out_width * window.stride + tap % window.kernel_width) -
          static_cast<long>(window.left);
      const bool inside = y >= 0 && y < static_cast<long>(window.height) && z >= 0 &&
                          z < static_cast<long>(window.width);
      p.view()(row, k) = inside ? x.view()(image, (static_cast<std::size_t>(y) * window.width +
                                                   static_cast<std::size_t>(z)) *
                                                          window.channels +
                                                      c)
                                : Real(0);
    }
  }
  return p;
}

// The bits are those of the product with all patches in one matrix.
TEST(Patches, ProductsHaveTheBitsOfTheWholeMatrix) {
  for (const Window& window : kWindows)
    for (const std::size_t out : {1u, 6u, 33u}) {
      RandomMatrix x(5, window.pixels() * window.channels, 2), w(window.patch_size(), out, 3);
      RandomMatrix p = patches(window, x), bias(1, out, 4);
      RandomMatrix expected(p.view().rows, out, 5), actual(p.view().rows, out, 5);
      affine({1}, p.view(), w.view(), bias.elements(), expected.view());
      affine_patches({1}, window, x.view(), w.view(), bias.elements(), actual.view());
      for (std::size_t i = 0; i < expected.elements().size(); ++i)
        ASSERT_EQ(actual.elements()[i], expected.elements()[i]) << i;
      add_product({1}, p.view(), w.view(), expected.view());
      add_patches_product({2}, window, x.view(), w.view(), actual.view());
      for (std::size_t i = 0; i < expected.elements().size(); ++i)
        ASSERT_EQ(actual.elements()[i], expected.elements()[i]) << i;
      RandomMatrix g(window.patch_size(), out, 6), h(window.patch_size(), out, 6);
      for (const Start start : {Start::kPresent, Start::kZero, Start::kPresent}) {
        add_transposed_product({1}, p.view(), expected.view(), g.view(), start);
        add_transposed_patches_product({2}, window, x.view(), expected.view(), h.view(), start);
        for (std::size_t i = 0; i < g.elements().size(); ++i)
          ASSERT_EQ(h.elements()[i], g.elements()[i]) << i;
      }
    }
}

// <P(X) W, D> = <X, P^T(D W^T)>
TEST(Patches, FoldingIsTheTransposedOfTakingPatches) {
  for (const Window& window : kWindows) {
    RandomMatrix x(5, window.pixels() * window.channels, 2), w(window.patch_size(), 9, 3);
    RandomMatrix y(5 * window.positions(), 9, 4), d(5 * window.positions(), 9, 5);
    RandomMatrix e(5, window.pixels() * window.channels, 6), twice(5, e.view().cols, 6);
    affine_patches({1}, window, x.view(), w.view(), {}, y.view());
    add_folded_product({1}, window, d.view(), w.view(), e.view(), Start::kZero);
    double left = 0, right = 0, size = 0;
    for (std::size_t i = 0; i < y.elements().size(); ++i)
      left += double{y.elements()[i]} * double{d.elements()[i]};
    for (std::size_t i = 0; i < x.elements().size(); ++i) {
      right += double{x.elements()[i]} * double{e.elements()[i]};
      size += std::abs(double{x.elements()[i]} * double{e.elements()[i]});
    }
    EXPECT_NEAR(left, right, 1e-6 * size);
    add_folded_product({3}, window, d.view(), w.view(), twice.view(), Start::kZero);
    for (std::size_t i = 0; i < e.elements().size(); ++i)
      ASSERT_EQ(twice.elements()[i], e.elements()[i]) << i;
    add_folded_product({1}, window, d.view(), w.view(), twice.view());
    for (std::size_t i = 0; i < e.elements().size(); ++i)
      ASSERT_NEAR(twice.elements()[i], 2 * e.elements()[i], 1e-3) << i;
  }
}

}  // namespace
}  // namespace ravine
