#include "ravine/nn/layers/recurrence.hpp"

#include <algorithm>
#include <string>

#include "ravine/core/math.hpp"
#include "ravine/core/random.hpp"
#include "ravine/linalg/stats.hpp"
#include "ravine/linalg/tile.hpp"
#include "ravine/nn/layers/by_position.hpp"
#include "ravine/nn/layers/thread_room.hpp"

namespace ravine {
namespace {

// Apart from the streams of dense layers and of kernels.
constexpr std::uint64_t kFirstRecurrentStream = std::uint64_t{1} << 21;
// Sequences that a thread runs side by side: rows of one tile.
constexpr std::size_t kSequences = 24;

}  // namespace

// Some sequences, from the first position to the last and back.
class Recurrence::Run {
 public:
  // Numbers for each unit of every sequence: gates of all positions, for an lstm c and tanh(c), and
  // dh and dc.
  static std::size_t room(const Recurrence& layer) {
    const std::size_t kept = layer.gates() + (layer.cell_ == Cell::kLstm ? 2 : 0);
    return kSequences * layer.units_ * (layer.length_ * kept + 2);
  }

  Run(const Recurrence& layer, std::span<const Real> theta, MatrixView<const Real> x,
      MatrixView<Real> y, std::size_t rows)
      : layer_(layer),
        w_(layer.weight_.of(theta).data()),
        bias_(layer.bias_.of(theta).data()),
        x_(x),
        y_(y),
        rows_(rows),
        n_(layer.units_),
        lstm_(layer.cell_ == Cell::kLstm) {
    Real* next = thread_room(room(layer)).data();
    const auto take = [&](std::size_t count) {
      Real* const begin = next;
      next += count * kSequences * n_;
      return begin;
    };
    gates_ = take(layer.length_ * layer.gates());
    if (lstm_) c_ = take(layer.length_), tanh_c_ = take(layer.length_);
    dh_ = take(1);
    dc_ = take(1);
  }

  void forward() {
    for (std::size_t t = 0; t < layer_.length_; ++t) {
      sum(t);
      for (std::size_t row = 0; row < rows_; ++row) activate(t, row);
    }
  }

  // dy of all positions becomes the derivatives of the sums of all gates, dx.
  void backward(MatrixView<const Real> dy, MatrixView<Real> dx) {
    std::fill_n(dh_, rows_ * n_, Real(0));
    std::fill_n(dc_, rows_ * n_, Real(0));
    for (std::size_t t = layer_.length_; t-- > 0;) {
      for (std::size_t row = 0; row < rows_; ++row) {
        const Real* const d = dy.row(row).data() + t * n_;
        Real* const dh = dh_ + row * n_;
        for (std::size_t j = 0; j < n_; ++j) dh[j] += d[j];
        derive(t, row, dx.row(row).data() + t * width());
      }
      if (t > 0)  // dh_{t-1} = da_t W^T
        multiply_tile({dx.data + t * width(), dx.cols, 1}, {w_, 1, width()}, {}, dh_, n_, rows_, n_,
                      width());
    }
  }

 private:
  std::size_t width() const { return layer_.gates() * n_; }
  Real* gates(std::size_t t, std::size_t row) const {
    return gates_ + (t * kSequences + row) * width();
  }
  Real* cells(Real* of_all, std::size_t t, std::size_t row) const {
    return of_all + (t * kSequences + row) * n_;
  }

  // a_t + h_{t-1} W + b, for all rows
  void sum(std::size_t t) const {
    Real* const out = gates(t, 0);
    const std::size_t size = width();
    const Addend a{x_.data + t * size, x_.cols};
    if (t > 0)
      multiply_tile({y_.data + (t - 1) * n_, y_.cols, 1}, {w_, size, 1}, a, out, size, rows_, size,
                    n_);
    for (std::size_t row = 0; row < rows_; ++row) {
      Real* const sums = out + row * size;
      const Real* const from = t > 0 ? sums : a.at(row, 0).data;
      for (std::size_t j = 0; j < size; ++j) sums[j] = from[j] + bias_[j];
    }
  }

  void activate(std::size_t t, std::size_t row) const {
    Real* const h = y_.row(row).data() + t * n_;
    const auto part = [&](std::size_t i) { return std::span(gates(t, row) + i * n_, n_); };
    if (!lstm_) {
      tanh(part(0), part(0));
      std::ranges::copy(part(0), h);
      return;
    }
    const std::span<Real> i_and_f(gates(t, row), 2 * n_);
    logistic(i_and_f, i_and_f);
    tanh(part(2), part(2));
    logistic(part(3), part(3));
    const Real *const i = part(0).data(), *const f = part(1).data(), *const g = part(2).data();
    const Real* const o = part(3).data();
    Real *const c = cells(c_, t, row), *const tanh_c = cells(tanh_c_, t, row);
    if (t > 0) {
      const Real* const before = cells(c_, t - 1, row);
      for (std::size_t j = 0; j < n_; ++j) c[j] = f[j] * before[j] + i[j] * g[j];
    } else {
      for (std::size_t j = 0; j < n_; ++j) c[j] = i[j] * g[j];
    }
    tanh(std::span<const Real>(c, n_), std::span<Real>(tanh_c, n_));
    for (std::size_t j = 0; j < n_; ++j) h[j] = o[j] * tanh_c[j];
  }

  // dh_t becomes the derivatives of the sums of its gates, and dc_t becomes dc_{t-1}.
  void derive(std::size_t t, std::size_t row, Real* da) const {
    const Real* const dh = dh_ + row * n_;
    const Real* const i = gates(t, row);
    if (!lstm_) {
      for (std::size_t j = 0; j < n_; ++j) da[j] = dh[j] * (1 - i[j] * i[j]);
      return;
    }
    const Real *const f = i + n_, *const g = f + n_, *const o = g + n_;
    const Real* const tanh_c = cells(tanh_c_, t, row);
    Real* const dc = dc_ + row * n_;
    for (std::size_t j = 0; j < n_; ++j) {
      const Real before = t > 0 ? cells(c_, t - 1, row)[j] : Real(0);
      dc[j] += dh[j] * o[j] * (1 - tanh_c[j] * tanh_c[j]);
      da[j] = dc[j] * g[j] * i[j] * (1 - i[j]);
      da[n_ + j] = dc[j] * before * f[j] * (1 - f[j]);
      da[2 * n_ + j] = dc[j] * i[j] * (1 - g[j] * g[j]);
      da[3 * n_ + j] = dh[j] * tanh_c[j] * o[j] * (1 - o[j]);
      dc[j] *= f[j];
    }
  }

  const Recurrence& layer_;
  const Real *w_, *bias_;
  MatrixView<const Real> x_;
  MatrixView<Real> y_;
  std::size_t rows_, n_;
  bool lstm_;
  Real *gates_ = nullptr, *c_ = nullptr, *tanh_c_ = nullptr, *dh_ = nullptr, *dc_ = nullptr;
};

Recurrence::Recurrence(Cell cell, std::size_t index, const Shape& in, double forget_bias,
                       ParameterLayout& layout)
    : Layer(in, Shape::sequence(in[0], in[1] / (cell == Cell::kLstm ? 4 : 1))),
      cell_(cell),
      index_(index),
      length_(in[0]),
      units_(outputs() / in[0]),
      forget_bias_(forget_bias) {
  const std::string prefix = std::string(name()) + std::to_string(index);
  weight_ = layout.blocks()[layout.add(prefix + "/recurrent", units_, gates() * units_,
                                       BlockKind::kWeight)];
  bias_ = layout.blocks()[layout.add(prefix + "/bias", 1, gates() * units_, BlockKind::kBias)];
}

std::size_t Recurrence::scratch_bytes(bool) const { return Run::room(*this) * sizeof(Real); }

void Recurrence::initialize(const Initializer& initializer, std::uint64_t seed,
                            std::span<Real> theta) const {
  RandomStream stream(seed, Purpose::kInitialization, kFirstRecurrentStream + index_);
  initializer.weights(weight_.rows, weight_.cols, stream, weight_.of(theta));
  std::ranges::fill(bias_.of(theta), static_cast<Real>(initializer.bias()));
  if (cell_ == Cell::kLstm)
    std::ranges::fill(bias_.of(theta).subspan(units_, units_), static_cast<Real>(forget_bias_));
}

// Sequences do not know of one another: each thread runs its own.
void Recurrence::forward(const Pass& pass, std::span<const Real> theta,
                         const LayerState& state) const {
  const MatrixView<const Real> x = state.x.dense;
  parallel_chunks(pass.threads, x.rows, kSequences, [&](std::size_t begin, std::size_t end) {
    const std::size_t rows = end - begin;
    Run(*this, theta, {x.row(begin).data(), rows, x.cols},
        {state.y.row(begin).data(), rows, state.y.cols}, rows)
        .forward();
  });
}

void Recurrence::backward(const Pass& pass, std::span<const Real> theta, const LayerState& state,
                          MatrixView<Real> dy, MatrixView<Real> dx,
                          std::span<Real> gradient) const {
  const MatrixView<const Real> x = state.x.dense;
  parallel_chunks(pass.threads, x.rows, kSequences, [&](std::size_t begin, std::size_t end) {
    const std::size_t rows = end - begin;
    Run run(*this, theta, {x.row(begin).data(), rows, x.cols},
            {state.y.row(begin).data(), rows, state.y.cols}, rows);
    run.forward();
    run.backward({dy.row(begin).data(), rows, dy.cols}, {dx.row(begin).data(), rows, dx.cols});
  });
  add_column_sums(pass.threads, by_position(dx, length_), bias_.of(gradient));
  add_weight_gradient(pass, state.y, dx, gradient);
}

// dW = sum over sequences and t of h_{t-1}^T da_t, a sequence after the other.
void Recurrence::add_weight_gradient(const Pass& pass, MatrixView<const Real> y,
                                     MatrixView<const Real> dx, std::span<Real> gradient) const {
  const MatrixView<Real> dw{weight_.of(gradient), weight_.rows, weight_.cols};
  Start start = pass.weight_gradients;
  if (length_ == 1) {
    if (start == Start::kZero) std::ranges::fill(dw.elements(), Real(0));
    return;
  }
  for (std::size_t row = 0; row < y.rows; ++row, start = Start::kPresent)
    add_transposed_product(pass.threads, {y.row(row).data(), length_ - 1, units_},
                           {dx.row(row).data() + weight_.cols, length_ - 1, weight_.cols}, dw,
                           start);
}

}  // namespace ravine
