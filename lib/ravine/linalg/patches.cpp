#include "ravine/linalg/patches.hpp"

#include <algorithm>
#include <cassert>

#include "ravine/core/packet.hpp"
#include "ravine/linalg/tile.hpp"

namespace ravine {
namespace {

// A block of patches: positions by numbers of the patch, and the depth of a tile's chain.
constexpr std::size_t kBlockRows = 240, kBlockDepth = 256;
// Rows of a block do not lie a power of two apart.
constexpr std::size_t kBlockStep = kBlockDepth + kRealsPerLine;

Real* block_of_patches() {
  thread_local AlignedVector<Real> block(kBlockRows * kBlockStep);
  return block.data();
}

struct Span {
  std::size_t begin, end;
  std::size_t size() const { return end - begin; }
};

RAVINE_INLINE void copy_piece(const Real* from, Real* to, std::size_t count) {
  constexpr std::size_t kWidth = kLanes<Real>;
  for (; count >= kWidth; count -= kWidth, from += kWidth, to += kWidth) store(to, load(from));
  if (count > 0) store_part(to, load_part(from, count), count);
}

// Calls f(row, image, y, x) for rows of P(X).
template <class F>
RAVINE_INLINE void for_each_position(const Window& window, Span rows, F f) {
  std::size_t image = rows.begin / window.positions(), at = rows.begin % window.positions();
  std::size_t y = at / window.out_width, x = at % window.out_width;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    f(row, image, y, x);
    if (++x < window.out_width) continue;
    x = 0;
    if (++y < window.out_height) continue;
    y = 0;
    ++image;
  }
}

// Calls f(row, number of the patch - k.begin, element of x, count) for the pieces inside of k.
template <class F>
RAVINE_INLINE void for_each_piece_of_block(const Window& window, Span rows, Span k, F f) {
  const std::size_t image_size = window.pixels() * window.channels;
  for_each_position(
      window, rows, [&](std::size_t row, std::size_t image, std::size_t y, std::size_t x) {
        window.for_each_piece(y, x, [&](std::size_t number, std::size_t pixel, std::size_t count) {
          const std::size_t begin = std::max(number, k.begin);
          const std::size_t end = std::min(number + count, k.end);
          if (begin < end)
            f(row, begin - k.begin, image * image_size + pixel + (begin - number), end - begin);
        });
      });
}

// block(row, k) = P(X)(rows.begin + row, k.begin + k)
void write_patches(const Window& window, MatrixView<const Real> x, Span rows, Span k, Real* block,
                   std::size_t step) {
  const bool reaches_out =
      window.top > 0 || window.left > 0 ||
      window.stride * (window.out_height - 1) + window.kernel_height > window.height + window.top ||
      window.stride * (window.out_width - 1) + window.kernel_width > window.width + window.left;
  if (reaches_out)
    for (std::size_t row = 0; row < rows.size(); ++row)
      std::fill_n(block + row * step, k.size(), Real(0));
  for_each_piece_of_block(
      window, rows, k,
      [&](std::size_t row, std::size_t number, std::size_t element, std::size_t count) {
        copy_piece(x.data + element, block + row * step + number, count);
      });
}

void add_patches(const Window& window, const Real* block, std::size_t step, Span rows, Span k,
                 MatrixView<Real> e) {
  for_each_piece_of_block(
      window, rows, k,
      [&](std::size_t row, std::size_t number, std::size_t element, std::size_t count) {
        const Real* const from = block + row * step + number;
        Real* const to = e.data + element;
        for (std::size_t i = 0; i < count; ++i) to[i] += from[i];
      });
}

// Y = addend + P(X) W
void multiply_patches(Threads threads, const Window& window, MatrixView<const Real> x,
                      MatrixView<const Real> w, Addend addend, MatrixView<Real> y) {
  assert(x.cols == window.pixels() * window.channels && w.rows == window.patch_size());
  assert(y.rows == x.rows * window.positions() && y.cols == w.cols);
  parallel_chunks(threads, y.rows, kBlockRows, [&](std::size_t begin, std::size_t end) {
    Real* const block = block_of_patches();
    for (std::size_t k = 0; k < w.rows; k += kBlockDepth) {
      const std::size_t depth = std::min(kBlockDepth, w.rows - k);
      write_patches(window, x, {begin, end}, {k, k + depth}, block, kBlockStep);
      Real* const out = y.row(begin).data();
      multiply_tile({block, kBlockStep, 1}, {w.row(k).data(), w.cols, 1},
                    k == 0 ? addend.at(begin, 0) : Addend{out, y.cols}, out, y.cols, end - begin,
                    y.cols, depth);
    }
  });
}

}  // namespace

void affine_patches(Threads threads, const Window& window, MatrixView<const Real> x,
                    MatrixView<const Real> w, std::span<const Real> bias, MatrixView<Real> y) {
  assert(bias.empty() || bias.size() >= y.cols);
  multiply_patches(threads, window, x, w, {bias.data(), 0}, y);
}

void add_patches_product(Threads threads, const Window& window, MatrixView<const Real> x,
                         MatrixView<const Real> w, MatrixView<Real> y) {
  multiply_patches(threads, window, x, w, {y.data, y.cols}, y);
}

void add_transposed_patches_product(Threads threads, const Window& window, MatrixView<const Real> x,
                                    MatrixView<const Real> d, MatrixView<Real> g, Start start) {
  assert(g.rows == window.patch_size() && g.cols == d.cols);
  assert(d.rows == x.rows * window.positions());
  // Few and large parts, because each passes over all of D. No element depends on the cut.
  const std::size_t count = static_cast<std::size_t>(std::max(threads.count, 1));
  const std::size_t part = std::min(kBlockRows, (g.rows + count - 1) / count);
  parallel_chunks(threads, g.rows, part, [&](std::size_t begin, std::size_t end) {
    Real* const block = block_of_patches();
    Real* const out = g.row(begin).data();
    for (std::size_t row = 0; row < d.rows; row += kBlockDepth) {
      const std::size_t depth = std::min(kBlockDepth, d.rows - row);
      write_patches(window, x, {row, row + depth}, {begin, end}, block, kBlockRows);
      const bool from_zero = row == 0 && start == Start::kZero;
      multiply_tile({block, 1, kBlockRows}, {d.row(row).data(), d.cols, 1},
                    from_zero ? Addend{} : Addend{out, g.cols}, out, g.cols, end - begin, g.cols,
                    depth);
    }
  });
}

void add_folded_product(Threads threads, const Window& window, MatrixView<const Real> d,
                        MatrixView<const Real> w, MatrixView<Real> e, Start start) {
  assert(e.cols == window.pixels() * window.channels && w.rows == window.patch_size());
  assert(d.rows == e.rows * window.positions() && d.cols == w.cols);
  // Whole images, so that threads own what they add to.
  const std::size_t images = std::max<std::size_t>(1, kBlockRows / window.positions());
  parallel_chunks(threads, e.rows, images, [&](std::size_t first, std::size_t last) {
    if (start == Start::kZero)
      std::fill(e.row(first).data(), e.row(first).data() + (last - first) * e.cols, Real(0));
    Real* const block = block_of_patches();
    const std::size_t rows_end = last * window.positions();
    for (std::size_t row = first * window.positions(); row < rows_end; row += kBlockRows) {
      const Span rows{row, std::min(row + kBlockRows, rows_end)};
      for (std::size_t k = 0; k < w.rows; k += kBlockDepth) {
        const Span numbers{k, std::min(k + kBlockDepth, w.rows)};
        multiply_tile({d.row(row).data(), d.cols, 1}, {w.row(k).data(), 1, w.cols}, {}, block,
                      kBlockStep, rows.size(), numbers.size(), d.cols);
        add_patches(window, block, kBlockStep, rows, numbers, e);
      }
    }
  });
}

}  // namespace ravine
