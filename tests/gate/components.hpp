#pragma once

#include <array>
#include <cmath>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "ravine/core/portable.hpp"
#include "ravine/optim/optimizer.hpp"
#include "ravine/problems/problem.hpp"

// Components with one mistake each, as a commit might make it: what the gate must catch.

namespace ravine::defects {

/// Adam that forgets to correct its mean square for starting at zero.
struct AdamUncorrected {
  static constexpr std::string_view kName = "adam_uncorrected";
  static constexpr std::array<std::string_view, 2> kState = {"s", "r"};

  template <class F>
  void fields(F&&) {}

  auto at(const StepInfo& info) const {
    const Real eps = Real(info.learning_rate / (1 - integer_power(0.9, info.step)));
    return [=](Real theta, Real g, Real& s, Real& r) {
      s = Real(0.9) * s + Real(0.1) * g;
      r = Real(0.999) * r + Real(0.001) * (g * g);
      return theta - eps * s / (std::sqrt(r) + Real(1e-8));
    };
  }
};

/// A linear schedule that is one step late.
struct LinearLate {
  static constexpr std::string_view kName = "linear_late";

  template <class F>
  void fields(F&&) {}

  double value(std::int64_t k, std::int64_t total_steps) const {
    const double share = static_cast<double>(k > 0 ? k - 1 : 0) / static_cast<double>(total_steps);
    return 1 - 0.99 * share;
  }
};

/// A session that goes through another one; a defect overrides what it spoils.
class Through : public Session {
 public:
  Through(const Problem& problem, std::unique_ptr<Session> inner)
      : problem_(problem), inner_(std::move(inner)) {}
  void select(std::int64_t step, std::span<const std::int32_t> examples) override {
    inner_->select(step, examples);
  }
  void project(std::span<Real> theta) override { inner_->project(theta); }
  void fold_statistics() override { inner_->fold_statistics(); }
  Metrics measure(std::span<const Real> theta) override { return inner_->measure(theta); }
  Metrics measure_averaged(std::span<const Real> theta) override {
    return inner_->measure_averaged(theta);
  }
  std::span<Real> buffers() override { return inner_->buffers(); }

 protected:
  double do_evaluate(std::span<const Real> theta, std::span<Real> gradient) override {
    return inner_->evaluate(theta, gradient);
  }
  const Problem& problem_;
  std::unique_ptr<Session> inner_;
};

/// Batch normalization whose gradient with respect to its input loses the factor 1 / sigma. In a
/// network with one normalized layer only the weights below it see that. (sigma is the running one:
/// a session does not see that of the batch.)
class LostSigma final : public Through {
 public:
  using Through::Through;

 private:
  double do_evaluate(std::span<const Real> theta, std::span<Real> gradient) override;
};

/// A sampler that forgets to shuffle: every epoch takes the examples in `order`, that of a file.
class Unshuffled final : public Through {
 public:
  Unshuffled(const Problem& problem, std::unique_ptr<Session> inner,
             std::vector<std::int32_t> order)
      : Through(problem, std::move(inner)), order_(std::move(order)) {}
  void select(std::int64_t step, std::span<const std::int32_t> examples) override;

 private:
  std::vector<std::int32_t> order_;
};

}  // namespace ravine::defects
