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

// `positions` pieces of `count` numbers, so far apart: packet by packet, so that the inner loop is
// nothing but loads and stores.
RAVINE_INLINE void copy_pieces(const Real* from, std::size_t from_step, Real* to,
                               std::size_t to_step, std::size_t count, std::size_t positions) {
  constexpr std::size_t kWidth = kLanes<Real>;
  for (; count >= kWidth; count -= kWidth, from += kWidth, to += kWidth)
    for (std::size_t i = 0; i < positions; ++i) store(to + i * to_step, load(from + i * from_step));
  if (count == 0) return;
  for (std::size_t i = 0; i < positions; ++i)
    store_part(to + i * to_step, load_part(from + i * from_step, count), count);
}

RAVINE_INLINE void add_piece(const Real* from, Real* to, std::size_t count) {
  constexpr std::size_t kWidth = kLanes<Real>;
  for (; count >= kWidth; count -= kWidth, from += kWidth, to += kWidth)
    store(to, load(to) + load(from));
  if (count > 0) store_part(to, load_part(to, count) + load_part(from, count), count);
}

// One row of a window over one row of an image, at positions side by side: `count` numbers from
// `first` on in the block, and as many elements of the image from `element` on, of which `before`
// and `after` lie outside of the row; those of a row above or below the image all lie before it.
struct Overlap {
  std::size_t first, count;
  std::ptrdiff_t element;
  std::size_t before, after;
  std::size_t positions;

  std::size_t inside() const { return count - before - after; }
  // The first element inside of the row.
  std::size_t begin() const { return static_cast<std::size_t>(element) + before; }
};

// min(max(x, 0), most)
RAVINE_INLINE std::size_t clip(std::ptrdiff_t x, std::size_t most) {
  return static_cast<std::size_t>(
      std::clamp(x, std::ptrdiff_t(0), static_cast<std::ptrdiff_t>(most)));
}

// Calls f(overlap) for the rows of P(X) and their numbers k. Positions with the same overlap follow
// one another, one `step` of the block and one stride of the image apart.
template <class F>
RAVINE_INLINE void for_each_overlap(const Window& window, Span rows, Span k, std::size_t step,
                                    F f) {
  const std::size_t line = window.kernel_width * window.channels;
  const std::size_t row_size = window.width * window.channels;
  const std::size_t stride = window.stride * window.channels;
  for (std::size_t at = rows.begin; at < rows.end;) {
    const std::size_t image = at / window.positions(), in_image = at % window.positions();
    const std::size_t y = in_image / window.out_width, x = in_image % window.out_width;
    const std::size_t end = at + std::min(window.out_width - x, rows.end - at);
    for (std::size_t i = k.begin / line; i * line < k.end; ++i) {
      const std::size_t number = std::max(i * line, k.begin);
      const std::size_t count = std::min((i + 1) * line, k.end) - number;
      const std::size_t row = window.stride * y + i - window.top;  // huge above the image
      const std::size_t row_begin = (image * window.height + row) * row_size;
      for (std::size_t position = at; position < end;) {
        Overlap overlap{(position - rows.begin) * step + number - k.begin, count, 0, count, 0, 1};
        if (row < window.height) {
          const auto from = static_cast<std::ptrdiff_t>(
              stride * (x + position - at) + (number - i * line) - window.left * window.channels);
          const auto room = static_cast<std::ptrdiff_t>(row_size - count) - from;
          overlap.element = static_cast<std::ptrdiff_t>(row_begin) + from;
          overlap.before = clip(-from, count);
          overlap.after = clip(-room, count);
          if (overlap.inside() == count)
            overlap.positions =
                std::min(end - position, static_cast<std::size_t>(room) / stride + 1);
        } else {
          overlap.positions = end - position;
        }
        f(overlap);
        position += overlap.positions;
      }
    }
    at = end;
  }
}

// block(row, k) = P(X)(rows.begin + row, k.begin + k)
void write_patches(const Window& window, MatrixView<const Real> x, Span rows, Span k, Real* block,
                   std::size_t step) {
  const std::size_t stride = window.stride * window.channels;
  for_each_overlap(window, rows, k, step, [&](const Overlap& overlap) {
    Real* to = block + overlap.first;
    if (overlap.inside() < overlap.count)
      for (std::size_t i = 0; i < overlap.positions; ++i)
        std::fill_n(to + i * step, overlap.count, Real(0));
    if (overlap.inside() > 0)
      copy_pieces(x.data + overlap.begin(), stride, to + overlap.before, step, overlap.inside(),
                  overlap.positions);
  });
}

// An element of E gets what it is owed in the order of positions.
void add_patches(const Window& window, const Real* block, std::size_t step, Span rows, Span k,
                 MatrixView<Real> e) {
  const std::size_t stride = window.stride * window.channels;
  for_each_overlap(window, rows, k, step, [&](const Overlap& overlap) {
    if (overlap.inside() == 0) return;
    const Real* from = block + overlap.first + overlap.before;
    Real* to = e.data + overlap.begin();
    for (std::size_t i = 0; i < overlap.positions; ++i, from += step, to += stride)
      add_piece(from, to, overlap.inside());
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
