#include "ravine/linalg/products.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cassert>

namespace ravine {
namespace {

using Eigen::ColMajor;
using Eigen::Index;
using Eigen::RowMajor;

// Result tiles: panels of columns if there are enough of them, else panels of rows. A panel of 240
// is 10 of Eigen's 24-row kernels (20 of 12 in double).
constexpr std::size_t kTileCols = 240;
constexpr std::size_t kTileRows = 64;
// A panel of columns is cut into pieces that fit into half of a 512 KiB L2 cache.
constexpr std::size_t kPanelRows = 256;
// Below this many multiplications, one tile: cutting costs more than it saves.
constexpr std::size_t kTinyProduct = std::size_t{1} << 20;

// Block sizes of Goto's algorithm, in elements, for an L2 cache of 1 MiB: fixed, because Eigen
// would derive them from the caches it detects, and the order of its sums with them.
constexpr Index kDepthBlock = 256, kLeftBlock = 240, kRightBlock = 512;

class Blocking : public Eigen::internal::level3_blocking<Real, Real> {
 public:
  Blocking(Index rows, Index cols, Index depth) {
    m_mc = std::min(rows, kLeftBlock);
    m_nc = std::min(cols, kRightBlock);
    m_kc = std::min(depth, kDepthBlock);
    // Packing space outlives the product: allocating it anew would cost more than small products.
    thread_local AlignedVector<Real> left(static_cast<std::size_t>(kLeftBlock * kDepthBlock));
    thread_local AlignedVector<Real> right(static_cast<std::size_t>(kRightBlock * kDepthBlock));
    m_blockA = left.data();
    m_blockB = right.data();
  }
};

/// A factor of a product: its first element, the distance of its rows in memory, its order.
template <int Order>
struct Factor {
  const Real* data;
  std::size_t stride;

  const Real* at(std::size_t row, std::size_t col) const {
    return Order == RowMajor ? data + row * stride + col : data + col * stride + row;
  }
};

// C(rows, cols) += A(rows, depth) B(depth, cols), single-threaded. Eigen's kernel is called
// directly: `operator*` would choose between algorithms and consult addresses.
template <int OrderA, int OrderB>
void multiply_tile(Factor<OrderA> a, Factor<OrderB> b, Real* c, std::size_t c_stride,
                   std::size_t rows, std::size_t cols, std::size_t depth) {
  const auto index = [](std::size_t n) { return static_cast<Index>(n); };
  using Product = Eigen::internal::general_matrix_matrix_product<Index, Real, OrderA, false, Real,
                                                                 OrderB, false, RowMajor, 1>;
  Blocking blocking(index(cols), index(rows), index(depth));  // Eigen computes C^T = B^T A^T
  Product::run(index(rows), index(cols), index(depth), a.data, index(a.stride), b.data,
               index(b.stride), c, 1, index(c_stride), Real(1), blocking);
}

template <int OrderA, int OrderB>
void multiply(Threads threads, Factor<OrderA> a, Factor<OrderB> b, MatrixView<Real> c,
              std::size_t depth, Start start) {
  if (c.empty()) return;
  const auto tile = [&](std::size_t row, std::size_t rows, std::size_t col, std::size_t cols) {
    Real* const target = c.data + row * c.cols + col;
    if (start == Start::kZero)
      for (std::size_t i = 0; i < rows; ++i) std::fill_n(target + i * c.cols, cols, Real(0));
    if (depth == 0) return;
    multiply_tile(Factor<OrderA>{a.at(row, 0), a.stride}, Factor<OrderB>{b.at(0, col), b.stride},
                  target, c.cols, rows, cols, depth);
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

}  // namespace

void add_product(Threads threads, MatrixView<const Real> x, MatrixView<const Real> w,
                 MatrixView<Real> y) {
  assert(x.cols == w.rows && y.rows == x.rows && y.cols == w.cols);
  multiply(threads, Factor<RowMajor>{x.data, x.cols}, Factor<RowMajor>{w.data, w.cols}, y, x.cols,
           Start::kPresent);
}

void add_transposed_product(Threads threads, MatrixView<const Real> x, MatrixView<const Real> d,
                            MatrixView<Real> g, Start start) {
  assert(x.rows == d.rows && g.rows == x.cols && g.cols == d.cols);
  multiply(threads, Factor<ColMajor>{x.data, x.cols}, Factor<RowMajor>{d.data, d.cols}, g, x.rows,
           start);
}

void add_product_transposed(Threads threads, MatrixView<const Real> d, MatrixView<const Real> w,
                            MatrixView<Real> e, Start start) {
  assert(d.cols == w.cols && e.rows == d.rows && e.cols == w.rows);
  multiply(threads, Factor<RowMajor>{d.data, d.cols}, Factor<ColMajor>{w.data, w.cols}, e, d.cols,
           start);
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
