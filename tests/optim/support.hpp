#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ravine/optim/catalog.hpp"

namespace ravine::test {

/// An objective from a function (theta, gradient) -> loss and, for methods that use curvature, one
/// that writes the products of both matrices: (theta, v, product).
class FunctionObjective final : public Objective {
 public:
  using Function = std::function<double(std::span<const Real>, std::span<Real>)>;
  using Product =
      std::function<void(std::span<const Real>, std::span<const Real>, std::span<Real>)>;
  explicit FunctionObjective(Function function, Product product = {})
      : function_(std::move(function)), product_(std::move(product)) {}

 private:
  double do_evaluate(std::span<const Real> theta, std::span<Real> gradient) override {
    return function_(theta, gradient);
  }
  void do_hessian_vector(std::span<const Real> theta, std::span<const Real> v,
                         std::span<Real> hv) override {
    if (!product_) fail("this objective has no curvature products");
    product_(theta, v, hv);
  }
  void do_gauss_newton_vector(std::span<const Real> theta, std::span<const Real> v,
                              std::span<Real> gv) override {
    do_hessian_vector(theta, v, gv);
  }
  Function function_;
  Product product_;
};

/// L = sum_i h_i (theta_i - c_i)^2 / 2; padding has curvature 0.
struct Quadratic {
  AlignedVector<Real> curvature, centre;

  double operator()(std::span<const Real> theta, std::span<Real> gradient) const {
    double loss = 0;
    for (std::size_t i = 0; i < theta.size(); ++i) {
      const double d = double{theta[i]} - double{centre[i]};
      if (!gradient.empty()) gradient[i] = static_cast<Real>(double{curvature[i]} * d);
      loss += 0.5 * double{curvature[i]} * d * d;
    }
    return loss;
  }
  /// With its curvature; `this` must outlive it.
  FunctionObjective objective() const {
    return FunctionObjective([this](auto theta, auto gradient) { return (*this)(theta, gradient); },
                             [this](auto, auto v, auto product) {
                               for (std::size_t i = 0; i < v.size(); ++i)
                                 product[i] = curvature[i] * v[i];
                             });
  }
};

/// Whether the iterates of a rule are not its theta, so that no wrapper may move them.
inline bool sets_theta(const std::string& name) {
  const auto made = optimizer_catalog().make(name);
  const auto* rule = dynamic_cast<const FirstOrder*>(made.get());
  return rule && rule->sets_theta();
}

/// Copies all state out of an object.
class StateSaver final : public StateVisitor {
 public:
  void reals(std::string_view, std::span<Real> values) override {
    real_values.emplace_back(values.begin(), values.end());
  }
  void doubles(std::string_view, std::span<double> values) override {
    double_values.emplace_back(values.begin(), values.end());
  }
  void integer(std::string_view, std::int64_t& value) override { integers.push_back(value); }

  std::vector<std::vector<Real>> real_values;
  std::vector<std::vector<double>> double_values;
  std::vector<std::int64_t> integers;
};

/// Puts saved state into another object of the same kind.
class StateLoader final : public StateVisitor {
 public:
  explicit StateLoader(StateSaver saved) : saved_(std::move(saved)) {}
  void reals(std::string_view, std::span<Real> values) override {
    const auto& from = saved_.real_values.at(reals_++);
    std::copy(from.begin(), from.end(), values.begin());
  }
  void doubles(std::string_view, std::span<double> values) override {
    const auto& from = saved_.double_values.at(doubles_++);
    std::copy(from.begin(), from.end(), values.begin());
  }
  void integer(std::string_view, std::int64_t& value) override {
    value = saved_.integers.at(integers_++);
  }

 private:
  StateSaver saved_;
  std::size_t reals_ = 0, doubles_ = 0, integers_ = 0;
};

/// A layout of one bias block.
inline ParameterLayout one_block(std::size_t size) {
  ParameterLayout layout;
  layout.add("theta", 1, size, BlockKind::kBias);
  return layout;
}

/// A new optimizer of the catalog, ready for its first step from theta.
inline std::unique_ptr<Optimizer> make_optimizer(std::string_view text,
                                                 const ParameterLayout& layout,
                                                 std::span<const Real> theta,
                                                 Threads threads = {}) {
  auto optimizer = optimizer_catalog().make(text);
  optimizer->reset(layout, theta, threads);
  return optimizer;
}
/// The same for trials that start at 0, or for methods that do not care where.
inline std::unique_ptr<Optimizer> make_optimizer(std::string_view text,
                                                 const ParameterLayout& layout,
                                                 Threads threads = {}) {
  return make_optimizer(text, layout, AlignedVector<Real>(layout.size(), Real{0}), threads);
}

/// Number of calls of operator new in this program so far.
std::int64_t allocation_count();

}  // namespace ravine::test
