// Rules on matrices, whose products cost more than all that an elementwise rule does: Muon's
// Newton-Schulz iteration and a step of SOAP between two turns of its bases at four sizes, and one
// row for each of the others.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "networks.hpp"
#include "ravine/optim/catalog.hpp"
#include "rows.hpp"
#include "work.hpp"

namespace ravine::kernels {
namespace {

struct FilledGradient final : Objective {
  double do_evaluate(std::span<const Real>, std::span<Real> gradient) override {
    if (gradient[0] == 0) fill_random(gradient, 1);
    return 0;
  }
};

struct MatrixSize {
  double rows, cols;
  double share = 0;  // to reach; 0: none
};
constexpr std::array kMatrices = {MatrixSize{1000, 1000, 0.7}, MatrixSize{784, 1000},
                                  MatrixSize{100, 100}, MatrixSize{64, 32}};

// Symmetric products count half: m^2 n + m^3 for the two of a step, and 2 m^2 n for the third.
double muon_flops(double rows, double cols) {
  const double m = std::min(rows, cols), n = std::max(rows, cols);
  return 5 * m * m * (3 * n + m);
}
// Into the basis and back, and the two symmetric products of L and R.
double soap_flops(double rows, double cols) {
  return 5 * (rows * rows * cols + rows * cols * cols);
}

// Both sides of a gradient times a square each, and the symmetric products of L and R.
double shampoo_flops(double rows, double cols) {
  return 3 * (rows * rows * cols + rows * cols * cols);
}
// The same, and both P between two factors.
double kron_flops(double rows, double cols) {
  return shampoo_flops(rows, cols) + 4 * (rows * rows * rows + cols * cols * cols);
}
// M Q, M^T P, P R^T and P Q^T.
double dion_flops(double rows, double cols) { return 8 * rows * cols * 10; }

void time_matrix_update(benchmark::State& state, const Limits& limits, const std::string& rule,
                        MatrixSize size, double flops, int threads) {
  ParameterLayout layout;
  layout.add("weight", static_cast<std::size_t>(size.rows), static_cast<std::size_t>(size.cols),
             BlockKind::kWeight);
  const auto optimizer = first_order_catalog().make(rule);
  AlignedVector<Real> theta(layout.size());
  fill_random(theta);
  optimizer->reset(layout, theta, {threads});
  FilledGradient objective;
  StepInfo info{.step = 1, .learning_rate = 1e-6, .total_steps = std::int64_t{1} << 40};
  optimizer->step(info, objective, theta);  // SOAP decomposes here
  for (auto _ : state) {
    ++info.step;
    optimizer->step(info, objective, theta);
  }
  report(state, limits, {.flops = flops, .threads = threads});
  if (size.share > 0 && threads == 1) set_target(state, size.share);
}

}  // namespace

void add_matrix_updates(const Limits& limits) {
  const auto add = [&](const std::string& name, const std::string& rule, MatrixSize size,
                       double flops, int threads) {
    const auto row = [=, &limits](benchmark::State& state) {
      time_matrix_update(state, limits, rule, size, flops, threads);
    };
    const std::string full =
        fmt::format("update/{}/{}x{}/threads:{}", name, size.rows, size.cols, threads);
    threads == 1 ? add_row(full, row) : add_wall_row(full, row);
  };
  for (const MatrixSize size : kMatrices)
    for (const int threads : {1, 2}) {
      if (threads > 1 && size.rows < 500) continue;
      add("muon", "muon(blocks=products)", size, muon_flops(size.rows, size.cols), threads);
      add("soap", "soap(frequency=1000000000)", size, soap_flops(size.rows, size.cols), threads);
    }
  const MatrixSize small{100, 100};
  const double muon = muon_flops(small.rows, small.cols);
  add("normuon", "normuon(blocks=products)", small, muon, 1);
  add("muonh", "muonh(blocks=products)", small, muon, 1);
  add("spectral_descent", "spectral_descent(blocks=products, orthogonalization=polar)", small,
      12.0 / 5 * muon, 1);
  add("dion", "dion(blocks=products, rank=10)", small, dion_flops(small.rows, small.cols), 1);
  add("shampoo", "shampoo(frequency=1000000000)", small, shampoo_flops(small.rows, small.cols), 1);
  add("psgd_kron", "psgd_kron", small, kron_flops(small.rows, small.cols), 1);
}

}  // namespace ravine::kernels
