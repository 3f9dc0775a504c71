#pragma once

#include "ravine/core/layout.hpp"
#include "ravine/nn/layer.hpp"

namespace ravine {

/// The cells of Recurrence.
enum class Cell { kRnn, kLstm };

/// A recurrent network behind its input product a_t = x_t W_x, which one PositionDense makes for
/// all positions at once; h_0 = c_0 = 0 in every sequence, and derivatives go through all of it
/// (back-propagation through time, truncated to the sequence).
///
///   rnn    h_t = tanh(a_t + h_{t-1} W + b)                                     Elman (1990)
///
///   lstm   (i, f, g, o) = a_t + h_{t-1} W + b, four parts of n units each
///          c_t = sigma(f) c_{t-1} + sigma(i) tanh(g),   h_t = sigma(o) tanh(c_t)
///
/// Hochreiter & Schmidhuber (1997) with the forget gate of Gers et al. (2000), in the order of
/// torch.nn.LSTM. **Deviates:** one bias where PyTorch adds two; b of the forget gate begins at
/// `forget_bias`, the others at the bias of the initializer.
///
/// x is (batch, positions * gates * n), y (batch, positions * n), W (n, gates * n). Only y is
/// kept: backward() computes the gates again. No curvature products.
class RAVINE_EXPORT Recurrence final : public Layer {
 public:
  /// Adds "<name><index>/recurrent" and "<name><index>/bias" to the layout; `in` has as many
  /// features as the gates take.
  Recurrence(Cell cell, std::size_t index, const Shape& in, double forget_bias,
             ParameterLayout& layout);

  std::string_view name() const override { return cell_ == Cell::kLstm ? "lstm" : "rnn"; }
  LayerRole role() const override { return LayerRole::kWeights; }
  bool reads_output() const override { return true; }
  double multiplications() const override {
    return static_cast<double>(length_) * static_cast<double>(weight_.size());
  }
  std::size_t scratch_bytes(bool tangents) const override;
  void initialize(const Initializer& initializer, std::uint64_t seed,
                  std::span<Real> theta) const override;
  void forward(const Pass& pass, std::span<const Real> theta,
               const LayerState& state) const override;
  void backward(const Pass& pass, std::span<const Real> theta, const LayerState& state,
                MatrixView<Real> dy, MatrixView<Real> dx, std::span<Real> gradient) const override;

 private:
  class Run;
  std::size_t gates() const { return cell_ == Cell::kLstm ? 4 : 1; }
  void add_weight_gradient(const Pass& pass, MatrixView<const Real> y, MatrixView<const Real> dx,
                           std::span<Real> gradient) const;

  Cell cell_;
  std::size_t index_, length_, units_;
  double forget_bias_;
  Block weight_, bias_;
};

}  // namespace ravine
