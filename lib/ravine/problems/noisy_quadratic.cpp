#include "ravine/problems/noisy_quadratic.hpp"

#include <algorithm>
#include <cmath>

#include "ravine/core/portable.hpp"
#include "ravine/core/random.hpp"

namespace ravine {
namespace {

class NoisyQuadraticSession final : public Session {
 public:
  NoisyQuadraticSession(const NoisyQuadratic& model, std::uint64_t seed)
      : model_(model), seed_(seed), noise_(static_cast<std::size_t>(model.dimension)) {}

  void select(std::int64_t step, std::span<const std::int32_t> examples) override {
    RandomStream stream(seed_, Purpose::kNoise, static_cast<std::uint64_t>(step));
    const double batch = static_cast<double>(examples.size());
    for (std::size_t i = 0; i < noise_.size(); ++i)
      noise_[i] =
          std::sqrt(model_.variance(static_cast<std::int64_t>(i + 1)) / batch) * stream.normal();
  }

  Metrics measure(std::span<const Real> theta) override {
    double loss = 0;
    for (std::size_t i = 0; i < noise_.size(); ++i) {
      const double x = theta[i];
      loss += 0.5 * h(i) * x * x;
    }
    Metrics metrics;
    metrics.objective = metrics.train_loss = loss;
    return metrics;
  }

  std::size_t workspace_bytes() const override { return noise_.size() * sizeof(double); }

 private:
  double h(std::size_t i) const { return model_.curvature(static_cast<std::int64_t>(i + 1)); }

  double do_evaluate(std::span<const Real> theta, std::span<Real> gradient) override {
    if (!gradient.empty()) std::ranges::fill(gradient, Real(0));  // the padding too
    double loss = 0;
    for (std::size_t i = 0; i < noise_.size(); ++i) {
      const double x = theta[i];
      loss += (0.5 * h(i) * x + noise_[i]) * x;
      if (!gradient.empty()) gradient[i] = static_cast<Real>(h(i) * x + noise_[i]);
    }
    return loss;
  }
  void do_hessian_vector(std::span<const Real>, std::span<const Real> v,
                         std::span<Real> hv) override {
    std::ranges::fill(hv, Real(0));
    for (std::size_t i = 0; i < noise_.size(); ++i)
      hv[i] = static_cast<Real>(h(i) * static_cast<double>(v[i]));
  }
  void do_gauss_newton_vector(std::span<const Real> theta, std::span<const Real> v,
                              std::span<Real> gv) override {
    do_hessian_vector(theta, v, gv);
  }

  NoisyQuadratic model_;
  std::uint64_t seed_;
  std::vector<double> noise_;
};

class NoisyQuadraticProblem final : public Problem {
 public:
  explicit NoisyQuadraticProblem(const NoisyQuadratic& model) : model_(model) {
    layout_.add("theta", 1, static_cast<std::size_t>(model.dimension), BlockKind::kWeight);
  }
  const ParameterLayout& layout() const override { return layout_; }
  std::size_t train_end() const override { return NoisyQuadratic::kExamples; }
  void initialize(const Initializer&, std::uint64_t seed, std::span<Real> theta) const override {
    RandomStream stream(seed, Purpose::kInitialization);
    std::ranges::fill(theta, Real(0));
    for (Real& x : layout_.blocks()[0].of(theta)) x = static_cast<Real>(stream.normal());
  }
  std::unique_ptr<Session> start(std::uint64_t seed, std::size_t, Threads) const override {
    return std::make_unique<NoisyQuadraticSession>(model_, seed);
  }
  Capabilities offers() const override {
    return {Capability::kGradient, Capability::kHessianProducts, Capability::kGaussNewtonProducts};
  }
  double flops_per_example() const override { return 0; }  // a step costs the same at any batch

 private:
  NoisyQuadratic model_;
  ParameterLayout layout_;
};

}  // namespace

std::shared_ptr<const Problem> NoisyQuadratic::build() const {
  return std::make_shared<NoisyQuadraticProblem>(*this);
}

double NoisyQuadratic::expected_sgd_loss(double learning_rate, std::int64_t batch_size,
                                         std::int64_t steps) const {
  double loss = 0;
  for (std::int64_t i = 1; i <= dimension; ++i) {
    const double h = curvature(i), r = 1 - learning_rate * h;
    const double remains = integer_power(r * r, steps);
    const double floor = learning_rate * variance(i) /
                         (2 * static_cast<double>(batch_size) * (2 - learning_rate * h));
    loss += remains * h / 2 + (1 - remains) * floor;
  }
  return loss;
}

double NoisyQuadratic::stationary_loss(double learning_rate, double alpha,
                                       std::int64_t batch_size) const {
  double loss = 0;
  for (std::int64_t i = 1; i <= dimension; ++i)
    loss += (1 + alpha) * learning_rate * variance(i) /
            (2 * static_cast<double>(batch_size) * (1 - alpha) *
             (2 * (1 + alpha) - learning_rate * curvature(i)));
  return loss;
}

std::int64_t NoisyQuadratic::sgd_steps_to(double target, double learning_rate,
                                          std::int64_t batch_size) const {
  constexpr std::int64_t kNever = std::int64_t{1} << 40;
  const auto reached = [&](std::int64_t steps) {
    return expected_sgd_loss(learning_rate, batch_size, steps) <= target;
  };
  if (reached(0)) return 0;
  std::int64_t not_yet = 0, then = 1;
  for (; !reached(then); then *= 2) {
    if (then >= kNever) return -1;
    not_yet = then;
  }
  while (then - not_yet > 1) {
    const std::int64_t middle = not_yet + (then - not_yet) / 2;
    (reached(middle) ? then : not_yet) = middle;
  }
  return then;
}

}  // namespace ravine
