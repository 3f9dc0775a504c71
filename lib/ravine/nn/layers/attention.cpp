#include "ravine/nn/layers/attention.hpp"

#include <algorithm>
#include <cmath>

#include "ravine/core/math.hpp"
#include "ravine/linalg/tile.hpp"
#include "ravine/nn/layers/by_position.hpp"
#include "ravine/nn/layers/thread_room.hpp"

namespace ravine {
namespace {

// One head's part of Q, K, V, Y or of a derivative: (length, depth), rows `step` apart.
template <class T>
struct Slice {
  T* data;
  std::size_t step;
};
using Read = Slice<const Real>;
using Write = Slice<Real>;

Factor plain_factor(Read x) { return {x.data, x.step, 1}; }
Factor turned_factor(Read x) { return {x.data, 1, x.step}; }

// A square (length, length) of scores or of their derivatives.
using Square = MatrixView<Real>;
Factor plain_factor(Square s) { return {s.data, s.cols, 1}; }
Factor turned_factor(Square s) { return {s.data, 1, s.cols}; }

double row_product(std::span<const Real> a, std::span<const Real> b) {
  Real sums[8] = {};
  std::size_t j = 0;
  for (; j + 8 <= a.size(); j += 8)
    for (std::size_t k = 0; k < 8; ++k) sums[k] += a[j + k] * b[j + k];
  for (std::size_t k = 0; j < a.size(); ++j, ++k) sums[k] += a[j] * b[j];
  double sum = 0;
  for (const Real part : sums) sum += static_cast<double>(part);
  return sum;
}

}  // namespace

AttentionCore::AttentionCore(const Shape& in, std::size_t heads, bool causal)
    : Layer(in, Shape::sequence(positions_of(in), features_of(in) / 3)),
      length_(positions_of(in)),
      heads_(heads),
      depth_(features_of(in) / 3 / heads),
      causal_(causal) {}

// The arithmetic of one head of one example.
class AttentionCore::Head {
 public:
  Head(const AttentionCore& core, std::size_t example, std::size_t head, std::span<Real> room)
      : core_(core), example_(example), head_(head), room_(room) {
    scale_ = static_cast<Real>(1 / std::sqrt(static_cast<double>(core.depth_)));
  }

  template <class T>
  Slice<T> part(MatrixView<T> x, std::size_t which) const {  // 0, 1, 2: Q, K, V
    const std::size_t n = core_.heads_ * core_.depth_;
    return {x.data + example_ * x.cols + which * n + head_ * core_.depth_, 3 * n};
  }
  template <class T>
  Slice<T> output(MatrixView<T> y) const {
    const std::size_t n = core_.heads_ * core_.depth_;
    return {y.data + example_ * y.cols + head_ * core_.depth_, n};
  }
  Square square(std::size_t i) const {
    const std::size_t n = core_.length_;
    return {room_.subspan(i * n * n, n * n), n, n};
  }
  std::size_t columns(std::size_t row) const { return core_.causal_ ? row + 1 : core_.length_; }

  // to = (or +=) a b'
  void scores(Read a, Read b, Square to, bool add = false) const {
    const std::size_t n = core_.length_;
    multiply_tile(plain_factor(a), turned_factor(b), add ? Addend{to.data, n} : Addend{}, to.data,
                  n, n, n, core_.depth_);
  }
  // to = (or +=) s b, or s' b
  void mix(Square s, Read b, Write to, bool turned = false, bool add = false) const {
    const std::size_t n = core_.length_;
    multiply_tile(turned ? turned_factor(s) : plain_factor(s), plain_factor(b),
                  add ? Addend{to.data, to.step} : Addend{}, to.data, to.step, n, core_.depth_, n);
  }

  // Scores become P; where position j comes behind i, P is 0.
  void softmax(Square s) const {
    for (std::size_t i = 0; i < s.rows; ++i) {
      const std::span<Real> row = s.row(i), p = row.first(columns(i));
      Real largest = p[0];
      for (const Real value : p) largest = value > largest ? value : largest;
      for (Real& value : p) value = (value - largest) * scale_;
      exp(p, p);
      double sum = 0;
      for (const Real value : p) sum += static_cast<double>(value);
      const Real inverse = static_cast<Real>(1 / sum);
      for (Real& value : p) value *= inverse;
      std::ranges::fill(row.subspan(p.size()), Real(0));
    }
  }
  // ts, R{S} without its factor, becomes R{P}.
  void softmax_tangent(Square p, Square ts) const {
    for (std::size_t i = 0; i < p.rows; ++i) {
      const std::span<Real> t = ts.row(i);
      const std::span<const Real> row = p.row(i).first(columns(i));
      const Real mean = static_cast<Real>(row_product(row, t.first(row.size())));
      for (std::size_t j = 0; j < row.size(); ++j) t[j] = row[j] * (t[j] - mean) * scale_;
      std::ranges::fill(t.subspan(row.size()), Real(0));
    }
  }
  // dP becomes dS, with the factor of the scores, which dQ and dK take.
  void softmax_backward(Square p, Square dp) const {
    for (std::size_t i = 0; i < p.rows; ++i) {
      const std::span<Real> d = dp.row(i);
      const std::span<const Real> row = p.row(i).first(columns(i));
      const Real mean = static_cast<Real>(row_product(row, d.first(row.size())));
      for (std::size_t j = 0; j < row.size(); ++j) d[j] = row[j] * (d[j] - mean) * scale_;
      std::ranges::fill(d.subspan(row.size()), Real(0));
    }
  }
  // R{dP} becomes R{dS}; then dP becomes dS.
  void softmax_tangent_backward(Square p, Square tp, Square dp, Square tdp) const {
    for (std::size_t i = 0; i < p.rows; ++i) {
      const std::size_t n = columns(i);
      const std::span<const Real> row = p.row(i).first(n), t = tp.row(i).first(n);
      const std::span<const Real> d = dp.row(i).first(n);
      const std::span<Real> td = tdp.row(i);
      const Real mean = static_cast<Real>(row_product(row, d));
      const Real mean_t = static_cast<Real>(row_product(row, std::span<const Real>(td).first(n)) +
                                            row_product(t, d));
      for (std::size_t j = 0; j < n; ++j)
        td[j] = (t[j] * (d[j] - mean) + row[j] * (td[j] - mean_t)) * scale_;
      std::ranges::fill(td.subspan(n), Real(0));
    }
    softmax_backward(p, dp);
  }

  Square probabilities(MatrixView<const Real> x, std::size_t at) const {
    const Square p = square(at);
    scores(part(x, 0), part(x, 1), p);
    softmax(p);
    return p;
  }
  // R{P}, given P
  Square probabilities_tangent(MatrixView<const Real> x, MatrixView<const Real> tx, Square p,
                               std::size_t at) const {
    const Square tp = square(at);
    scores(part(tx, 0), part(x, 1), tp);
    scores(part(x, 0), part(tx, 1), tp, true);
    softmax_tangent(p, tp);
    return tp;
  }

 private:
  const AttentionCore& core_;
  std::size_t example_, head_;
  std::span<Real> room_;
  Real scale_;
};

// Heads write to parts of their own, so no sum crosses threads. The squares of a head belong to the
// thread that works on it, which allocates them once.
template <class F>
void AttentionCore::for_each_head(Threads threads, std::size_t rows, bool tangents, F f) const {
  parallel_chunks(threads, rows * heads_, 1, [&](std::size_t i, std::size_t end) {
    const std::span<Real> room = thread_room(squares(tangents) * length_ * length_);
    for (; i < end; ++i) f(Head(*this, i / heads_, i % heads_, room));
  });
}

void AttentionCore::forward(const Pass& pass, std::span<const Real>,
                            const LayerState& state) const {
  const MatrixView<const Real> x = state.x.dense;
  for_each_head(pass.threads, x.rows, false, [&](const Head& head) {
    head.mix(head.probabilities(x, 0), head.part(x, 2), head.output(state.y));
  });
}

void AttentionCore::backward(const Pass& pass, std::span<const Real>, const LayerState& state,
                             MatrixView<Real> whole_dy, MatrixView<Real> dx,
                             std::span<Real>) const {
  if (dx.empty()) return;
  const MatrixView<const Real> x = state.x.dense, dy = whole_dy;
  for_each_head(pass.threads, x.rows, false, [&](const Head& head) {
    const Square p = head.probabilities(x, 0), ds = head.square(1);
    head.mix(p, head.output(dy), head.part(dx, 2), true);
    head.scores(head.output(dy), head.part(x, 2), ds);
    head.softmax_backward(p, ds);
    head.mix(ds, head.part(x, 1), head.part(dx, 0));
    head.mix(ds, head.part(x, 0), head.part(dx, 1), true);
  });
}

void AttentionCore::tangent_forward(const Pass& pass, std::span<const Real>, std::span<const Real>,
                                    const LayerState& state, const LayerState& tangent) const {
  const MatrixView<const Real> x = state.x.dense, tx = tangent.x.dense;
  for_each_head(pass.threads, x.rows, true, [&](const Head& head) {
    const Square p = head.probabilities(x, 0), tp = head.probabilities_tangent(x, tx, p, 1);
    head.mix(tp, head.part(x, 2), head.output(tangent.y));
    head.mix(p, head.part(tx, 2), head.output(tangent.y), false, true);
  });
}

void AttentionCore::tangent_backward(const Pass& pass, std::span<const Real>, std::span<const Real>,
                                     const LayerState& state, const LayerState& tangent,
                                     Dual whole_dy, Dual dx, std::span<Real>) const {
  if (dx.value.empty()) return;
  const MatrixView<const Real> x = state.x.dense, tx = tangent.x.dense;
  const MatrixView<const Real> dy = whole_dy.value, tdy = whole_dy.tangent;
  for_each_head(pass.threads, x.rows, true, [&](const Head& head) {
    const Square p = head.probabilities(x, 0), tp = head.probabilities_tangent(x, tx, p, 1);
    const Square ds = head.square(2), tds = head.square(3);
    head.mix(p, head.output(dy), head.part(dx.value, 2), true);
    head.mix(tp, head.output(dy), head.part(dx.tangent, 2), true);
    head.mix(p, head.output(tdy), head.part(dx.tangent, 2), true, true);
    head.scores(head.output(dy), head.part(x, 2), ds);
    head.scores(head.output(tdy), head.part(x, 2), tds);
    head.scores(head.output(dy), head.part(tx, 2), tds, true);
    head.softmax_tangent_backward(p, tp, ds, tds);
    head.mix(ds, head.part(x, 1), head.part(dx.value, 0));
    head.mix(tds, head.part(x, 1), head.part(dx.tangent, 0));
    head.mix(ds, head.part(tx, 1), head.part(dx.tangent, 0), false, true);
    head.mix(ds, head.part(x, 0), head.part(dx.value, 1), true);
    head.mix(tds, head.part(x, 0), head.part(dx.tangent, 1), true);
    head.mix(ds, head.part(tx, 0), head.part(dx.tangent, 1), true, true);
  });
}

}  // namespace ravine
