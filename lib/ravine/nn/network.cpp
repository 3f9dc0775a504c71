#include "ravine/nn/network.hpp"

#include <algorithm>

#include "ravine/linalg/panels.hpp"
#include "ravine/nn/layer_offers.hpp"
#include "ravine/nn/workspace.hpp"

namespace ravine {
namespace {

using StepKind = Step::Kind;

void copy_elements(Threads threads, MatrixView<const Real> from, MatrixView<Real> to) {
  if (from.data == to.data) return;
  for_elements(threads, from.size(), [&](std::size_t begin, std::size_t end) {
    std::copy(from.data + begin, from.data + end, to.data + begin);
  });
}

void add_elements(Threads threads, MatrixView<const Real> a, MatrixView<const Real> b,
                  MatrixView<Real> to) {
  for_elements(threads, a.size(), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) to.data[i] = a.data[i] + b.data[i];
  });
}

// Steps without a layer, whose derivatives along v have the form of the values.
void wire_forward(const Step& step, Threads threads, const Input& x, Workspace& values,
                  bool skips) {
  if (step.kind == StepKind::kFork) return;
  const MatrixView<const Real> in = values.value(step.x, x, step.inputs);
  const MatrixView<Real> out = values.output(step, x.rows());
  if (step.kind == StepKind::kJoin && skips && !step.shortcut)
    return add_elements(threads, in, values.value(step.skip, x, step.outputs), out);
  copy_elements(threads, in, out);
  if (step.kind == StepKind::kJoin && skips)
    step.shortcut->add(threads, values.value(step.skip, x, step.shortcut->in_size()), out);
}

// The derivative of a copy is where it is needed already.
void wire_backward(const Step& step, Threads threads, std::size_t rows, Workspace& values) {
  if (step.kind == StepKind::kCopy) return;
  const MatrixView<Real> here = values.delta(step.dy, rows, step.outputs);
  const bool shortened = step.kind == StepKind::kFork && step.shortcut;
  const MatrixView<Real> aside =
      values.delta(step.left_aside, rows, shortened ? step.shortcut->out_size() : step.outputs);
  if (shortened)
    step.shortcut->add_transposed(threads, aside, here);
  else if (step.kind == StepKind::kFork)
    add_elements(threads, here, aside, here);
  else if (!step.constant_skip)
    copy_elements(threads, here, aside);
}

// Inputs of the network are constant: where no parameter moves x, R{x} is empty.
LayerState tangent_state(Workspace& tangents, const Step& step, const Input& x) {
  LayerState state = tangents.state(step, x);
  if (step.constant_x) state.x = {};
  return state;
}

MatrixView<Real> input_delta(const Step& step, std::size_t rows, Workspace& values) {
  if (step.constant_x) return {};
  return values.delta(step.dx, rows, step.inputs);
}

// Calls f(step, dy, dx) for the layers that parameters reach, from the last to the first.
template <class F>
void walk_back(const Plan& plan, Threads threads, std::size_t rows, Workspace& workspace, F f) {
  for (std::size_t i = plan.steps.size(); i-- > 0;) {
    const Step& step = plan.steps[i];
    if (step.constant_y) continue;
    if (step.kind == StepKind::kLayer)
      f(i, step, workspace.delta(step.dy, rows, step.outputs), input_delta(step, rows, workspace));
    else
      wire_backward(step, threads, rows, workspace);
  }
}

}  // namespace

Network::Network(const NetworkOptions& options, const LayerList& layers) {
  NetworkBuilder builder(options);
  builder.add(layers);
  plan_ = std::move(builder).finish();
}

bool Network::is_stochastic() const {
  return std::ranges::any_of(
      steps(), [](const Step& step) { return step.layer && step.layer->is_stochastic(); });
}

std::size_t Network::scratch_bytes(bool tangents) const {
  std::size_t most = 0;
  for (const Step& step : steps())
    if (step.layer) most = std::max(most, step.layer->scratch_bytes(tangents));
  return most;
}

double Network::flops_per_example() const {
  double products = 0;
  for (const Step& step : steps())
    if (step.layer) products += (step.constant_x ? 2 : 3) * step.layer->multiplications();
  return 2 * products;
}

const Layer* Network::without_curvature() const {
  for (const Step& step : steps()) {
    if (!step.layer) continue;
    const ObjectiveTerm* term = step.layer->objective_term();
    if (!step.layer->curvature() || (term && !term->term_curvature())) return step.layer.get();
  }
  return nullptr;
}

const Layer* Network::without_example_squares() const {
  for (const Step& step : steps())
    if (step.layer && (!step.layer->example_squares() || step.layer->objective_term()))
      return step.layer.get();
  return nullptr;
}

void Network::initialize(const Initializer& initializer, std::uint64_t seed,
                         std::span<Real> theta) const {
  std::ranges::fill(theta, Real(0));
  for (const Step& step : steps())
    if (step.layer) step.layer->initialize(initializer, seed, theta);
}

MatrixView<const Real> Network::forward(const Pass& pass, std::span<const Real> theta,
                                        const Input& x, Workspace& workspace, std::size_t count,
                                        const StepObserver& observer) const {
  MatrixView<const Real> y;
  for (std::size_t i = 0; i < count; ++i) {
    const Step& step = steps()[i];
    if (step.layer) {
      const LayerState state = workspace.state(step, x);
      step.layer->forward(pass, theta, state);
      y = state.y;
    } else {
      wire_forward(step, pass.threads, x, workspace, true);
      y = workspace.value(step.y, x, step.outputs);
    }
    if (observer) observer(i, y);
  }
  return y;
}

double Network::objective_terms(const Pass& pass, std::span<const Real> theta, const Input& x,
                                Workspace& workspace) const {
  double sum = 0;
  for (const Step& step : steps())
    if (const ObjectiveTerm* term = step.layer ? step.layer->objective_term() : nullptr)
      sum += term->sum(pass, theta, workspace.state(step, x));
  return sum;
}

void Network::backward(const Pass& pass, std::span<const Real> theta, const Input& x,
                       Workspace& workspace, std::span<Real> gradient,
                       const StepObserver& observer) const {
  walk_back(plan_, pass.threads, x.rows(), workspace,
            [&](std::size_t i, const Step& step, MatrixView<Real> dy, MatrixView<Real> dx) {
              if (observer) observer(i, dy);
              const LayerState state = workspace.state(step, x);
              step.layer->backward(pass, theta, state, dy, dx, gradient);
              if (const ObjectiveTerm* term = step.layer->objective_term())
                term->add_gradient(pass, theta, state, dx, gradient);
            });
}

MatrixView<const Real> Network::tangent_forward(const Pass& pass, std::span<const Real> theta,
                                                std::span<const Real> v, const Input& x,
                                                Workspace& workspace, Workspace& tangents) const {
  for (const Step& step : steps()) {
    if (step.constant_y) continue;
    if (step.layer)
      step.layer->curvature()->tangent_forward(pass, theta, v, workspace.state(step, x),
                                               tangent_state(tangents, step, x));
    else
      wire_forward(step, pass.threads, x, tangents, !step.constant_skip);
  }
  return tangents.output(steps().back(), x.rows());
}

void Network::tangent_backward(const Pass& pass, std::span<const Real> theta,
                               std::span<const Real> v, const Input& x, Workspace& workspace,
                               Workspace& tangents, std::span<Real> hv) const {
  const std::size_t rows = x.rows();
  for (std::size_t i = steps().size(); i-- > 0;) {
    const Step& step = steps()[i];
    if (step.constant_y) continue;
    if (!step.layer) {
      wire_backward(step, pass.threads, rows, workspace);
      wire_backward(step, pass.threads, rows, tangents);
      continue;
    }
    const LayerState state = workspace.state(step, x), tangent = tangent_state(tangents, step, x);
    const Dual dy = {workspace.delta(step.dy, rows, step.outputs),
                     tangents.delta(step.dy, rows, step.outputs)};
    const Dual dx = {input_delta(step, rows, workspace), input_delta(step, rows, tangents)};
    step.layer->curvature()->tangent_backward(pass, theta, v, state, tangent, dy, dx, hv);
    if (const ObjectiveTerm* term = step.layer->objective_term())
      term->term_curvature()->add_tangent(pass, theta, v, state, tangent, dx, hv);
  }
}

void Network::gauss_newton_backward(const Pass& pass, std::span<const Real> theta,
                                    std::span<const Real> v, const Input& x, Workspace& workspace,
                                    Workspace& tangents, std::span<Real> gv) const {
  walk_back(plan_, pass.threads, x.rows(), workspace,
            [&](std::size_t, const Step& step, MatrixView<Real> dy, MatrixView<Real> dx) {
              const LayerState state = workspace.state(step, x);
              step.layer->backward(pass, theta, state, dy, dx, gv);
              if (const ObjectiveTerm* term = step.layer->objective_term())
                term->term_curvature()->add_tangent(pass, theta, v, state,
                                                    tangent_state(tangents, step, x), {{}, dx}, gv);
            });
}

void Network::backward_squares(const Pass& pass, std::span<const Real> theta, const Input& x,
                               Workspace& workspace, std::span<Real> scratch,
                               std::span<Real> unused, std::span<Real> squares) const {
  walk_back(plan_, pass.threads, x.rows(), workspace,
            [&](std::size_t, const Step& step, MatrixView<Real> dy, MatrixView<Real> dx) {
              const LayerState state = workspace.state(step, x);
              step.layer->example_squares()->add_squared_gradients(pass, state, dy, scratch,
                                                                   squares);
              step.layer->backward(pass, theta, state, dy, dx, unused);
            });
}

}  // namespace ravine
