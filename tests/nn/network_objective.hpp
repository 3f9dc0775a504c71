#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "linalg/random_matrix.hpp"
#include "ravine/core/objective.hpp"
#include "ravine/nn/curvature_products.hpp"
#include "ravine/nn/loss.hpp"
#include "ravine/nn/network.hpp"
#include "ravine/nn/workspace.hpp"

namespace ravine {

/// A network of tests: its layers as text, between inputs and outputs.
struct TestNetwork {
  NetworkOptions options;
  std::string layers;
  LayerCatalog catalog = layer_catalog();

  TestNetwork(std::size_t inputs, std::string text, std::size_t outputs,
              BatchNormPlacement batch_norm = BatchNormPlacement::kOff)
      : layers(std::move(text)) {
    options.input = Shape::vector(inputs);
    options.outputs = outputs;
    options.batch_norm = batch_norm;
  }
  Network make() const { return {options, parse_layers(layers, catalog)}; }
};

/// The mean loss of a network on one random batch.
class NetworkObjective final : public Objective {
 public:
  NetworkObjective(const TestNetwork& net, const std::string& loss, std::size_t rows,
                   Threads threads = {1})
      : network(net.make()),
        inputs(rows, network.inputs(), 11),
        workspace(network, rows, Workspace::Use::kTraining),
        curvature(network, rows),
        loss_(make_loss(loss)),
        values_(rows, network.outputs(), 12) {
    pass.training = true;
    pass.threads = threads;
    pass.seed = 3;
    pass.step = 5;
    RandomStream stream(13, Purpose::kTest);
    if (net.options.form == InputForm::kTokens)
      for (std::size_t i = 0; i < rows * network.inputs(); ++i)
        tokens_.push_back(static_cast<std::int32_t>(
            stream.below(static_cast<std::uint32_t>(net.options.vocabulary))));
    for (Real& t : values_.view().elements()) t = static_cast<Real>(stream.uniform());
    for (std::size_t i = 0; i < rows; ++i)
      labels_.push_back(
          static_cast<std::int32_t>(stream.below(static_cast<std::uint32_t>(network.outputs()))));
    theta.resize(network.layout().size());
    network.initialize(*initializer_catalog().make("glorot_normal"), 1, theta);
    // Gains and biases away from 1 and 0, where mistakes could hide.
    for (const Block& block : network.layout().blocks())
      if (!is_product(block.kind))
        for (Real& value : block.of(std::span(theta)))
          value += static_cast<Real>(stream.uniform(-0.4, 0.4));
    if (loss_->needs_classes())
      targets.labels = labels_;
    else
      targets.values = values_.view();
  }

  std::vector<Real> gradient() {
    std::vector<Real> g(theta.size(), Real(99));
    evaluate(theta, g);
    return g;
  }

  Input input() {
    if (tokens_.empty()) return {.dense = inputs.view()};
    return {.dense = {}, .tokens = {tokens_.data(), inputs.view().rows, network.inputs()}};
  }
  CurvatureProducts::Point at(std::span<const Real> point) {
    return {pass, *loss_, point, input(), targets, workspace};
  }

  Network network;
  Pass pass;
  RandomMatrix inputs;
  Workspace workspace;
  CurvatureProducts curvature;
  Targets targets;
  AlignedVector<Real> theta;

 private:
  double do_evaluate(std::span<const Real> point, std::span<Real> gradient) override {
    const Input x = input();
    const double rows = static_cast<double>(x.rows());
    const auto z = network.forward(pass, point, x, workspace);
    const double sum = loss_->sum(pass.threads, z, targets, static_cast<Real>(1 / rows),
                                  workspace.output_delta(x.rows()));
    const double terms = network.objective_terms(pass, point, x, workspace);
    if (!gradient.empty()) {
      std::ranges::fill(gradient, Real(0));
      Pass mean = pass;
      mean.term_scale = static_cast<Real>(1 / rows);
      network.backward(mean, point, x, workspace, gradient);
    }
    return (sum + terms) / rows;
  }
  void do_hessian_vector(std::span<const Real> point, std::span<const Real> v,
                         std::span<Real> hv) override {
    std::ranges::fill(hv, Real(0));
    curvature.add_product(Curvature::kHessian, at(point), v, hv);
  }
  void do_gauss_newton_vector(std::span<const Real> point, std::span<const Real> v,
                              std::span<Real> gv) override {
    std::ranges::fill(gv, Real(0));
    curvature.add_product(Curvature::kGaussNewton, at(point), v, gv);
  }
  bool do_mean_squared_gradient(std::span<const Real> point, std::span<Real> out) override {
    std::ranges::fill(out, Real(0));
    return curvature.add_mean_squared_gradient(at(point), out);
  }

  std::unique_ptr<const Loss> loss_;
  std::vector<std::int32_t> labels_, tokens_;
  RandomMatrix values_;
};

}  // namespace ravine
