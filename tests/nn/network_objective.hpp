#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "linalg/random_matrix.hpp"
#include "ravine/core/objective.hpp"
#include "ravine/nn/curvature_products.hpp"
#include "ravine/nn/loss.hpp"
#include "ravine/nn/network.hpp"
#include "ravine/nn/workspace.hpp"

namespace ravine {

/// The mean loss of a network on one random batch.
class NetworkObjective final : public Objective {
 public:
  NetworkObjective(const NetworkShape& shape, const std::string& loss, std::size_t rows,
                   Threads threads = {1})
      : network(shape),
        inputs(rows, shape.inputs, 11),
        workspace(network, rows, Workspace::Use::kTraining),
        curvature(network, rows),
        loss_(make_loss(loss)),
        values_(rows, shape.outputs, 12) {
    pass.training = true;
    pass.threads = threads;
    pass.seed = 3;
    pass.step = 5;
    RandomStream stream(13, Purpose::kTest);
    for (Real& t : values_.view().elements()) t = static_cast<Real>(stream.uniform());
    for (std::size_t i = 0; i < rows; ++i)
      labels_.push_back(
          static_cast<std::int32_t>(stream.below(static_cast<std::uint32_t>(shape.outputs))));
    theta.resize(network.layout().size());
    network.initialize(*initializer_catalog().make("glorot_normal"), 1, theta);
    // Gains and biases away from 1 and 0, where mistakes could hide.
    for (const Block& block : network.layout().blocks())
      if (block.kind != BlockKind::kWeight)
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

  CurvatureProducts::Point at(std::span<const Real> point) {
    return {pass, *loss_, point, {inputs.view(), nullptr}, targets, workspace};
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
    const Input x{inputs.view(), nullptr};
    const double rows = static_cast<double>(x.rows());
    const auto z = network.forward(pass, point, x, workspace);
    const double sum = loss_->sum(pass.threads, z, targets, static_cast<Real>(1 / rows),
                                  workspace.output_delta(x.rows()));
    if (!gradient.empty()) {
      std::ranges::fill(gradient, Real(0));
      network.backward(pass, point, x, workspace, gradient);
    }
    return sum / rows;
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
  std::vector<std::int32_t> labels_;
  RandomMatrix values_;
};

}  // namespace ravine
