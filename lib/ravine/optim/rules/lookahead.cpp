#include "ravine/optim/rules/lookahead.hpp"

#include <limits>
#include <utility>

#include "ravine/optim/state_bytes.hpp"
#include "ravine/optim/wrapper.hpp"

namespace ravine {
namespace {

constexpr std::size_t kSlowChunk = 16384;

void slow_step(Real a, std::size_t n, Real* __restrict phi, Real* __restrict theta) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    phi[i] = phi[i] + a * (theta[i] - phi[i]);
    theta[i] = phi[i];
  }
}

}  // namespace

Lookahead::Lookahead(LookaheadFields fields)
    : fields_(std::move(fields)),
      memory_(dynamic_cast<const ExtraMemory*>(fields_.inner.made.get())) {
  refuse_iterates_elsewhere(LookaheadFields::kName, fields_.inner);
}

void Lookahead::reset(const ParameterLayout& layout, std::span<const Real> theta, Threads threads) {
  layout_ = layout;
  threads_ = threads;
  phi_.assign(theta.begin(), theta.end());
  inner().reset(layout, theta, threads);
}

double Lookahead::do_step(const StepInfo& info, Objective& objective, std::span<Real> theta) {
  const double loss = inner().step(info, objective, theta);
  if (info.step % fields_.k != 0) return loss;
  for (const Block& block : layout_.blocks())
    parallel_chunks(threads_, block.size(), kSlowChunk, [&](std::size_t begin, std::size_t end) {
      const std::size_t i = block.offset + begin;
      slow_step(Real(fields_.alpha), end - begin, phi_.data() + i, theta.data() + i);
    });
  inner().theta_moved();
  return loss;
}

void Lookahead::visit_state(StateVisitor& visitor) {
  visitor.reals("phi", phi_);
  inner().visit_state(visitor);
}

double Lookahead::extra_bytes(const ParameterLayout& layout) const {
  return memory_ ? memory_->extra_bytes(layout) : 0;
}

std::optional<double> Lookahead::state_bytes(const ParameterLayout& layout) {
  return static_cast<double>(layout.size() * sizeof(Real)) + ravine::state_bytes(inner(), layout);
}

std::size_t Lookahead::most_parameters() const {
  return memory_ ? memory_->most_parameters() : std::numeric_limits<std::size_t>::max();
}

}  // namespace ravine
