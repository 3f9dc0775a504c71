#include "ravine/problems/wilson.hpp"

#include <algorithm>
#include <numeric>

#include "ravine/core/error.hpp"

namespace ravine {
namespace {

class WilsonSession final : public Session {
 public:
  explicit WilsonSession(const Wilson& data) : data_(data), all_(data.examples()) {
    std::iota(all_.begin(), all_.end(), 0);
    batch_ = all_;
  }

  void select(std::int64_t, std::span<const std::int32_t> examples) override {
    batch_.assign(examples.begin(), examples.end());
  }

  Metrics measure(std::span<const Real> w) override {
    double squares = 0, correct = 0, fresh_squares = 0, fresh_correct = 0;
    for (const std::int32_t example : all_) {
      const auto i = static_cast<std::size_t>(example);
      const double y = data_.label(i), score = product(i, w), fresh = Wilson::fresh_score(w, y);
      squares += (score - y) * (score - y);
      correct += score * y > 0;
      fresh_squares += (fresh - y) * (fresh - y);
      fresh_correct += fresh * y > 0;
    }
    const double n = static_cast<double>(all_.size());
    Metrics metrics;
    metrics.objective = metrics.train_loss = squares / (2 * n);
    metrics.train_accuracy = correct / n;
    metrics.test_loss = fresh_squares / (2 * n);
    metrics.test_accuracy = fresh_correct / n;
    return metrics;
  }

 private:
  // x_i' w
  double product(std::size_t i, std::span<const Real> w) const {
    double sum = Wilson::fresh_score(w, data_.label(i));
    for (const Real value : w.subspan(data_.first_private(i), data_.private_count(i))) sum += value;
    return sum;
  }
  // out += a x_i
  void add(std::size_t i, double a, std::span<Real> out) const {
    const Real step = static_cast<Real>(a);
    out[0] += static_cast<Real>(a * data_.label(i));
    out[1] += step;
    out[2] += step;
    for (Real& value : out.subspan(data_.first_private(i), data_.private_count(i))) value += step;
  }

  double do_evaluate(std::span<const Real> w, std::span<Real> gradient) override {
    const double m = static_cast<double>(batch_.size());
    std::ranges::fill(gradient, Real(0));
    double squares = 0;
    for (const std::int32_t example : batch_) {
      const auto i = static_cast<std::size_t>(example);
      const double error = product(i, w) - data_.label(i);
      squares += error * error;
      if (!gradient.empty()) add(i, error / m, gradient);
    }
    return squares / (2 * m);
  }
  void do_hessian_vector(std::span<const Real>, std::span<const Real> v,
                         std::span<Real> hv) override {
    std::ranges::fill(hv, Real(0));
    for (const std::int32_t example : batch_) {
      const auto i = static_cast<std::size_t>(example);
      add(i, product(i, v) / static_cast<double>(batch_.size()), hv);
    }
  }
  void do_gauss_newton_vector(std::span<const Real> w, std::span<const Real> v,
                              std::span<Real> gv) override {
    do_hessian_vector(w, v, gv);
  }

  Wilson data_;
  std::vector<std::int32_t> all_, batch_;
};

class WilsonProblem final : public Problem {
 public:
  explicit WilsonProblem(const Wilson& data) : data_(data) {
    layout_.add("w", Wilson::kShared + Wilson::kPrivate * data.examples(), 1, BlockKind::kWeight);
  }
  const ParameterLayout& layout() const override { return layout_; }
  std::size_t train_end() const override { return data_.examples(); }
  void initialize(const Initializer&, std::uint64_t, std::span<Real> theta) const override {
    std::ranges::fill(theta, Real(0));
  }
  std::unique_ptr<Session> start(std::uint64_t, std::size_t, Threads) const override {
    return std::make_unique<WilsonSession>(data_);
  }
  Capabilities offers() const override {
    return {Capability::kGradient, Capability::kHessianProducts, Capability::kGaussNewtonProducts};
  }
  std::vector<std::string_view> metrics() const override {
    return {"objective", "train_loss", "train_accuracy", "test_loss", "test_accuracy"};
  }
  double flops_per_example() const override { return 4.0 * (Wilson::kShared + Wilson::kPrivate); }

 private:
  Wilson data_;
  ParameterLayout layout_;
};

}  // namespace

std::shared_ptr<const Problem> Wilson::build() const {
  if (positives <= negatives)
    fail("wilson has {} positive and {} negative examples: the positive ones must be more numerous",
         positives, negatives);
  return std::make_shared<WilsonProblem>(*this);
}

}  // namespace ravine
