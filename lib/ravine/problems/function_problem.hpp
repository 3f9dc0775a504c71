#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "ravine/core/error.hpp"
#include "ravine/core/random.hpp"
#include "ravine/problems/problem.hpp"

namespace ravine {

/// One trial's view of an analytic function; theta may be float, the function works in double.
template <class Function>
class FunctionSession final : public Session {
 public:
  FunctionSession(const Function& function, std::uint64_t seed)
      : function_(function),
        seed_(seed),
        x_(function.size()),
        v_(function.size()),
        g_(function.size()),
        noise_(function.size()) {}

  void select(std::int64_t step, std::span<const std::int32_t>) override {
    if constexpr (requires { function_.noise; }) {
      if (function_.noise == 0) return;
      RandomStream stream(seed_, Purpose::kNoise, static_cast<std::uint64_t>(step));
      for (double& value : noise_) value = function_.noise * stream.normal();
    }
  }

  Metrics measure(std::span<const Real> theta) override {
    read(theta, x_);
    const double value = function_.evaluate(x_, g_);
    Metrics metrics;
    metrics.objective = metrics.train_loss = value;
    return metrics;
  }

  bool stationary() const override {
    if constexpr (requires { function_.noise; })
      return function_.noise == 0;
    else
      return true;
  }

  std::size_t workspace_bytes() const override { return 4 * x_.size() * sizeof(double); }

 private:
  double do_evaluate(std::span<const Real> theta, std::span<Real> gradient) override {
    read(theta, x_);
    double value = function_.evaluate(x_, g_);
    for (std::size_t i = 0; i < x_.size(); ++i) {
      value += noise_[i] * x_[i];
      g_[i] += noise_[i];
    }
    if (!gradient.empty()) write(g_, gradient);
    return value;
  }

  void do_hessian_vector([[maybe_unused]] std::span<const Real> theta,
                         [[maybe_unused]] std::span<const Real> v,
                         [[maybe_unused]] std::span<Real> hv) override {
    if constexpr (requires { function_.hessian_vector(x_, v_, g_); }) {
      read(theta, x_);
      read(v, v_);
      function_.hessian_vector(x_, v_, g_);
      write(g_, hv);
    } else {
      fail("{} has no Hessian-vector products: choose a first-order optimizer", Function::kName);
    }
  }

  static void read(std::span<const Real> from, std::vector<double>& to) {
    std::copy_n(from.begin(), to.size(), to.begin());
  }
  static void write(const std::vector<double>& from, std::span<Real> to) {
    std::ranges::fill(to, Real(0));  // the padding too
    std::ranges::transform(from, to.begin(), [](double x) { return static_cast<Real>(x); });
  }

  Function function_;
  std::uint64_t seed_;
  std::vector<double> x_, v_, g_, noise_;
};

/// An analytic function as a problem: one block "x", one "example", the function's own start point
/// whatever the initializer and, without noise, the same trial for every seed.
template <class Function>
class FunctionProblem final : public Problem {
 public:
  explicit FunctionProblem(const Function& function) : function_(function) {
    layout_.add("x", 1, function.size(), BlockKind::kWeight);
  }

  const ParameterLayout& layout() const override { return layout_; }
  void initialize(const Initializer&, std::uint64_t, std::span<Real> theta) const override {
    std::vector<double> x(function_.size());
    function_.start(x);
    std::ranges::fill(theta, Real(0));
    std::ranges::transform(x, theta.begin(), [](double value) { return static_cast<Real>(value); });
  }
  std::unique_ptr<Session> start(std::uint64_t seed, std::size_t, Threads) const override {
    return std::make_unique<FunctionSession<Function>>(function_, seed);
  }
  Capabilities offers() const override {
    constexpr bool kCurvature = requires(std::span<const double> x, std::span<double> hv) {
      function_.hessian_vector(x, x, hv);
    };
    const auto all =
        Capabilities{Capability::kGradient}.with(Capability::kHessianProducts, kCurvature);
    if constexpr (requires { function_.noise; })
      return all.with(Capability::kStationary, function_.noise == 0);
    else
      return all.with(Capability::kStationary);
  }
  double flops_per_example() const override { return 10 * static_cast<double>(function_.size()); }

 private:
  Function function_;
  ParameterLayout layout_;
};

}  // namespace ravine
