#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "ravine/train/follow.hpp"

namespace ravine::illustrations {

using Point = std::vector<double>;
using Course = std::vector<Point>;  // theta_0, theta_1, ..., theta_T

/// A short trial on the full batch at a constant rate.
inline Trial short_trial(std::string problem, std::string optimizer, double learning_rate,
                         std::int64_t steps) {
  Trial trial;
  trial.problem = std::move(problem);
  trial.optimizer = std::move(optimizer);
  trial.learning_rate = learning_rate;
  trial.batch_size = 0;
  trial.steps = steps;
  return trial;
}

/// Every iterate of a trial, the padding of its layout included.
inline Course course(const Trial& trial) {
  Course iterates;
  follow(trial, [&](std::int64_t, std::span<const Real> theta) {
    iterates.emplace_back(theta.begin(), theta.end());
  });
  return iterates;
}

inline Course course(std::string problem, std::string optimizer, double learning_rate,
                     std::int64_t steps) {
  return course(short_trial(std::move(problem), std::move(optimizer), learning_rate, steps));
}

/// The course of one coordinate.
inline Point coordinate(const Course& iterates, std::size_t i) {
  Point values;
  for (const Point& theta : iterates) values.push_back(theta[i]);
  return values;
}

inline double dot(const Point& a, const Point& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

inline double largest_difference(const Point& a, const Point& b) {
  double largest = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    largest = std::max(largest, std::fabs(a[i] - b[i]));
  return largest;
}

/// Steps after which |x| stays at or below `bound`.
inline double steps_to(const Point& x, double bound) {
  for (std::size_t t = x.size(); t-- > 0;)
    if (std::fabs(x[t]) > bound) return static_cast<double>(t + 1);
  return 0;
}

}  // namespace ravine::illustrations
