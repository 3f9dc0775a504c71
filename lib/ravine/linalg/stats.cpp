#include "ravine/linalg/stats.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include "ravine/linalg/panels.hpp"

namespace ravine {
namespace {

constexpr std::size_t kChunk = 16384;
constexpr std::size_t kSums = 8;

// Interleaved sums leave the compiler nothing to reorder and still fill its vectors.
template <class Term>
[[gnu::noinline]] double interleaved_sum(Threads threads, std::size_t count, Term term) {
  const auto piece = [&](std::size_t begin, std::size_t end) {
    std::array<double, kSums> sums{};
    std::size_t i = begin;
    for (; i + kSums <= end; i += kSums)
      for (std::size_t k = 0; k < kSums; ++k) sums[k] += term(i + k);
    for (std::size_t k = 0; i < end; ++i, ++k) sums[k] += term(i);
    return ((sums[0] + sums[4]) + (sums[2] + sums[6])) +
           ((sums[1] + sums[5]) + (sums[3] + sums[7]));
  };
  if (count <= kChunk) return 0 + piece(0, count);
  return parallel_sum(threads, count, kChunk, piece);
}

// The sums of two terms are most of what L-BFGS does on functions of two variables.
template <class Term>
double chunked_sum(Threads threads, std::size_t count, Term term) {
  return count == 2 ? 0 + (term(0) + term(1)) : interleaved_sum(threads, count, term);
}

}  // namespace

double dot(Threads threads, std::span<const Real> a, std::span<const Real> b) {
  assert(a.size() == b.size());
  return chunked_sum(threads, a.size(), [p = a.data(), q = b.data()](std::size_t i) {
    return static_cast<double>(p[i]) * static_cast<double>(q[i]);
  });
}

double squared_norm(Threads threads, std::span<const Real> a) { return dot(threads, a, a); }

double sum(Threads threads, std::span<const Real> a) {
  return chunked_sum(threads, a.size(),
                     [p = a.data()](std::size_t i) { return static_cast<double>(p[i]); });
}

double squared_distance(Threads threads, std::span<const Real> a, std::span<const Real> b) {
  assert(a.size() == b.size());
  return chunked_sum(threads, a.size(), [p = a.data(), q = b.data()](std::size_t i) {
    const double difference = static_cast<double>(p[i]) - static_cast<double>(q[i]);
    return difference * difference;
  });
}

void add_column_sums(Threads threads, MatrixView<const Real> x, std::span<Real> sums) {
  assert(sums.size() == x.cols);
  for_column_panels(threads, x.rows, x.cols, [&](std::size_t begin, std::size_t end) {
    Panel sum{};
    for (std::size_t i = 0; i < x.rows; ++i) {
      const Real* const row = x.row(i).data();
      for (std::size_t j = begin; j < end; ++j) sum[j - begin] += row[j];
    }
    for (std::size_t j = begin; j < end; ++j) sums[j] += static_cast<Real>(sum[j - begin]);
  });
}

void column_moments(Threads threads, MatrixView<const Real> x, std::span<double> mean,
                    std::span<double> variance) {
  assert(mean.size() == x.cols && variance.size() == x.cols && x.rows > 0);
  const double count = static_cast<double>(x.rows);
  for_column_panels(threads, x.rows, x.cols, [&](std::size_t begin, std::size_t end) {
    Panel total{}, centre{}, spread{};
    for (std::size_t i = 0; i < x.rows; ++i) {
      const Real* const row = x.row(i).data();
      for (std::size_t j = begin; j < end; ++j) total[j - begin] += row[j];
    }
    for (std::size_t j = begin; j < end; ++j) centre[j - begin] = total[j - begin] / count;
    for (std::size_t i = 0; i < x.rows; ++i) {
      const Real* const row = x.row(i).data();
      for (std::size_t j = begin; j < end; ++j) {
        const double deviation = row[j] - centre[j - begin];
        spread[j - begin] += deviation * deviation;
      }
    }
    for (std::size_t j = begin; j < end; ++j) {
      mean[j] = centre[j - begin];
      variance[j] = spread[j - begin] / count;
    }
  });
}

}  // namespace ravine
