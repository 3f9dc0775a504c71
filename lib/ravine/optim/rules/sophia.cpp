#include "ravine/optim/rules/sophia.hpp"

#include <algorithm>

#include "ravine/core/random.hpp"
#include "ravine/optim/sweeps.hpp"

namespace ravine {

Capabilities Sophia::needs() const {
  return Capabilities{Capability::kGradient}
      .with(Capability::kHessianProducts, fields_.estimator == "hessian")
      .with(Capability::kGaussNewtonProducts, fields_.estimator == "gauss_newton");
}

void Sophia::reset(const ParameterLayout& layout, std::span<const Real>, Threads threads) {
  layout_ = layout;
  threads_ = threads;
  for (auto* vector : {&gradient_, &m_, &h_, &probe_, &product_})
    vector->assign(layout.size(), Real{0});
}

void Sophia::visit_state(StateVisitor& visitor) {
  visitor.reals("m", m_);
  visitor.reals("h", h_);
}

double Sophia::do_step(const StepInfo& info, Objective& objective, std::span<Real> theta) {
  const double loss = objective.evaluate(theta, gradient_);
  const Real eps = Real(info.learning_rate), gamma = Real(fields_.gamma);
  const Real kept = Real(1 - info.learning_rate * fields_.weight_decay);
  const Real keep = Real(fields_.beta1), take = Real(1 - fields_.beta1);
  const Real least = Real(fields_.epsilon);
  for (const Block& block : layout_.blocks())
    sweep(
        threads_,
        [=](Real& at, Real g, Real& m, Real h) {
          m = keep * m + take * g;
          const Real newton = m / std::max(gamma * h, least);
          at = kept * at - eps * std::min(std::max(newton, Real{-1}), Real{1});  // NaN stays
        },
        block.of(theta), block.of(std::span<const Real>(gradient_)), block.of(std::span<Real>(m_)),
        block.of(std::span<Real>(h_)));
  if (info.step % fields_.k == 0) estimate(info.step, objective, theta);
  return loss;
}

void Sophia::estimate(std::int64_t step, Objective& objective, std::span<const Real> theta) {
  if (fields_.estimator == "empirical_fisher") {
    objective.evaluate(theta, product_);
    probe_ = product_;
  } else {
    draw_probes(step);
    if (fields_.estimator == "hessian")
      objective.hessian_vector(theta, probe_, product_);
    else
      objective.gauss_newton_vector(theta, probe_, product_);
  }
  const Real keep = Real(fields_.beta2), take = Real(1 - fields_.beta2);
  for (const Block& block : layout_.blocks())
    sweep(
        threads_, [=](Real& h, Real u, Real hu) { h = keep * h + take * (u * hu); },
        block.of(std::span<Real>(h_)), block.of(std::span<Real>(probe_)),
        block.of(std::span<Real>(product_)));
}

void Sophia::draw_probes(std::int64_t step) {
  RandomStream random(static_cast<std::uint64_t>(fields_.seed), Purpose::kProbe,
                      static_cast<std::uint64_t>(step));
  const bool signs = fields_.probes == "signs";
  for (const Block& block : layout_.blocks())
    for (Real& u : block.of(std::span<Real>(probe_)))
      u = signs ? Real(random.bits() & 1) * 2 - 1 : static_cast<Real>(random.normal());
}

}  // namespace ravine
