#include "ravine/linalg/tile.hpp"

#include <algorithm>
#include <array>

#include "ravine/linalg/tile_kernel.hpp"

namespace ravine {
namespace tile {
namespace {

// Factors are read where they lie. To rearrange both first, as Goto's algorithm does, would cost
// the narrow layers of the suites more than it saves; only what lies badly is copied.

// A strip of B of this depth stays in the first cache: 16 KiB with AVX2.
constexpr std::size_t kDepth = 256;
// From this many rows on it pays to copy a strip, which then lies in few pages.
constexpr std::size_t kManyRows = 200;
// Rows of A that are copied at once, where they are.
constexpr std::size_t kCopiedRows = 240;

// Elements that are a multiple of 4 KiB apart share few places in the first cache.
bool collides(std::size_t step) { return step % (4096 / sizeof(Real)) == 0; }

// copy(k, j) = b(k, j), with zeros up to whole packets of columns.
void copy_rows(Factor b, std::size_t depth, std::size_t cols, std::size_t step, Real* copy) {
  const std::size_t whole = cols / kWidth * kWidth;
  for (std::size_t k = 0; k < depth; ++k, copy += step) {
    const Real* const row = b.at(k, 0).data;
    for (std::size_t j = 0; j < whole; j += kWidth) store(copy + j, load(row + j));
    for (std::size_t j = whole; j < step; ++j) copy[j] = j < cols ? row[j] : Real(0);
  }
}

// Row i and row i + Distance exchange what lies apart from the diagonal: of every 2 x Distance
// lanes the upper half of one and the lower half of the other.
template <std::size_t Distance>
[[gnu::always_inline]] inline void exchange(Lanes& a, Lanes& b) {
  [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
    const Lanes lower =
        __builtin_shufflevector(a, b, (I & Distance ? kWidth + I - Distance : I)...);
    b = __builtin_shufflevector(a, b, (I & Distance ? kWidth + I : I + Distance)...);
    a = lower;
  }
  (std::make_index_sequence<kWidth>{});
}

// A square of packets, turned in halves, halves of halves, and so on.
template <std::size_t Distance = kWidth / 2>
[[gnu::always_inline]] inline void transpose(Lanes (&rows)[kWidth]) {
  if constexpr (Distance > 0) {
    unrolled<kWidth>([&](auto i) {
      if constexpr (!(i & Distance)) exchange<Distance>(rows[i], rows[i + Distance]);
    });
    transpose<Distance / 2>(rows);
  }
}

// The same for b whose columns are contiguous, in squares that are turned in registers.
void copy_columns(Factor b, std::size_t depth, std::size_t cols, std::size_t step, Real* copy) {
  for (std::size_t j = 0; j < step; j += kWidth) {
    if (j + kWidth > cols || depth < kWidth) {
      for (std::size_t i = j; i < j + kWidth; ++i) {
        const Real* const column = b.at(0, i).data;
        for (std::size_t k = 0; k < depth; ++k) copy[k * step + i] = i < cols ? column[k] : Real(0);
      }
      continue;
    }
    for (std::size_t next = 0; next < depth; next += kWidth) {
      const std::size_t k = std::min(next, depth - kWidth);  // the last square may overlap
      Lanes square[kWidth];
      unrolled<kWidth>([&](auto i) { square[i] = load(b.at(k, j + i).data); });
      transpose(square);
      unrolled<kWidth>([&](auto i) { store(copy + (k + i) * step + j, square[i]); });
    }
  }
}

// Strips of columns for all rows, and one block of the depth.
void multiply_block(Factor a, Factor b, Addend addend, Real* c, std::size_t c_step,
                    std::size_t rows, std::size_t cols, std::size_t depth) {
  alignas(64) std::array<Real, kDepth * kStripCols> copied;
  const bool copy = b.col_step != 1 || rows >= kManyRows || collides(b.row_step);
  for (std::size_t j = 0; j < cols; j += kStripCols) {
    const std::size_t width = std::min(kStripCols, cols - j),
                      packets = (width + kWidth - 1) / kWidth;
    const Factor from = b.at(0, j);
    Strip strip{a, from.data, b.row_step, depth, c + j, c_step, rows, width, addend.at(0, j)};
    if (copy || (!kMaskedParts && width % kWidth != 0)) {
      strip.b = copied.data();
      strip.b_step = packets * kWidth;
      (b.col_step == 1 ? copy_rows : copy_columns)(from, depth, width, strip.b_step, copied.data());
    }
    multiply_strip(strip);
  }
}

}  // namespace
}  // namespace tile

void multiply_tile(Factor a, Factor b, Addend addend, Real* c, std::size_t c_step, std::size_t rows,
                   std::size_t cols, std::size_t depth) {
  const bool copy = a.row_step == 1 && tile::collides(a.col_step);
  const std::size_t at_once = copy ? tile::kCopiedRows : rows;
  for (std::size_t k = 0; k < depth; k += tile::kDepth, addend = {c, c_step}) {
    const std::size_t block = std::min(tile::kDepth, depth - k);
    for (std::size_t i = 0; i < rows; i += at_once) {
      const std::size_t count = std::min(at_once, rows - i);
      Factor left = a.at(i, k);
      if (copy) {
        thread_local AlignedVector<Real> copied(tile::kDepth * tile::kCopiedRows);
        for (std::size_t q = 0; q < block; ++q)
          std::copy_n(left.at(0, q).data, count, copied.data() + q * tile::kCopiedRows);
        left = {copied.data(), 1, tile::kCopiedRows};
      }
      tile::multiply_block(left, b.at(k, 0), addend.at(i, 0), c + i * c_step, c_step, count, cols,
                           block);
    }
  }
}

}  // namespace ravine
