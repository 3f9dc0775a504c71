#include "ravine/problems/reddi.hpp"

#include <algorithm>
#include <array>

#include "ravine/core/random.hpp"

namespace ravine {
namespace {

constexpr double kBest = -1, kWorst = 1;

class ReddiSession final : public Session {
 public:
  ReddiSession(const Reddi& problem, std::uint64_t seed) : problem_(problem), seed_(seed) {}

  void select(std::int64_t step, std::span<const std::int32_t>) override {
    step_ = step;
    slope_ = problem_.slope(seed_, step);
    has_regret_ = false;
  }

  void project(std::span<Real> theta) override {
    theta[0] = std::clamp(theta[0], static_cast<Real>(kBest), static_cast<Real>(kWorst));
  }

  // The mean is one more than a Real can hold exactly in float, so its rounding error goes along.
  void fold_statistics() override {
    const double mean = mean_regret();
    const double next = mean + (regret_ - mean) / static_cast<double>(step_);
    mean_[0] = static_cast<Real>(next);
    mean_[1] = static_cast<Real>(next - static_cast<double>(mean_[0]));
  }
  std::span<Real> buffers() override { return mean_; }

  Metrics measure(std::span<const Real> theta) override {
    Metrics metrics;
    metrics.objective = problem_.period_slope() * (static_cast<double>(theta[0]) - kBest);
    if (step_ > 0) metrics.train_loss = mean_regret();
    return metrics;
  }

 private:
  double mean_regret() const {
    return static_cast<double>(mean_[0]) + static_cast<double>(mean_[1]);
  }

  double do_evaluate(std::span<const Real> theta, std::span<Real> gradient) override {
    const double x = theta[0];
    if (!gradient.empty()) {
      std::ranges::fill(gradient, Real(0));  // the padding too
      gradient[0] = static_cast<Real>(slope_);
      if (!has_regret_) regret_ = slope_ * (x - kBest);
      has_regret_ = true;
    }
    return slope_ * x;
  }

  Reddi problem_;
  std::uint64_t seed_;
  std::int64_t step_ = 0;
  double slope_ = 0, regret_ = 0;
  bool has_regret_ = false;
  std::array<Real, 2> mean_{};
};

class ReddiProblem final : public Problem {
 public:
  explicit ReddiProblem(const Reddi& problem) : problem_(problem) {
    layout_.add("x", 1, 1, BlockKind::kWeight);
  }
  const ParameterLayout& layout() const override { return layout_; }
  void initialize(const Initializer&, std::uint64_t, std::span<Real> theta) const override {
    std::ranges::fill(theta, Real(0));
  }
  std::unique_ptr<Session> start(std::uint64_t seed, std::size_t, Threads) const override {
    return std::make_unique<ReddiSession>(problem_, seed);
  }
  double flops_per_example() const override { return 2; }

 private:
  Reddi problem_;
  ParameterLayout layout_;
};

}  // namespace

double Reddi::slope(std::uint64_t seed, std::int64_t step) const {
  constexpr double kSteep = 1010, kGentle = -10, kSteepChance = 0.01;
  constexpr std::int64_t kPeriod = 101;
  if (!stochastic) return step % kPeriod == 1 ? kSteep : kGentle;
  RandomStream stream(seed, Purpose::kNoise, static_cast<std::uint64_t>(step));
  return stream.uniform() < kSteepChance ? kSteep : kGentle;
}

std::shared_ptr<const Problem> Reddi::build() const {
  return std::make_shared<ReddiProblem>(*this);
}

}  // namespace ravine
