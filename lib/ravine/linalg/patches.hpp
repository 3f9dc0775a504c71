#pragma once

#include <cstddef>
#include <span>

#include "ravine/core/parallel.hpp"
#include "ravine/export.hpp"
#include "ravine/linalg/matrix.hpp"
#include "ravine/linalg/products.hpp"

namespace ravine {

/// A window that moves over images, whose pixels lie row by row and whose channels run fastest:
/// (height, width, channels). At position (y, x) it covers the pixels
///
///   (stride y - top + i, stride x - left + j),   0 <= i < kernel_height, 0 <= j < kernel_width
///
/// Those outside of the image are zeros. The covered numbers are the patch of the position, in the
/// same order: (kernel_height, kernel_width, channels).
struct Window {
  std::size_t height = 1, width = 1, channels = 1;
  std::size_t kernel_height = 1, kernel_width = 1, stride = 1, top = 0, left = 0;
  std::size_t out_height = 1, out_width = 1;

  std::size_t positions() const { return out_height * out_width; }
  std::size_t pixels() const { return height * width; }
  std::size_t patch_size() const { return kernel_height * kernel_width * channels; }
};

// The products of a convolution, with P(X) for the patches of all positions of all images:
// (images x positions, patch). P(X) is never there as a whole: blocks of it are written where they
// stay in the second cache (255 KiB for each thread, in double 495, allocated once) and go through
// the tiles of every other product. X is (images, height x width x channels). The element of Y and
// of G is one chain of fused multiply-adds, in blocks of 256, as in linalg/tile.hpp; no bit depends
// on threads or addresses. The result must not overlap the factors. Thread-safe.

/// Y = P(X) W + 1 b^T: (images x positions, out) = (..., patch) (patch, out) + the bias in every
/// row; an empty bias is 0.
RAVINE_EXPORT void affine_patches(Threads threads, const Window& window, MatrixView<const Real> x,
                                  MatrixView<const Real> w, std::span<const Real> bias,
                                  MatrixView<Real> y);
/// Y += P(X) W.
RAVINE_EXPORT void add_patches_product(Threads threads, const Window& window,
                                       MatrixView<const Real> x, MatrixView<const Real> w,
                                       MatrixView<Real> y);
/// G += P(X)^T D: (patch, out) += (images x positions, patch)^T (images x positions, out).
RAVINE_EXPORT void add_transposed_patches_product(Threads threads, const Window& window,
                                                  MatrixView<const Real> x,
                                                  MatrixView<const Real> d, MatrixView<Real> g,
                                                  Start start = Start::kPresent);
/// E += P^T(D W^T), where P^T adds every number of a patch to the pixel that it covers. Patches are
/// added position by position, in blocks of 256 numbers of up to 240 positions.
RAVINE_EXPORT void add_folded_product(Threads threads, const Window& window,
                                      MatrixView<const Real> d, MatrixView<const Real> w,
                                      MatrixView<Real> e, Start start = Start::kPresent);

}  // namespace ravine
