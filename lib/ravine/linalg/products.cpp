#include "ravine/linalg/products.hpp"

#include <algorithm>
#include <cassert>

#include "ravine/linalg/panels.hpp"
#include "ravine/linalg/tile.hpp"

namespace ravine {
namespace {

// Result tiles: panels of columns if there are enough of them, else panels of rows.
constexpr std::size_t kTileCols = 240;
constexpr std::size_t kTileRows = 64;
// A panel of columns is cut into pieces that fit into half of a 512 KiB L2 cache.
constexpr std::size_t kPanelRows = 256;
// Below this many multiplications, one tile: cutting costs more than it saves.
constexpr std::size_t kTinyProduct = std::size_t{1} << 20;

// C = addend + A B
void multiply(Threads threads, Factor a, Factor b, Addend addend, MatrixView<Real> c,
              std::size_t depth) {
  if (depth == 0) {
    for (std::size_t i = 0; i < c.rows; ++i)
      for (std::size_t j = 0; j < c.cols; ++j)
        c(i, j) = addend.data ? *addend.at(i, j).data : Real(0);
    return;
  }
  const auto tile = [&](std::size_t row, std::size_t rows, std::size_t col, std::size_t cols) {
    multiply_tile(a.at(row, 0), b.at(0, col), addend.at(row, col), c.data + row * c.cols + col,
                  c.cols, rows, cols, depth);
  };
  if (c.size() * depth <= kTinyProduct) return tile(0, c.rows, 0, c.cols);
  if (c.cols > kTileCols) {
    parallel_chunks(threads, c.cols, kTileCols, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = 0; i < c.rows; i += kPanelRows)
        tile(i, std::min(kPanelRows, c.rows - i), begin, end - begin);
    });
  } else {
    parallel_chunks(threads, c.rows, kTileRows, [&](std::size_t begin, std::size_t end) {
      tile(begin, end - begin, 0, c.cols);
    });
  }
}

// Columns that the diagonal cuts are worked on in pieces of this width, from the diagonal down.
constexpr std::size_t kDiagonalCols = 48;

// C = F F^T
void multiply_symmetric(Threads threads, Factor f, MatrixView<Real> c, std::size_t depth) {
  const Factor turned{f.data, f.col_step, f.row_step};
  const std::size_t n = c.rows;
  const auto tile = [&](std::size_t row, std::size_t rows, std::size_t col, std::size_t cols) {
    multiply_tile(f.at(row, 0), turned.at(0, col), {}, c.data + row * n + col, n, rows, cols,
                  depth);
  };
  parallel_chunks(n * n * depth <= kTinyProduct ? Threads{1} : threads, n, kTileCols,
                  [&](std::size_t begin, std::size_t end) {
                    for (std::size_t j = begin; j < end; j += kDiagonalCols)
                      tile(j, end - j, j, std::min(kDiagonalCols, end - j));
                    for (std::size_t i = end; i < n; i += kPanelRows)
                      tile(i, std::min(kPanelRows, n - i), begin, end - begin);
                  });
  for_column_panels(threads, n, n, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = 0; i < end; ++i)
      for (std::size_t j = std::max(begin, i + 1); j < end; ++j) c(i, j) = c(j, i);
  });
}

Factor plain(MatrixView<const Real> x) { return {x.data, x.cols, 1}; }
Factor transposed(MatrixView<const Real> x) { return {x.data, 1, x.cols}; }
Addend start_of(MatrixView<Real> c, Start start) {
  return start == Start::kPresent ? Addend{c.data, c.cols} : Addend{};
}

}  // namespace

void affine(Threads threads, MatrixView<const Real> x, MatrixView<const Real> w,
            std::span<const Real> bias, MatrixView<Real> y) {
  assert(bias.empty() || bias.size() >= y.cols);
  assert(x.cols == w.rows && y.rows == x.rows && y.cols == w.cols);
  multiply(threads, plain(x), plain(w), {bias.data(), 0}, y, x.cols);
}

void add_product(Threads threads, MatrixView<const Real> x, MatrixView<const Real> w,
                 MatrixView<Real> y) {
  assert(x.cols == w.rows && y.rows == x.rows && y.cols == w.cols);
  multiply(threads, plain(x), plain(w), start_of(y, Start::kPresent), y, x.cols);
}

void add_transposed_product(Threads threads, MatrixView<const Real> x, MatrixView<const Real> d,
                            MatrixView<Real> g, Start start) {
  assert(x.rows == d.rows && g.rows == x.cols && g.cols == d.cols);
  multiply(threads, transposed(x), plain(d), start_of(g, start), g, x.rows);
}

void add_product_transposed(Threads threads, MatrixView<const Real> d, MatrixView<const Real> w,
                            MatrixView<Real> e, Start start) {
  assert(d.cols == w.cols && e.rows == d.rows && e.cols == w.rows);
  multiply(threads, plain(d), transposed(w), start_of(e, start), e, d.cols);
}

void product_with_own_transpose(Threads threads, MatrixView<const Real> x, MatrixView<Real> a) {
  assert(a.rows == x.rows && a.cols == x.rows && x.cols > 0);
  multiply_symmetric(threads, plain(x), a, x.cols);
}

void own_transpose_product(Threads threads, MatrixView<const Real> x, MatrixView<Real> a) {
  assert(a.rows == x.cols && a.cols == x.cols && x.rows > 0);
  multiply_symmetric(threads, transposed(x), a, x.rows);
}

void add_product(Threads threads, const SparseView& x, MatrixView<const Real> w,
                 MatrixView<Real> y) {
  assert(x.cols == w.rows && y.rows == x.rows() && y.cols == w.cols);
  constexpr std::size_t kRows = 32;
  parallel_chunks(threads, y.rows, kRows, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      Real* const out = y.row(i).data();
      x.for_each_entry(i, [&](std::size_t column, Real value) {
        const Real* const weights = w.row(column).data();
        for (std::size_t j = 0; j < w.cols; ++j) out[j] += value * weights[j];
      });
    }
  });
}

void add_transposed_product(Threads threads, const SparseView& x, MatrixView<const Real> d,
                            MatrixView<Real> g) {
  assert(x.rows() == d.rows && g.rows == x.cols && g.cols == d.cols);
  // Threads own columns of G: rows would collide wherever two examples share a feature.
  constexpr std::size_t kCols = 64;
  parallel_chunks(threads, g.cols, kCols, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = 0; i < d.rows; ++i) {
      const Real* const delta = d.row(i).data();
      x.for_each_entry(i, [&](std::size_t row, Real value) {
        Real* const out = g.row(row).data();
        for (std::size_t j = begin; j < end; ++j) out[j] += value * delta[j];
      });
    }
  });
}

}  // namespace ravine
