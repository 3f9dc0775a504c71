// Layers, forward and backward, and the loss.

#include <fmt/format.h>

#include <functional>
#include <memory>
#include <string>

#include "networks.hpp"
#include "ravine/core/text.hpp"
#include "ravine/nn/layers/activation.hpp"
#include "ravine/nn/layers/batch_norm.hpp"
#include "ravine/nn/layers/dense.hpp"
#include "ravine/nn/layers/dropout.hpp"
#include "ravine/nn/loss.hpp"
#include "rows.hpp"
#include "work.hpp"

namespace ravine::kernels {
namespace {

struct Shape {
  std::size_t batch, in, out;
};
using MakeLayer = std::function<std::unique_ptr<Layer>(ParameterLayout&)>;

// A layer with everything that its passes read and write.
class LayerBench {
 public:
  LayerBench(const MakeLayer& make, Shape shape)
      : layer_(make(layout_)),
        theta_(layout_.size()),
        gradient_(layout_.size()),
        x_(shape.batch * shape.in),
        y_(shape.batch * shape.out),
        dx_(x_.size()),
        dy_(y_.size()),
        statistics_(layer_->statistics_size()) {
    fill_random(x_, 1);
    fill_random(dy_, 2);
    layer_->initialize(*initializer_catalog().make("he"), 0, theta_);
    Real* const y = layer_->works_in_place() ? x_.data() : y_.data();
    state_.x.dense = {x_.data(), shape.batch, shape.in};
    state_.y = {y, shape.batch, shape.out};
    state_.statistics = statistics_;
    dy_view_ = {dy_.data(), shape.batch, shape.out};
    dx_view_ = {layer_->works_in_place() ? dy_.data() : dx_.data(), shape.batch, shape.in};
    forward();
  }
  void forward() { layer_->forward(pass_, theta_, state_); }
  void backward() { layer_->backward(pass_, theta_, state_, dy_view_, dx_view_, gradient_); }

 private:
  const Pass pass_{.threads = {1}, .training = true, .seed = 0, .step = 1};
  ParameterLayout layout_;
  std::unique_ptr<Layer> layer_;
  AlignedVector<Real> theta_, gradient_, x_, y_, dx_, dy_;
  std::vector<double> statistics_;
  LayerState state_;
  MatrixView<Real> dy_view_, dx_view_;
};

void add_layer(const Limits& limits, const std::string& name, Shape shape, const MakeLayer& make,
               const Work& forward, const Work& backward) {
  const auto add = [&](const char* direction, void (LayerBench::*run)(), const Work& work) {
    add_row(fmt::format("layer/{}/{}/{}x{}x{}", name, direction, shape.batch, shape.in, shape.out),
            [=, &limits](benchmark::State& state) {
              LayerBench bench(make, shape);
              for (auto _ : state) {
                (bench.*run)();
                benchmark::ClobberMemory();
              }
              report(state, limits, work);
            });
  };
  add("forward", &LayerBench::forward, forward);
  add("backward", &LayerBench::backward, backward);
}

double elements(Shape shape) { return static_cast<double>(shape.batch * shape.out); }

// Reads or writes `arrays` arrays of the layer's shape, each once.
Work streams(Shape shape, int arrays, int distinct) {
  const std::size_t bytes = shape.batch * shape.out * sizeof(Real);
  return {.bytes = arrays * static_cast<double>(bytes),
          .working_set_bytes = static_cast<std::size_t>(distinct) * bytes};
}

void add_dense(const Limits& limits, Shape shape) {
  const double multiplications = elements(shape) * static_cast<double>(shape.in);
  add_layer(limits, "dense", shape,
            [shape](ParameterLayout& layout) {
              return std::make_unique<Dense>(0, ravine::Shape::vector(shape.in), shape.out, true,
                                             layout);
            },
            {.flops = 2 * multiplications}, {.flops = 4 * multiplications});
}

void add_activation(const Limits& limits, const std::string& name, Shape shape) {
  add_layer(
      limits, name, shape,
      [=](ParameterLayout&) {
        return std::make_unique<ActivationLayer>(parse_activation(name),
                                                 ravine::Shape::vector(shape.out));
      },
      streams(shape, 2, 1), streams(shape, 3, 2));  // y in place; y, dy in place
}

void add_batch_norm(const Limits& limits, Shape shape) {
  add_layer(
      limits, "batch_norm", shape,
      [shape](ParameterLayout& layout) {
        return std::make_unique<BatchNorm>(0, ravine::Shape::vector(shape.out), shape.out, layout);
      },
      streams(shape, 2, 2), streams(shape, 3, 3));  // x, y; x, dy, dx
}

// Bound by its masks: Philox makes four words from 20 multiplications.
void add_dropout(const Limits& limits, Shape shape) {
  const Work masks{.multiplies = 5 * elements(shape)};
  add_layer(
      limits, "dropout", shape,
      [shape](ParameterLayout&) {
        return std::make_unique<Dropout>(0, ravine::Shape::vector(shape.out), 0.5);
      },
      masks, masks);
}

void add_softmax(const Limits& limits, Shape shape) {
  add_row(fmt::format("layer/softmax_loss/{}x{}", shape.batch, shape.out),
          [=, &limits](benchmark::State& state) {
            const auto loss = make_loss("softmax");
            const auto data = random_images(shape.batch, 1);
            AlignedVector<Real> z(shape.batch * shape.out), dz(z.size());
            fill_random(z);
            const MatrixView<Real> view(z.data(), shape.batch, shape.out);
            const MatrixView<Real> delta(dz.data(), shape.batch, shape.out);
            for (auto _ : state)
              benchmark::DoNotOptimize(loss->sum(
                  {}, view, Targets{.labels = data->labels, .values = {}}, Real(1), delta));
            report(state, limits, streams(shape, 2, 2));
          });
}

}  // namespace

void add_layers(const Limits& limits) {
  const Shape wide{128, 1000, 1000}, small{60, 100, 100}, tiny{32, 64, 32};
  for (const Shape shape : {wide, small, tiny}) add_dense(limits, shape);
  for (const std::string& name : split_outside_parentheses(kActivationNames, '|'))
    if (name != "linear") add_activation(limits, name, name == "sigmoid" ? small : wide);
  for (const Shape shape : {wide, small}) add_batch_norm(limits, shape);
  add_dropout(limits, wide);
  for (const NetworkShapeRow& network : networks())
    add_softmax(limits, {network.batch, network.widths().back(), network.widths().back()});
}

}  // namespace ravine::kernels
