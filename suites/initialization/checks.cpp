#include "checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "matrices.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/train/catalogs.hpp"

namespace ravine::initialization {
namespace {

double largest(const Values& w) {
  double most = 0;
  for (const Real value : w) most = std::max(most, std::abs(static_cast<double>(value)));
  return most;
}

// 300 000 draws: the standard error of a uniform variance is 0.16 %.
void add_uniform(std::vector<Check>& checks) {
  constexpr std::size_t kIn = 600, kOut = 500;
  const struct {
    const char *id, *initializer, *statement;
    double bound, fan;
  } rows[] = {
      {"L29", "uniform", "Uniform: U(-1 / sqrt m, 1 / sqrt m), so that m Var W = 1 / 3.",
       1 / std::sqrt(600.0), 600},
      {"L30", "glorot_uniform",
       "Glorot and Bengio: U(-sqrt 6 / sqrt(m + n), ...), so that (m + n) / 2 Var W = 1.",
       std::sqrt(6 / 1100.0), 550},
      {"L30.slide", "xavier_slide",
       "As the slide prints it, 6 instead of sqrt 6, (m + n) / 2 Var W is 6, not 1.",
       6 / std::sqrt(1100.0), 550},
  };
  for (const auto& row : rows) {
    const Values w = draw(row.initializer, kIn, kOut);
    const std::string id = std::string(row.id).find('.') == std::string::npos
                               ? std::string(row.id) + "."
                               : std::string(row.id) + "_";
    checks.push_back({id + "variance", row.statement,
                      fmt::format("{:.0f} Var W of a 600 x 500 matrix", row.fan),
                      row.fan * row.bound * row.bound / 3, row.fan * mean_square(w), 1e-2});
    checks.push_back({id + "bound", row.statement, "largest weight over the bound", 1,
                      largest(w) / row.bound, 1e-4});
  }
}

void add_orthogonal(std::vector<Check>& checks) {
  constexpr std::size_t kSize = 64;
  const std::vector<double> gained =
      singular_values(draw("orthogonal(gain=1.5)", kSize, kSize), kSize);
  checks.push_back({"L31.gain", "A random orthogonal matrix with gain g has all singular values g.",
                    "smallest singular value for g = 1.5", 1.5, gained.front(), 1e-5});
  const std::vector<double> deep = singular_values(chain("orthogonal", kSize, 99, 0), kSize);
  checks.push_back({"L31.deep",
                    "Orthogonal layers neither vanish nor explode at any depth (Saxe et al. 2013).",
                    "smallest singular value of 99 layers", 1, deep.front(), 1e-4});
}

void add_sparse(std::vector<Check>& checks) {
  constexpr std::size_t kIn = 100, kOut = 400;
  const Values w = draw("sparse(k=15)", kIn, kOut);
  double used = 0, most = 0;
  for (std::size_t j = 0; j < kOut; ++j) {
    double own = 0;
    for (std::size_t i = 0; i < kIn; ++i) own += w[i * kOut + j] != 0;
    used += own / kOut;
    most = std::max(most, own);
  }
  checks.push_back({"L32.count", "Each unit receives at most k non-zero weights.",
                    "non-zero weights of the unit with most, k = 15", 15, most, 0});
  // Drawn with replacement: m (1 - (1 - 1/m)^k) distinct inputs; standard error 0.4 %.
  checks.push_back({"L32.distinct", "Each unit receives only k non-zero weights.",
                    "mean non-zero weights of a unit, k = 15 of 100",
                    kIn * (1 - integer_power(1 - 1.0 / kIn, 15)), used, 0.02});
}

// Twenty steps of gradient descent on a batch: the units get the same gradients all the time.
void add_symmetry(std::vector<Check>& checks) {
  const auto problem =
      Catalogs().make_problem("mlp(data=glyphs, hidden=8x2, activation=tanh, train=100)");
  AlignedVector<Real> theta(problem->layout().size()), gradient(theta.size());
  problem->initialize(*initializer_catalog().make("constant(value=0.1)"), 0, theta);
  const auto session = problem->start(0, 100, {1});
  std::vector<std::int32_t> examples(100);
  std::iota(examples.begin(), examples.end(), 0);
  for (std::int64_t step = 1; step <= 20; ++step) {
    session->select(step, examples);
    session->evaluate(theta, gradient);
    for (std::size_t i = 0; i < theta.size(); ++i) theta[i] -= Real(0.1) * gradient[i];
  }
  checks.push_back({"L28.symmetry",
                    "Equal weights never break the symmetry: all units of a layer go on computing "
                    "the same.",
                    "deviation between the units of the second layer after 20 steps", 0,
                    session->diagnose(theta)[1].units_std, 1e-6});
}

}  // namespace

std::vector<Check> start_checks() {
  std::vector<Check> checks;
  add_symmetry(checks);
  add_uniform(checks);
  add_orthogonal(checks);
  add_sparse(checks);
  return checks;
}

std::vector<Check> checks() {
  std::vector<Check> all;
  for (const auto& theme : {start_checks, glorot_checks, saxe_checks}) {
    const std::vector<Check> checks = theme();
    all.insert(all.end(), checks.begin(), checks.end());
  }
  return all;
}

}  // namespace ravine::initialization
