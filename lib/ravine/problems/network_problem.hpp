#pragma once

#include <memory>
#include <string>

#include "ravine/data/dataset.hpp"
#include "ravine/nn/loss.hpp"
#include "ravine/nn/network.hpp"
#include "ravine/problems/problem.hpp"

namespace ravine {

/// What a network problem consists of; sessions share it.
struct NetworkModel {
  std::string family;
  std::shared_ptr<const Dataset> data;
  Network network;
  std::unique_ptr<const Loss> loss;      // what is optimized
  std::unique_ptr<const Loss> reported;  // what *_loss columns hold; null: the same
  double l2 = 0;
  bool reconstruct = false;  // the targets are the inputs
};

/// A network on a data set:
///
///   L(theta) = (1/m) sum_i [loss(f(x_i; theta), t_i) + terms of layers]
///              + (l2 / 2) sum over weights W of W^2
///
/// Biases and gains are not decayed. The terms that layers add count to losses; the penalty does
/// not. Measurements use the running averages of batch normalization
/// and cover the first min(N, 10 000) training examples, the validation and the test part.
class RAVINE_EXPORT NetworkProblem final : public Problem {
 public:
  struct Options {
    std::string family = "Network";  // of its title
    LayerList layers;
    std::string loss = "softmax";
    std::string reported;  // empty: the loss
    double l2 = 0;
    BatchNormPlacement batch_norm = BatchNormPlacement::kOff;
    bool reconstruct = false;
  };
  /// Throws Error where data and options do not fit together.
  NetworkProblem(std::shared_ptr<const Dataset> data, const Options& options);

  const ParameterLayout& layout() const override { return model_->network.layout(); }
  std::size_t train_begin() const override { return model_->data->train.begin; }
  std::size_t train_end() const override { return model_->data->train.end; }
  std::size_t least_batch() const override { return model_->network.statistics_size() > 0 ? 2 : 1; }
  void initialize(const Initializer& initializer, std::uint64_t seed,
                  std::span<Real> theta) const override;
  std::unique_ptr<Session> start(std::uint64_t seed, std::size_t batch_size,
                                 Threads threads) const override;
  double flops_per_example() const override { return model_->network.flops_per_example(); }
  /// The family, the widths from inputs to outputs, and the data.
  std::string title() const override;
  LossUnits loss_units() const override;
  Capabilities offers() const override;
  std::vector<std::string_view> metrics() const override;
  std::string data_digest() const override;
  std::string data_understood() const override;
  const Network& network() const { return model_->network; }
  /// Bytes of the data, and of a session that nobody has started, by arithmetic.
  std::size_t data_bytes() const;
  std::size_t session_bytes(std::size_t batch_size, bool uses_curvature, Threads threads) const;

 private:
  std::shared_ptr<const NetworkModel> model_;
};

}  // namespace ravine
