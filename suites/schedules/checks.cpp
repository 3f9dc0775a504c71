#include "checks.hpp"

#include <fmt/format.h>

#include <cmath>

#include "ravine/core/portable.hpp"
#include "ravine/optim/schedule.hpp"

namespace ravine::schedules {
namespace {

double value(const std::string& schedule, std::int64_t step, std::int64_t total) {
  return schedule_catalog().make(schedule)->value(step, total);
}

/// E x_T^2 of SGD on x^2 / 2 whose gradient carries noise of variance 1, from x_0 = 1:
/// m <- (1 - eps)^2 m + eps^2.
double mean_square(const std::string& schedule, double eps0, std::int64_t steps) {
  const auto rates = schedule_catalog().make(schedule);
  double m = 1;
  for (std::int64_t t = 1; t <= steps; ++t) {
    const double eps = eps0 * rates->value(t, steps);
    m = (1 - eps) * (1 - eps) * m + eps * eps;
  }
  return m;
}

void add_linear(std::vector<Check>& checks) {
  struct Row {
    const char* name;
    std::int64_t step;
    double expected;
  };
  // tau = 500 of 1000 steps; step k + 1 has made k updates.
  for (const Row& row : {Row{"start", 1, 1}, Row{"half_way", 251, 0.505}, Row{"tau", 501, 0.01},
                         Row{"afterwards", 900, 0.01}})
    checks.push_back({fmt::format("L5.{}", row.name),
                      "The rate decays linearly until tau: (1 - a) eps_0 + a eps_tau, a = k / tau, "
                      "constant afterwards.",
                      fmt::format("rate of step {} over eps_0, tau = 500, eps_tau = 1 %", row.step),
                      row.expected, value("linear(final=0.01, tau=0.5)", row.step, 1000), 1e-15});
  checks.push_back({"L5.default", "eps_tau is about 1 % of eps_0.", "final value of the default",
                    0.01, value("linear", 1001, 1000), 1e-15});
}

void add_conditions(std::vector<Check>& checks) {
  constexpr std::int64_t kSteps = 10000;
  checks.push_back(
      {"L4.both_conditions",
       "With sum eps = infinity and sum eps^2 < infinity SGD converges: at eps = 1 / k "
       "the iterate is the mean of the noise.",
       "mean square error after 10 000 noisy steps", 1.0 / kSteps,
       mean_square("inverse(k0=1)", 1, kSteps), 1e-15});
  checks.push_back({"L4.constant",
                    "At a constant rate it does not: an error of eps / (2 - eps) stays.",
                    "mean square error after 10 000 noisy steps, eps = 0.1", 0.1 / 1.9,
                    mean_square("constant", 0.1, kSteps), 1e-14});
  // m = eps_T / 2 + O(1 / T): the limit of the recursion.
  checks.push_back({"L4.sufficient_only",
                    "The conditions are sufficient, not necessary: 1 / sqrt k converges, slower.",
                    "mean square error after a million steps, over eps_T / 2", 1,
                    mean_square("inverse_sqrt(k0=1)", 1, 1000000) * 2 * 1000, 1e-3});
  // (1 - 0.1 / t) over all t: Gamma(T + 0.9) / (Gamma(T + 1) Gamma(0.9)), about T^-0.1 / 1.0686.
  double start = 1;
  for (std::int64_t t = 1; t <= kSteps; ++t) start *= 1 - 0.1 * value("inverse(k0=1)", t, kSteps);
  checks.push_back({"L4.too_slow",
                    "Where the sum of the rates grows too slowly the start is hardly forgotten: at "
                    "0.1 / k a share of T^-0.1 / Gamma(0.9) remains.",
                    "share of x_0 after 10 000 steps", 0.3981071705534973 / 1.068628702119319,
                    start, 1e-5});
  // The product of 1 - x^2 / t^2 over all t is sin(pi x) / (pi x); here x^2 = 1/2.
  constexpr double kPi = 3.14159265358979323846;
  const double x = std::sqrt(0.5);
  start = 1;
  for (std::int64_t t = 1; t <= 1000000; ++t)
    start *= 1 - 0.5 * value("inverse_power(k0=1, power=2)", t, 1000000);
  checks.push_back({"L4.finite_sum",
                    "Where the sum of the rates is finite the start is never forgotten: at 0.5 / "
                    "k^2 a share of sin(pi x) / (pi x), x^2 = 1/2, remains for ever.",
                    "share of x_0 after a million steps", portable_cos_pi(x - 0.5) / (kPi * x),
                    start, 1e-6});
}

}  // namespace

std::vector<Check> checks() {
  std::vector<Check> all;
  add_linear(all);
  add_conditions(all);
  return all;
}

}  // namespace ravine::schedules
