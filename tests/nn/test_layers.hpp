#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "ravine/nn/layer_offers.hpp"
#include "ravine/nn/network_builder.hpp"

namespace ravine::test_layers {

/// y = x, with a term that has a curvature in x, in its parameters a, and between them:
///
///   term(x; a) = 1/2 sum_j (a_j x_j)^2
class Activity final : public Layer,
                       public CurvatureRules,
                       public ObjectiveTerm,
                       public TermCurvature {
 public:
  Activity(const Shape& shape, ParameterLayout& layout) : Layer(shape, shape) {
    a_ = layout.blocks()[layout.add("activity/a", 1, inputs(), BlockKind::kGain)];
  }
  std::string_view name() const override { return "activity"; }
  const CurvatureRules* curvature() const override { return this; }
  const ObjectiveTerm* objective_term() const override { return this; }
  void initialize(const Initializer&, std::uint64_t, std::span<Real> theta) const override {
    std::ranges::fill(a_.of(theta), Real(0.7));
  }

  void forward(const Pass&, std::span<const Real>, const LayerState& state) const override {
    copy(state.x.dense, state.y);
  }
  void backward(const Pass&, std::span<const Real>, const LayerState&, MatrixView<Real> dy,
                MatrixView<Real> dx, std::span<Real>) const override {
    if (!dx.empty()) copy(dy, dx);
  }
  void tangent_forward(const Pass&, std::span<const Real>, std::span<const Real>,
                       const LayerState& state, const LayerState& tangent) const override {
    if (tangent.x.dense.empty())
      std::ranges::fill(tangent.y.top_rows(state.y.rows).elements(), Real(0));
    else
      copy(tangent.x.dense, tangent.y);
  }
  void tangent_backward(const Pass&, std::span<const Real>, std::span<const Real>,
                        const LayerState&, const LayerState&, Dual dy, Dual dx,
                        std::span<Real>) const override {
    if (dx.value.empty()) return;
    copy(dy.value, dx.value);
    copy(dy.tangent, dx.tangent);
  }

  double sum(const Pass&, std::span<const Real> theta, const LayerState& state) const override {
    const MatrixView<const Real> x = state.x.dense;
    double total = 0;
    for (std::size_t i = 0; i < x.rows; ++i)
      for (std::size_t j = 0; j < x.cols; ++j) {
        const double product = static_cast<double>(a_.of(theta)[j]) * static_cast<double>(x(i, j));
        total += 0.5 * product * product;
      }
    return total;
  }
  void add_gradient(const Pass& pass, std::span<const Real> theta, const LayerState& state,
                    MatrixView<Real> dx, std::span<Real> gradient) const override {
    const MatrixView<const Real> x = state.x.dense;
    for (std::size_t i = 0; i < x.rows; ++i)
      for (std::size_t j = 0; j < x.cols; ++j) {
        const Real a = a_.of(theta)[j];
        a_.of(gradient)[j] += pass.term_scale * a * x(i, j) * x(i, j);
        if (!dx.empty()) dx(i, j) += pass.term_scale * a * a * x(i, j);
      }
  }
  const TermCurvature* term_curvature() const override { return this; }
  void add_tangent(const Pass& pass, std::span<const Real> theta, std::span<const Real> v,
                   const LayerState& state, const LayerState& tangent, Dual dx,
                   std::span<Real> hv) const override {
    const MatrixView<const Real> x = state.x.dense, tx = tangent.x.dense;
    for (std::size_t i = 0; i < x.rows; ++i)
      for (std::size_t j = 0; j < x.cols; ++j) {
        const Real a = a_.of(theta)[j], ta = a_.of(v)[j], t = tx.empty() ? Real(0) : tx(i, j);
        a_.of(hv)[j] += pass.term_scale * (ta * x(i, j) * x(i, j) + 2 * a * x(i, j) * t);
        if (!dx.value.empty()) dx.value(i, j) += pass.term_scale * a * a * x(i, j);
        if (!dx.tangent.empty())
          dx.tangent(i, j) += pass.term_scale * (2 * a * ta * x(i, j) + a * a * t);
      }
  }

 private:
  static void copy(MatrixView<const Real> from, MatrixView<Real> to) {
    std::ranges::copy(from.elements(), to.data);
  }
  Block a_;
};

/// One row of W per token, (batch, positions) -> (batch, positions * width).
class Lookup final : public Layer, public CurvatureRules {
 public:
  Lookup(std::size_t positions, std::size_t vocabulary, std::size_t width, ParameterLayout& layout)
      : Layer(Shape::vector(positions), Shape::sequence(positions, width)) {
    w_ = layout.blocks()[layout.add("lookup/embedding", vocabulary, width, BlockKind::kEmbedding)];
  }
  std::string_view name() const override { return "lookup"; }
  LayerRole role() const override { return LayerRole::kWeights; }
  bool takes(InputForm form) const override { return form == InputForm::kTokens; }
  const CurvatureRules* curvature() const override { return this; }
  void initialize(const Initializer& initializer, std::uint64_t seed,
                  std::span<Real> theta) const override {
    RandomStream stream(seed, Purpose::kInitialization, 77);
    initializer.weights(w_.rows, w_.cols, stream, w_.of(theta));
  }
  void forward(const Pass&, std::span<const Real> theta, const LayerState& state) const override {
    for_each(state.x, [&](std::size_t i, std::size_t p, std::size_t row) {
      std::copy_n(&theta[row], w_.cols, &state.y(i, p * w_.cols));
    });
  }
  void backward(const Pass&, std::span<const Real>, const LayerState& state, MatrixView<Real> dy,
                MatrixView<Real>, std::span<Real> gradient) const override {
    for_each(state.x, [&](std::size_t i, std::size_t p, std::size_t row) {
      for (std::size_t j = 0; j < w_.cols; ++j) gradient[row + j] += dy(i, p * w_.cols + j);
    });
  }
  void tangent_forward(const Pass& pass, std::span<const Real>, std::span<const Real> v,
                       const LayerState& state, const LayerState& tangent) const override {
    forward(pass, v, {.x = state.x, .y = tangent.y, .statistics = {}});
  }
  void tangent_backward(const Pass& pass, std::span<const Real> theta, std::span<const Real>,
                        const LayerState& state, const LayerState&, Dual dy, Dual,
                        std::span<Real> hv) const override {
    backward(pass, theta, state, dy.tangent, {}, hv);
  }

 private:
  // f(example, position, where the token's row begins in theta)
  template <class F>
  void for_each(const Input& x, F f) const {
    for (std::size_t i = 0; i < x.tokens.rows; ++i)
      for (std::size_t p = 0; p < x.tokens.cols; ++p)
        f(i, p, w_.offset + static_cast<std::size_t>(x.tokens(i, p)) * w_.cols);
  }
  Block w_;
};

/// y = 2 x, and nothing more is offered.
class Plain final : public Layer {
 public:
  explicit Plain(const Shape& shape) : Layer(shape, shape) {}
  std::string_view name() const override { return "plain"; }
  void forward(const Pass&, std::span<const Real>, const LayerState& state) const override {
    for (std::size_t i = 0; i < state.y.size(); ++i) state.y.data[i] = 2 * state.x.dense.data[i];
  }
  void backward(const Pass&, std::span<const Real>, const LayerState&, MatrixView<Real> dy,
                MatrixView<Real> dx, std::span<Real>) const override {
    for (std::size_t i = 0; i < dx.size(); ++i) dx.data[i] = 2 * dy.data[i];
  }
};

struct ActivityKind {
  static constexpr std::string_view kName = "activity";
  void build(NetworkBuilder& network) const {
    network.add(std::make_unique<Activity>(network.shape(), network.layout()));
  }
  template <class F>
  void fields(F&&) {}
};

struct LookupKind {
  static constexpr std::string_view kName = "lookup";
  std::int64_t width = 4, vocabulary = 10;
  void build(NetworkBuilder& network) const {
    network.add(std::make_unique<Lookup>(network.shape().size(),
                                         static_cast<std::size_t>(vocabulary),
                                         static_cast<std::size_t>(width), network.layout()));
  }
  template <class F>
  void fields(F&& field) {
    field("width", width, "[1, 1000]", "of each row");
    field("vocabulary", vocabulary, "[1, 1000]", "number of tokens");
  }
};

struct PlainKind {
  static constexpr std::string_view kName = "plain";
  void build(NetworkBuilder& network) const {
    network.add(std::make_unique<Plain>(network.shape()));
  }
  template <class F>
  void fields(F&&) {}
};

template <class Kind>
struct Recipe final : LayerRecipe {
  explicit Recipe(Kind fields) : kind(std::move(fields)) {}
  void build(NetworkBuilder& network) const override { kind.build(network); }
  Kind kind;
};

/// The layers of the library and those above.
inline LayerCatalog extended_catalog() {
  LayerCatalog catalog = layer_catalog();
  const auto add = [&](auto kind) {
    using Kind = decltype(kind);
    catalog.add(catalog_entry<LayerRecipe, Kind>(
        "of tests", "", [](Kind fields) { return std::make_unique<Recipe<Kind>>(fields); }));
  };
  add(ActivityKind{});
  add(LookupKind{});
  add(PlainKind{});
  return catalog;
}

}  // namespace ravine::test_layers
