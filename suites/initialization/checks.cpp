#include "checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <span>
#include <string>

#include "ravine/core/random.hpp"
#include "ravine/linalg/matrix.hpp"
#include "ravine/linalg/products.hpp"
#include "ravine/linalg/symmetric.hpp"
#include "ravine/nn/initializer.hpp"
#include "ravine/problems/problem.hpp"

namespace ravine::initialization {
namespace {

using Values = AlignedVector<Real>;

Values draw(const std::string& initializer, std::size_t in, std::size_t out,
            std::uint64_t index = 0) {
  Values w(in * out);
  RandomStream stream(0, Purpose::kInitialization, index);
  initializer_catalog().make(initializer)->weights(in, out, stream, w);
  return w;
}

double variance(const Values& w) {
  double squares = 0;
  for (const Real value : w) squares += static_cast<double>(value) * value;
  return squares / static_cast<double>(w.size());
}

double largest(const Values& w) {
  double most = 0;
  for (const Real value : w) most = std::max(most, std::abs(static_cast<double>(value)));
  return most;
}

/// W^T W of a matrix (size, size).
Values gram(const Values& w, std::size_t size) {
  Values product(size * size);
  add_transposed_product({1}, {w, size, size}, {w, size, size},
                         MatrixView<Real>(product, size, size));
  return product;
}

/// W, W W', W W' W'', ...: a product of `factors` independent matrices (size, size).
Values chain(const std::string& initializer, std::size_t size, int factors, std::uint64_t index) {
  Values product = draw(initializer, size, size, index);
  for (int k = 1; k < factors; ++k) {
    const Values next = draw(initializer, size, size, index + static_cast<std::uint64_t>(k));
    Values longer(product.size());
    add_product({1}, {product, size, size}, {next, size, size},
                MatrixView<Real>(longer, size, size));
    product = std::move(longer);
  }
  return product;
}

std::vector<double> singular_values(const Values& w, std::size_t size) {
  const Values squares = gram(w, size);
  std::vector<double> a(squares.begin(), squares.end()), values(size), vectors(size * size);
  symmetric_eigen({a.data(), size, size}, values, {vectors.data(), size, size});
  for (double& value : values) value = std::sqrt(std::max(value, 0.0));
  return values;
}

double mean_power(const std::vector<double>& values, int power) {
  double sum = 0;
  for (const double value : values) sum += std::pow(value, power);
  return sum / static_cast<double>(values.size());
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
                      row.fan * row.bound * row.bound / 3, row.fan * variance(w), 1e-2});
    checks.push_back({id + "bound", row.statement, "largest weight over the bound", 1,
                      largest(w) / row.bound, 1e-4});
  }
}

// Mean singular value of a square matrix of independent entries with n Var = s^2: 8 s / (3 pi)
// (Marchenko & Pastur 1967), behind the 0.5 and 0.8 of Glorot & Bengio 2010, section 4.2.1.
void add_jacobian(std::vector<Check>& checks) {
  constexpr std::size_t kSize = 200;
  for (const auto& [name, s] : {std::pair{"uniform", std::sqrt(1.0 / 3)}, {"glorot_uniform", 1.0}})
    checks.push_back({fmt::format("A8.jacobian_{}", name),
                      "The mean singular value of a layer is 0.5 of the standard and 0.8 of the "
                      "normalized initialization, with the slope of tanh below 1.",
                      "mean singular value of a 200 x 200 matrix", 8 * s / (3 * std::numbers::pi),
                      mean_power(singular_values(draw(name, kSize, kSize), kSize), 1), 0.01});
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

// Products of L Gaussian matrices with variance 1 / N: E s^2 = 1, E s^4 = L + 1 (Fuss and Catalan),
// so that most directions vanish. 12 products of 200 x 200 matrices: standard error about 1 %.
void add_gaussian_products(std::vector<Check>& checks) {
  constexpr std::size_t kSize = 200;
  constexpr int kDraws = 12;
  for (const int factors : {1, 3}) {
    double fourth = 0;
    for (int draw = 0; draw < kDraws; ++draw) {
      const Values square = gram(
          chain("glorot_normal", kSize, factors, static_cast<std::uint64_t>(100 * draw)), kSize);
      fourth += variance(square) * kSize / kDraws;  // tr((W^T W)^2) / N
    }
    checks.push_back({fmt::format("A7.moments_{}", factors),
                      "Products of Gaussian layers stretch few directions and lose the others.",
                      fmt::format("mean s^4 of the product of {} layers", factors), factors + 1.0,
                      fourth, 0.05});
  }
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
                    kIn * (1 - std::pow(1 - 1.0 / kIn, 15)), used, 0.02});
}

// Twenty steps of gradient descent on a batch: the units get the same gradients all the time.
void add_symmetry(std::vector<Check>& checks) {
  const auto problem = make_problem("mlp(data=glyphs, hidden=8x2, activation=tanh, train=100)", {});
  AlignedVector<Real> theta(problem->layout().size()), gradient(theta.size());
  problem->initialize("constant(value=0.1)", 0, theta);
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

std::vector<Check> checks() {
  std::vector<Check> checks;
  add_symmetry(checks);
  add_uniform(checks);
  add_jacobian(checks);
  add_orthogonal(checks);
  add_gaussian_products(checks);
  add_sparse(checks);
  return checks;
}

}  // namespace ravine::initialization
