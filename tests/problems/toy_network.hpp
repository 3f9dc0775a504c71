#pragma once

#include "problems/toy_data.hpp"
#include "ravine/nn/initializer.hpp"
#include "ravine/problems/network_problem.hpp"

namespace ravine {

/// Two hidden layers, with slots for normalization.
inline NetworkProblem::Options toy_options(const char* batch_norm = "off") {
  NetworkProblem::Options o;
  o.layers = parse_layers("norm dense(16) norm tanh dense(8) norm tanh dense");
  o.batch_norm = parse_batch_norm(batch_norm);
  return o;
}

inline AlignedVector<Real> start_point(const Problem& problem, const char* initializer = "he") {
  AlignedVector<Real> theta(problem.layout().size());
  problem.initialize(*initializer_catalog().make(initializer), 3, theta);
  return theta;
}

/// Steps of gradient descent on consecutive batches, each with extra evaluations elsewhere.
inline void descend(Session& session, AlignedVector<Real>& theta, int steps,
                    int extra_evaluations) {
  AlignedVector<Real> gradient(theta.size()), elsewhere(theta);
  for (int t = 1; t <= steps; ++t) {
    session.select(t, example_range(50 * (t - 1), 50 * t));
    session.evaluate(theta, gradient);
    for (int k = 0; k < extra_evaluations; ++k) {
      for (std::size_t i = 0; i < theta.size(); ++i) elsewhere[i] = Real(1.5) * theta[i];
      AlignedVector<Real> other(theta.size());
      session.evaluate(elsewhere, other);
      session.evaluate(elsewhere, {});
    }
    for (std::size_t i = 0; i < theta.size(); ++i) theta[i] -= Real(0.2) * gradient[i];
    session.fold_statistics();
  }
}

}  // namespace ravine
