// A few updates of every second-order method on a function of 100 variables: their limit is the
// time of the evaluations that they ask for, measured beside them. And curvature products of
// networks: their limit is the time of two gradients.

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "networks.hpp"
#include "ravine/core/error.hpp"
#include "ravine/nn/loss.hpp"
#include "ravine/optim/second_order/catalog.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/train/catalogs.hpp"
#include "rows.hpp"
#include "work.hpp"

namespace ravine::kernels {
namespace {

// The second has the Gauss-Newton products that the first lacks.
constexpr std::array kProblems = {"rosenbrock(dimension=100)", "quadratic_deep"};
constexpr std::int64_t kUpdates = 10;

template <class F>
double seconds_of(F&& f, int calls = 2000) {
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < calls; ++i) f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() / calls;
}

class Minimization {
 public:
  Minimization(const std::string& method, const std::string& problem)
      : problem_(Catalogs().make_problem(problem)),
        examples_(problem_->train_end() - problem_->train_begin()),
        session_(problem_->start(0, examples_.size(), {})),
        optimizer_(second_order_catalog().make(method)),
        start_(problem_->layout().size()),
        theta_(start_.size()),
        other_(start_.size()) {
    problem_->initialize(*initializer_catalog().make("he"), 0, start_);
    std::iota(examples_.begin(), examples_.end(),
              static_cast<std::int32_t>(problem_->train_begin()));
    session_->select(1, examples_);
  }

  /// The first updates, from the starting point.
  void run() {
    theta_ = start_;
    optimizer_->reset(problem_->layout(), theta_);
    for (std::int64_t t = 1; t <= kUpdates && !optimizer_->ending(); ++t)
      optimizer_->step({.step = t, .learning_rate = 1, .total_steps = kUpdates}, *session_, theta_);
  }

  /// Seconds of the evaluations of one run().
  double evaluation_seconds() {
    const EvaluationCounts before = session_->counts();
    run();
    const EvaluationCounts after = session_->counts();
    double seconds = 0;
    const auto add = [&](std::int64_t EvaluationCounts::*kind, auto evaluate) {
      if (after.*kind > before.*kind)
        seconds += static_cast<double>(after.*kind - before.*kind) * seconds_of(evaluate);
    };
    add(&EvaluationCounts::gradients, [&] { session_->evaluate(theta_, other_); });
    add(&EvaluationCounts::losses, [&] { session_->evaluate(theta_, {}); });
    add(&EvaluationCounts::curvature_products,
        [&] { session_->hessian_vector(theta_, start_, other_); });
    return seconds;
  }

 private:
  std::shared_ptr<const Problem> problem_;
  std::vector<std::int32_t> examples_;
  std::unique_ptr<Session> session_;
  std::unique_ptr<Optimizer> optimizer_;
  AlignedVector<Real> start_, theta_, other_;
};

// On the first problem that has what the method asks for.
Minimization start(const std::string& method) {
  for (const char* problem : kProblems) {
    Minimization minimization(method, problem);
    try {
      minimization.run();
      return minimization;
    } catch (const Error&) {
      if (problem == kProblems.back()) throw;
    }
  }
  fail("no problem is defined for {}", method);
}

void time_product(benchmark::State& state, const Limits& limits, const NetworkShapeRow& network,
                  Curvature kind) {
  const auto problem = make_network(network, BatchNormPlacement::kOff);
  const auto session = problem->start(0, network.batch, {});
  std::vector<std::int32_t> examples(network.batch);
  std::iota(examples.begin(), examples.end(), 0);
  session->select(1, examples);
  AlignedVector<Real> theta(problem->layout().size()), v(theta.size()), out(theta.size());
  problem->initialize(*initializer_catalog().make("he"), 0, theta);
  problem->initialize(*initializer_catalog().make("he"), 1, v);
  session->evaluate(theta, out);
  const double gradient = seconds_of([&] { session->evaluate(theta, out); }, 20);
  for (auto _ : state)
    kind == Curvature::kHessian ? session->hessian_vector(theta, v, out)
                                : session->gauss_newton_vector(theta, v, out);
  report(state, limits, {.seconds = 2 * gradient, .bound = "two gradients"});
}

}  // namespace

void add_second_order_updates(const Limits& limits) {
  for (const auto& entry : second_order_catalog().entries())
    add_row(fmt::format("updates/{}/{}", entry.name, kUpdates),
            [&limits, method = entry.name](benchmark::State& state) {
              Minimization minimization = start(method);
              const double seconds = minimization.evaluation_seconds();
              for (auto _ : state) minimization.run();
              report(state, limits, {.seconds = seconds, .bound = "evaluations"});
            });
  for (const NetworkShapeRow& network : networks())
    for (const Curvature kind : {Curvature::kHessian, Curvature::kGaussNewton})
      add_row(fmt::format("curvature/{}/{}", network.name,
                          kind == Curvature::kHessian ? "hessian_vector" : "gauss_newton_vector"),
              [&, kind](benchmark::State& state) { time_product(state, limits, network, kind); });
}

}  // namespace ravine::kernels
