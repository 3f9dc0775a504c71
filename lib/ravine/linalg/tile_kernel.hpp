#pragma once

#include <array>
#include <utility>

#include "ravine/core/packet.hpp"
#include "ravine/linalg/tile.hpp"

// The innermost loop of every product, sum_ij += a_ik b_kj for k = 0, 1, ... It keeps the sums of
// six rows (twelve with 32 registers) and two packets of columns in registers, or of twelve rows
// where one packet of columns is left. Every step in depth takes a row of B and an element of A for
// each row.

namespace ravine::tile {

using Lanes = Packet<Real>;
constexpr std::size_t kWidth = kLanes<Real>, kStripCols = 2 * kWidth;
constexpr std::size_t kMostRows = kVectorRegisters >= 32 ? 12 : 6, kMostRowsOfOne = 12;

// C(rows, cols) = addend + A(rows, depth) B(depth, cols) for a strip of columns. B's rows are
// contiguous and, where loads cannot be masked, fill whole packets.
struct Strip {
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

// `Whole`: the columns fill their packets, else the last packet is one in part.
template <std::size_t Rows, std::size_t Packets, bool Whole>
void kernel(const Strip& strip) {
  // In variables of its own, which the stores of the loop cannot change.
  const Factor a = strip.a;
  const Real* const b = strip.b;
  Real* const c = strip.c;
  const Addend addend = strip.addend;
  const std::size_t b_step = strip.b_step, c_step = strip.c_step;
  const std::size_t last = strip.cols - (Packets - 1) * kWidth;  // columns of the last packet
  const auto load = [last](const Real* row, auto p) {
    if constexpr (Whole || p + 1 < Packets)
      return ravine::load(row + p * kWidth);
    else
      return load_part(row + p * kWidth, last);
  };
  const auto store = [last](Real* row, auto p, Lanes packet) {
    if constexpr (Whole || p + 1 < Packets)
      ravine::store(row + p * kWidth, packet);
    else
      store_part(row + p * kWidth, packet, last);
  };
  const auto load_right = [&](const Real* row, auto p) {
    if constexpr (kMaskedParts)
      return load(row, p);
    else
      return ravine::load(row + p * kWidth);  // from a copy of whole packets
  };

  Lanes sums[Rows][Packets];
  const auto each_row = [](auto f) { unrolled<Rows>(f); };
  const auto each_packet = [](auto f) { unrolled<Packets>(f); };
  const auto each_sum = [&](auto f) {
    each_row([&](auto i) { each_packet([&](auto p) { f(i, p); }); });
  };
  each_sum([&](auto i, auto p) { sums[i][p] = Lanes{}; });
  // Unrolled, the loop has few enough turns for the CPU to foresee its end.
#pragma GCC unroll 8
  for (std::size_t k = 0, depth = strip.depth; k < depth; ++k) {
    Lanes right[Packets];
    each_packet([&](auto p) { right[p] = load_right(b + k * b_step, p); });
    each_row([&](auto i) {
      const Lanes left = broadcast(a.data[i * a.row_step + k * a.col_step]);
      each_packet([&](auto p) { sums[i][p] = fma(left, right[p], sums[i][p]); });
    });
  }
  if (addend.data)
    each_sum(
        [&](auto i, auto p) { sums[i][p] = load(addend.data + i * addend.step, p) + sums[i][p]; });
  each_sum([&](auto i, auto p) { store(c + i * c_step, p, sums[i][p]); });
}

template <std::size_t Packets, bool Whole, std::size_t... I>
constexpr auto kernels(std::index_sequence<I...>) {
  return std::array{&kernel<I + 1, Packets, Whole>...};  // by the number of rows
}

// All rows of a strip, in groups of nearly equal size.
template <std::size_t Packets, std::size_t MostRows>
void multiply_rows(Strip strip) {
  static constexpr std::array kAll = {kernels<Packets, false>(std::make_index_sequence<MostRows>{}),
                                      kernels<Packets, true>(std::make_index_sequence<MostRows>{})};
  const auto& kernel_of_rows = kAll[strip.cols == Packets * kWidth];
  const std::size_t groups = (strip.rows + MostRows - 1) / MostRows;
  std::size_t begin = 0;
  for (std::size_t group = 1; group <= groups; ++group) {
    const std::size_t end = strip.rows * group / groups, rows = end - begin;
    kernel_of_rows[rows - 1](strip);
    strip.a.data += rows * strip.a.row_step;
    strip.c += rows * strip.c_step;
    strip.addend = strip.addend.at(rows, 0);
    begin = end;
  }
}

inline void multiply_strip(const Strip& strip) {
  if (strip.cols > kWidth)
    multiply_rows<2, kMostRows>(strip);
  else
    multiply_rows<1, kMostRowsOfOne>(strip);
}

}  // namespace ravine::tile
