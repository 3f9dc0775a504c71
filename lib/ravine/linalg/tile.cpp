#include "ravine/linalg/tile.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <utility>

// A packet has attributes, which templates may ignore.
#pragma GCC diagnostic ignored "-Wignored-attributes"

namespace ravine {
namespace {

using namespace Eigen::internal;  // the packet functions: ploadu, pmadd, ...

// The kernel keeps the sums of six rows (twelve with 32 registers) and two packets of columns in
// registers, or of twelve rows where one packet of columns is left. Every step in depth takes a row
// of B and an element of A for each row. Neither factor is rearranged first, as Goto's algorithm
// does, unless it lies badly: for the narrow layers of the suites that would cost more than it
// saves.
using Packet = packet_traits<Real>::type;
constexpr std::size_t kWidth = packet_traits<Real>::size, kPanelCols = 2 * kWidth;
constexpr std::size_t kRegisters = EIGEN_ARCH_DEFAULT_NUMBER_OF_REGISTERS;
constexpr std::size_t kMostRows = kRegisters >= 32 ? 12 : 6, kMostRowsOfOne = 12;
constexpr bool kMaskedStores = unpacket_traits<Packet>::masked_store_available;
// A panel of B of this depth stays in the first cache: 16 KiB with AVX2.
constexpr std::size_t kDepth = 256;
// From this many rows on it pays to copy a panel, which then lies in few pages.
constexpr std::size_t kManyRows = 200;
// Rows of A that are copied at once, where they are.
constexpr std::size_t kCopiedRows = 240;

// Elements that are a multiple of 4 KiB apart share few places in the first cache.
bool collides(std::size_t step) { return step % (4096 / sizeof(Real)) == 0; }

// C(rows, cols) = addend + A(rows, depth) B(depth, cols) for a panel of columns. B's rows are
// contiguous and fill whole packets.
struct Panel {
  Factor a;
  const Real* b;
  std::size_t b_step, depth;
  Real* c;
  std::size_t c_step, rows, cols;
  Addend addend;
};

// Calls f(0) ... f(N - 1), without a loop: sums that a loop counts over would live in memory.
template <std::size_t N, class F>
[[gnu::always_inline]] inline void unrolled(F f) {
  [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
    (f(std::integral_constant<std::size_t, I>{}), ...);
  }
  (std::make_index_sequence<N>{});
}

// out <- addend + sums in the first `width` elements of a packet.
inline void store_part(const Packet& sums, const Real* addend, Real* out, std::size_t width) {
  using Traits = unpacket_traits<Packet>;
  if constexpr (kMaskedStores) {
    const auto mask = static_cast<typename Traits::mask_t>((1U << width) - 1);
    pstoreu(out, addend ? padd(ploadu<Packet>(addend, mask), sums) : sums, mask);
  } else {
    Real piece[kWidth];
    pstoreu(piece, sums);
    for (std::size_t j = 0; j < width; ++j) out[j] = addend ? addend[j] + piece[j] : piece[j];
  }
}

template <std::size_t Rows, std::size_t Packets>
void kernel(const Panel& panel) {
  // In variables of its own, which the stores of the loop cannot change.
  const Factor a = panel.a;
  const Real* const b = panel.b;
  Real* const c = panel.c;
  const Addend addend = panel.addend;
  const std::size_t b_step = panel.b_step, c_step = panel.c_step, cols = panel.cols;
  Packet sums[Rows][Packets];
  const auto each_row = [](auto f) { unrolled<Rows>(f); };
  const auto each_packet = [](auto f) { unrolled<Packets>(f); };
  const auto each_sum = [&](auto f) {
    each_row([&](auto i) { each_packet([&](auto p) { f(i, p); }); });
  };
  each_sum([&](auto i, auto p) { sums[i][p] = pset1<Packet>(0); });
  for (std::size_t k = 0, depth = panel.depth; k < depth; ++k) {
    Packet right[Packets];
    each_packet([&](auto p) { right[p] = ploadu<Packet>(b + k * b_step + p * kWidth); });
    each_row([&](auto i) {
      const Packet left = pset1<Packet>(a.data[i * a.row_step + k * a.col_step]);
      each_packet([&](auto p) { sums[i][p] = pmadd(left, right[p], sums[i][p]); });
    });
  }
  if (cols == Packets * kWidth) {
    if (addend.data)
      each_sum([&](auto i, auto p) {
        sums[i][p] = padd(ploadu<Packet>(addend.data + i * addend.step + p * kWidth), sums[i][p]);
      });
    each_sum([&](auto i, auto p) { pstoreu(c + i * c_step + p * kWidth, sums[i][p]); });
  } else {
    each_sum([&](auto i, auto p) {
      store_part(sums[i][p], addend.at(i, p * kWidth).data, c + i * c_step + p * kWidth,
                 std::min(kWidth, cols - p * kWidth));
    });
  }
}

template <std::size_t Packets, std::size_t... I>
constexpr auto kernels(std::index_sequence<I...>) {
  return std::array{&kernel<I + 1, Packets>...};  // by the number of rows
}

// All rows of a panel, in groups of nearly equal size.
template <std::size_t Packets, std::size_t MostRows>
void multiply_panel(Panel panel) {
  static constexpr auto kKernels = kernels<Packets>(std::make_index_sequence<MostRows>{});
  const std::size_t groups = (panel.rows + MostRows - 1) / MostRows;
  std::size_t begin = 0;
  for (std::size_t group = 1; group <= groups; ++group) {
    const std::size_t end = panel.rows * group / groups, rows = end - begin;
    kKernels[rows - 1](panel);
    panel.a.data += rows * panel.a.row_step;
    panel.c += rows * panel.c_step;
    panel.addend = panel.addend.at(rows, 0);
    begin = end;
  }
}

// panel(k, j) = b(k, j), with zeros up to whole packets of columns.
void copy_rows(Factor b, std::size_t depth, std::size_t cols, std::size_t step, Real* panel) {
  const std::size_t whole = cols / kWidth * kWidth;
  for (std::size_t k = 0; k < depth; ++k, panel += step) {
    const Real* const row = b.at(k, 0).data;
    for (std::size_t j = 0; j < whole; j += kWidth) pstoreu(panel + j, ploadu<Packet>(row + j));
    for (std::size_t j = whole; j < step; ++j) panel[j] = j < cols ? row[j] : Real(0);
  }
}

// The same for b whose columns are contiguous, in squares that are turned in registers.
void copy_columns(Factor b, std::size_t depth, std::size_t cols, std::size_t step, Real* panel) {
  for (std::size_t j = 0; j < step; j += kWidth) {
    if (j + kWidth > cols || depth < kWidth) {
      for (std::size_t i = j; i < j + kWidth; ++i) {
        const Real* const column = b.at(0, i).data;
        for (std::size_t k = 0; k < depth; ++k)
          panel[k * step + i] = i < cols ? column[k] : Real(0);
      }
      continue;
    }
    for (std::size_t next = 0; next < depth; next += kWidth) {
      const std::size_t k = std::min(next, depth - kWidth);  // the last square may overlap
      PacketBlock<Packet, static_cast<int>(kWidth)> square;
      unrolled<kWidth>([&](auto i) { square.packet[i] = ploadu<Packet>(b.at(k, j + i).data); });
      ptranspose(square);
      unrolled<kWidth>([&](auto i) { pstoreu(panel + (k + i) * step + j, square.packet[i]); });
    }
  }
}

// Panels of columns for all rows, and one block of the depth.
void multiply_block(Factor a, Factor b, Addend addend, Real* c, std::size_t c_step,
                    std::size_t rows, std::size_t cols, std::size_t depth) {
  alignas(64) std::array<Real, kDepth * kPanelCols> copied;
  const bool copy = b.col_step != 1 || rows >= kManyRows || collides(b.row_step);
  for (std::size_t j = 0; j < cols; j += kPanelCols) {
    const std::size_t width = std::min(kPanelCols, cols - j),
                      packets = (width + kWidth - 1) / kWidth;
    const Factor from = b.at(0, j);
    Panel panel{a, from.data, b.row_step, depth, c + j, c_step, rows, width, addend.at(0, j)};
    if (copy || width % kWidth != 0) {
      panel.b = copied.data();
      panel.b_step = packets * kWidth;
      (b.col_step == 1 ? copy_rows : copy_columns)(from, depth, width, panel.b_step, copied.data());
    }
    if (packets == 2)
      multiply_panel<2, kMostRows>(panel);
    else
      multiply_panel<1, kMostRowsOfOne>(panel);
  }
}

}  // namespace

void multiply_tile(Factor a, Factor b, Addend addend, Real* c, std::size_t c_step, std::size_t rows,
                   std::size_t cols, std::size_t depth) {
  const bool copy = a.row_step == 1 && collides(a.col_step);
  const std::size_t at_once = copy ? kCopiedRows : rows;
  for (std::size_t k = 0; k < depth; k += kDepth, addend = {c, c_step}) {
    const std::size_t block = std::min(kDepth, depth - k);
    for (std::size_t i = 0; i < rows; i += at_once) {
      const std::size_t count = std::min(at_once, rows - i);
      Factor left = a.at(i, k);
      if (copy) {
        thread_local AlignedVector<Real> copied(kDepth * kCopiedRows);
        for (std::size_t q = 0; q < block; ++q)
          std::copy_n(left.at(0, q).data, count, copied.data() + q * kCopiedRows);
        left = {copied.data(), 1, kCopiedRows};
      }
      multiply_block(left, b.at(k, 0), addend.at(i, 0), c + i * c_step, c_step, count, cols, block);
    }
  }
}

}  // namespace ravine
