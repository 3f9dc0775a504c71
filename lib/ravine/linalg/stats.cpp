#include "ravine/linalg/stats.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "ravine/linalg/panels.hpp"

// Vectors of four doubles never leave this file, so it does not matter how they would be passed.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace ravine {
namespace {

constexpr std::size_t kChunk = 16384;

// Vectors of the compiler: Eigen's, and arrays, of sums would travel through memory at the end of a
// loop, which costs a short sum half of its time.
using Four [[gnu::vector_size(4 * sizeof(double))]] = double;
using FourReals [[gnu::vector_size(4 * sizeof(Real))]] = Real;

// How a term reads its vectors: one element, or four at once.
struct OneFrom {
  std::size_t i;
  double operator()(const Real* x) const { return x[i]; }
  void add(Real* x, Real a, const Real* d) const { x[i] += a * d[i]; }
};
struct FourFrom {
  std::size_t i;
  static FourReals reals(const Real* from) {
    FourReals four;
    std::memcpy(&four, from, sizeof four);  // a load that needs no alignment
    return four;
  }
  Four operator()(const Real* x) const { return __builtin_convertvector(reals(x + i), Four); }
  void add(Real* x, Real a, const Real* d) const {
    const FourReals sum = reals(x + i) + a * reals(d + i);
    std::memcpy(x + i, &sum, sizeof sum);
  }
};

// Inlined, because GCC 12 passes the pointers of a term through memory, too.
template <class Term>
[[gnu::always_inline]] inline double interleaved_sum(std::size_t begin, std::size_t end,
                                                     Term term) {
  Four low{}, high{};
  std::size_t i = begin;
  for (; i + 8 <= end; i += 8) {
    low += term(FourFrom{i});
    high += term(FourFrom{i + 4});
  }
  if (i < end) {
    double rest[8] = {};
    for (std::size_t k = 0; i < end; ++i, ++k) rest[k] = term(OneFrom{i});
    low += Four{rest[0], rest[1], rest[2], rest[3]};
    high += Four{rest[4], rest[5], rest[6], rest[7]};
  }
  const Four sums = low + high;
  return (sums[0] + sums[2]) + (sums[1] + sums[3]);
}

template <class Term>
[[gnu::always_inline]] inline double sum_terms(Threads threads, std::size_t count, Term term) {
  if (count <= kChunk) return 0 + interleaved_sum(0, count, term);
  return parallel_sum(threads, count, kChunk, [term](std::size_t begin, std::size_t end) {
    return interleaved_sum(begin, end, term);
  });
}

}  // namespace

double dot(Threads threads, std::span<const Real> a, std::span<const Real> b) {
  assert(a.size() == b.size());
  return sum_terms(threads, a.size(),
                   [p = a.data(), q = b.data()](auto at) { return at(p) * at(q); });
}

double add_scaled_dot(Threads threads, std::span<Real> x, double a, std::span<const Real> d,
                      std::span<const Real> y) {
  assert(x.size() == d.size() && x.size() == y.size());
  return sum_terms(threads, x.size(),
                   [p = x.data(), a = Real(a), q = d.data(), r = y.data()](auto at) {
                     at.add(p, a, q);
                     return at(p) * at(r);
                   });
}

double squared_norm(Threads threads, std::span<const Real> a) { return dot(threads, a, a); }

double sum(Threads threads, std::span<const Real> a) {
  return sum_terms(threads, a.size(), [p = a.data()](auto at) { return at(p); });
}

double squared_distance(Threads threads, std::span<const Real> a, std::span<const Real> b) {
  assert(a.size() == b.size());
  return sum_terms(threads, a.size(), [p = a.data(), q = b.data()](auto at) {
    return (at(p) - at(q)) * (at(p) - at(q));
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
