// A8: Glorot & Bengio (2010), figures 6 to 9, at their scale: five layers of 1000 units, 300 images
// of Shapeset, on which the uniform start makes n Var W = 1/3 and the normalized one 1.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "checks.hpp"
#include "matrices.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/data/data_catalog.hpp"
#include "ravine/nn/layers/activation.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/train/catalogs.hpp"

namespace ravine::initialization {
namespace {

constexpr std::size_t kSize = 1000, kLayers = 5;

struct Start {
  const char* name;
  double n_var;                  // n Var W of a square layer
  double jacobian, uncertainty;  // what the paper reports of tanh: about 0.5 and about 0.8
};
constexpr Start kStarts[] = {{"uniform", 1.0 / 3, 0.475, 0.025}, {"glorot_uniform", 1, 0.8, 0.05}};

// Mean singular value of a square matrix of independent entries with n Var = s^2: 8 s / (3 pi)
// (Marchenko & Pastur 1967), behind the 0.5 and 0.8 of section 4.2.1. The slope of tanh multiplies
// the columns of the weights of a unit; here it is that of the last layer on one image.
void add_jacobian(std::vector<Check>& checks, const Start& start) {
  const auto data = data_catalog().load({.name = "shapeset", .train = 1});
  const std::vector<std::int32_t> image = {static_cast<std::int32_t>(data->test.begin)};
  Values h(data->features.cols), w;
  gather(data->features, image, h.data());
  for (std::size_t layer = 0; layer < kLayers; ++layer) {
    w = draw(start.name, h.size(), kSize, layer);
    Values s(kSize);
    add_product({1}, {h, 1, h.size()}, {w, h.size(), kSize}, MatrixView<Real>(s, 1, kSize));
    apply_activation(Activation::kTanh, s);
    h = std::move(s);
  }
  checks.push_back({fmt::format("A8.singular_values_{}", start.name),
                    "The mean singular value of a square layer is 8 s / (3 pi), s^2 = n Var W.",
                    "mean singular value of a 1000 x 1000 matrix",
                    8 * std::sqrt(start.n_var) / (3 * std::numbers::pi),
                    mean(singular_values(w, kSize)), 0.03});
  for (std::size_t i = 0; i < kSize; ++i)
    apply_derivative(Activation::kTanh, h, std::span(w).subspan(i * kSize, kSize));
  checks.push_back({fmt::format("A8.jacobian_{}", start.name),
                    "That of the Jacobian of a layer of tanh units is about 0.5 for the standard "
                    "and about 0.8 for the normalized start.",
                    "mean singular value of the last layer's Jacobian, Shapeset", start.jacobian,
                    mean(singular_values(w, kSize)), start.uncertainty});
}

/// (last / first)^(1 / steps) of variances along the layers.
template <class Of>
double factor(const std::vector<LayerDiagnostics>& rows, std::size_t first, std::size_t last,
              Of of) {
  const double from = of(rows[first]), to = of(rows[last]);
  return portable_power(to / from, 1 / std::abs(double(last) - double(first)));
}

// Equations 5, 6 and 14, in the linear regime that they are derived in. The gradient of the output
// has 9 directions, so that a layer changes its variance by 1.5 % at random; over four layers the
// mean factor is known within 1 %.
void add_variances(std::vector<Check>& checks, const Start& start) {
  const auto problem = Catalogs().make_problem(
      fmt::format("mlp(data=shapeset, activation=linear, hidden={}x{}, train=1)", kSize, kLayers));
  Values theta(problem->layout().size());
  problem->initialize(*initializer_catalog().make(start.name), 0, theta);
  const auto session = problem->start(0, 1, {1});
  const auto& rows = session->diagnose(theta);
  const std::string sentence =
      fmt::format("Signals and gradients keep {} of their variance in each layer, n Var W.",
                  start.n_var < 1 ? "a third" : "all");
  checks.push_back({fmt::format("A8.activations_{}", start.name), sentence,
                    "mean factor of the activations' variance per layer, 1000 x 5 units",
                    start.n_var,
                    factor(rows, 0, kLayers - 1,
                           [](const LayerDiagnostics& row) { return second_moment(row.input); }),
                    0.03});
  checks.push_back({fmt::format("A8.gradients_{}", start.name), sentence,
                    "mean factor of the variance of dC/ds per layer, downwards", start.n_var,
                    factor(rows, kLayers - 1, 0,
                           [](const LayerDiagnostics& row) { return second_moment(row.delta); }),
                    0.03});
  checks.push_back(
      {fmt::format("A8.weight_gradients_{}", start.name),
       "The gradients of the weights have the same variance in all layers, whatever the start.",
       "mean factor of the variance of dL/dW per layer, downwards", 1,
       factor(rows, kLayers - 1, 1,
              [](const LayerDiagnostics& row) { return second_moment(row.weight_gradient); }),
       0.05});
}

}  // namespace

std::vector<Check> glorot_checks() {
  std::vector<Check> checks;
  for (const Start& start : kStarts) {
    add_jacobian(checks, start);
    add_variances(checks, start);
  }
  return checks;
}

}  // namespace ravine::initialization
