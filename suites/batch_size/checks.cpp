#include "checks.hpp"

#include <fmt/format.h>

#include "ravine/problems/noisy_quadratic.hpp"

namespace ravine::batch_size {
namespace {

/// From an independent search over rates, which are given with three digits.
struct Row {
  std::int64_t batch;
  double learning_rate, target, steps;
};

constexpr Row kTable[] = {{1, .0286, .1, 322880},   {4, .133, .1, 83592},
                          {16, .42, .1, 21134},     {64, 1.33, .1, 6460},
                          {256, 1.33, .1, 4371},    {1024, 1.95, .1, 3136},
                          {1, .0029, .01, 6326784}, {16, .062, .01, 412192},
                          {256, .617, .01, 27972},  {4096, 1.95, .01, 8648}};

}  // namespace

std::vector<Check> checks() {
  std::vector<Check> all;
  const NoisyQuadratic model;
  all.push_back({"A4.start", "The noisy quadratic starts at half the harmonic number.",
                 "expected loss at step 0", 4.8938, model.expected_sgd_loss(0.1, 1, 0), 2e-5});
  for (const Row& row : kTable)
    all.push_back(
        {fmt::format("A4.steps_to_{}_at_{}", row.target, row.batch),
         "Steps to a target fall like 1 / B for small batches and level off for large ones.",
         fmt::format("steps to an expected loss of {} at batch size {}", row.target, row.batch),
         row.steps,
         static_cast<double>(model.sgd_steps_to(row.target, row.learning_rate, row.batch)), 0.02,
         "updates"});
  return all;
}

}  // namespace ravine::batch_size
