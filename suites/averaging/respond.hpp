#pragma once

#include <string>
#include <vector>

#include "ravine/optim/averaging.hpp"
#include "ravine/optim/catalog.hpp"

namespace ravine::averaging {

/// The gradient h theta, with 1 added while `kick` is set.
class KickedQuadratic final : public Objective {
 public:
  explicit KickedQuadratic(double h) : h_(h) {}
  bool kick = false;

 private:
  double do_evaluate(std::span<const Real> theta, std::span<Real> gradient) override {
    if (!gradient.empty()) gradient[0] = static_cast<Real>(h_ * theta[0] + kick);
    return 0.5 * h_ * theta[0] * theta[0] + kick * theta[0];
  }
  double h_;
};

struct Responses {
  std::vector<double> iterate, average;  // after steps 1 ... T
};

/// The course of an iterate that starts at 0 and is kicked at step `at`, and of its average: what
/// one unit of noise in one gradient does. Iterates are linear in the noise, so a variance under
/// white noise is a sum of squared responses.
inline Responses respond(const std::string& optimizer_text, const std::string& averaging_text,
                         double eps, double h, int steps, int at = 1) {
  ParameterLayout layout;
  layout.add("x", 1, 1, BlockKind::kWeight);
  auto optimizer = optimizer_catalog().make(optimizer_text);
  auto averaging = averaging_catalog().make(averaging_text);
  AlignedVector<Real> theta(layout.size()), average(layout.size());
  optimizer->reset(layout, theta);
  averaging->reset(layout);
  KickedQuadratic objective(h);
  Responses responses;
  for (int t = 1; t <= steps; ++t) {
    objective.kick = t == at;
    optimizer->step({t, eps, steps}, objective, theta);
    averaging->update(t, steps, theta);
    averaging->value(average);
    responses.iterate.push_back(theta[0]);
    responses.average.push_back(average[0]);
  }
  return responses;
}

inline double sum_of_squares(const std::vector<double>& x) {
  double sum = 0;
  for (const double value : x) sum += value * value;
  return sum;
}

}  // namespace ravine::averaging
