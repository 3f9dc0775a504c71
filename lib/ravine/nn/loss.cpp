#include "ravine/nn/loss.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <string>

#include "ravine/core/component.hpp"
#include "ravine/core/math.hpp"

namespace ravine {
namespace {

constexpr std::size_t kRows = 64;
constexpr auto kLogistic = [](std::span<const Real> in, std::span<Real> out) { logistic(in, out); };

// A block of rows of everything that a loss looks at.
struct RowBlock {
  std::size_t begin = 0;  // in the batch
  MatrixView<const Real> z;
  Targets targets;
  MatrixView<Real> dz;

  Real target(std::size_t i, std::size_t j) const {
    if (targets.labels.empty()) return targets.values(i, j);
    return targets.labels[i] == static_cast<std::int32_t>(j) ? Real(1) : Real(0);
  }
};

// Adds f(rows) over blocks of at most kRows rows.
template <class F>
double sum_rows(Threads threads, MatrixView<const Real> z, const Targets& targets,
                MatrixView<Real> dz, F f) {
  assert(dz.rows == z.rows && dz.cols == z.cols);
  const auto block = [&](std::size_t begin, std::size_t end) {
    RowBlock rows;
    rows.begin = begin;
    rows.z = {z.data + begin * z.cols, end - begin, z.cols};
    rows.dz = {dz.data + begin * z.cols, end - begin, z.cols};
    if (!targets.labels.empty()) rows.targets.labels = targets.labels.subspan(begin, end - begin);
    if (!targets.values.empty())
      rows.targets.values = {targets.values.data + begin * z.cols, end - begin, z.cols};
    return f(rows);
  };
  return parallel_sum(z.size() < 8192 ? Threads{1} : threads, z.rows, kRows,
                      [&](std::size_t begin, std::size_t end) {
                        double sum = 0;
                        for (std::size_t i = begin; i < end; i += kRows)
                          sum += block(i, std::min(end, i + kRows));
                        return sum;
                      });
}

// Calls f(row of the block, u, out) for the rows of everything that a curvature product looks at;
// `out` holds prepare(z) and becomes the product.
template <class Prepare, class F>
void for_rows(Threads threads, MatrixView<const Real> z, const Targets& targets,
              MatrixView<const Real> u, MatrixView<Real> out, Prepare prepare, F f) {
  sum_rows(threads, z, targets, out, [&](const RowBlock& rows) {
    prepare(rows.z.elements(), rows.dz.elements());
    for (std::size_t i = 0; i < rows.z.rows; ++i) f(rows, i, u.row(rows.begin + i), rows.dz.row(i));
    return 0.0;
  });
}

class Softmax final : public Loss {
  bool needs_classes() const override { return true; }

  double do_sum(Threads threads, MatrixView<const Real> z, const Targets& targets, Real scale,
                MatrixView<Real> dz) const override {
    return sum_rows(threads, z, targets, dz, [scale](const RowBlock& rows) {
      std::array<double, kRows> shifted_label, total;
      for (std::size_t i = 0; i < rows.z.rows; ++i) {
        const std::span<const Real> in = rows.z.row(i);
        const std::span<Real> out = rows.dz.row(i);
        Real largest = in[0];
        for (const Real value : in) largest = value > largest ? value : largest;
        for (std::size_t j = 0; j < in.size(); ++j) out[j] = in[j] - largest;
        shifted_label[i] = out[static_cast<std::size_t>(rows.targets.labels[i])];
      }
      exp(rows.dz.elements(), rows.dz.elements());
      for (std::size_t i = 0; i < rows.z.rows; ++i) {
        const std::span<Real> out = rows.dz.row(i);
        total[i] = 0;
        for (const Real e : out) total[i] += e;
        const Real factor = static_cast<Real>(scale / total[i]);
        for (Real& e : out) e *= factor;
        out[static_cast<std::size_t>(rows.targets.labels[i])] -= scale;
      }
      log(std::span<const double>(total.data(), rows.z.rows), {total.data(), rows.z.rows});
      double sum = 0;
      for (std::size_t i = 0; i < rows.z.rows; ++i) sum += total[i] - shifted_label[i];
      return sum;
    });
  }

  void do_curvature_product(Curvature, Threads threads, MatrixView<const Real> z,
                            const Targets& targets, Real scale, MatrixView<const Real> u,
                            MatrixView<Real> out) const override {
    const auto shifted_exp = [cols = z.cols](std::span<const Real> in, std::span<Real> e) {
      for (std::size_t begin = 0; begin < in.size(); begin += cols) {
        const std::span<const Real> row = in.subspan(begin, cols);
        Real largest = row[0];
        for (const Real value : row) largest = value > largest ? value : largest;
        for (std::size_t j = 0; j < cols; ++j) e[begin + j] = row[j] - largest;
      }
      exp(e, e);
    };
    for_rows(threads, z, targets, u, out, shifted_exp,
             [scale](const RowBlock&, std::size_t, std::span<const Real> u_row, std::span<Real> e) {
               double total = 0, along = 0;
               for (std::size_t j = 0; j < e.size(); ++j) {
                 total += e[j];
                 along += static_cast<double>(e[j]) * static_cast<double>(u_row[j]);
               }
               const Real mean = static_cast<Real>(along / total);  // p'u
               const Real factor = static_cast<Real>(scale / total);
               for (std::size_t j = 0; j < e.size(); ++j) e[j] *= factor * (u_row[j] - mean);
             });
  }
};

class Bernoulli final : public Loss {
  bool needs_unit_targets() const override { return true; }
  double do_sum(Threads threads, MatrixView<const Real> z, const Targets& targets, Real scale,
                MatrixView<Real> dz) const override {
    return sum_rows(threads, z, targets, dz, [scale](const RowBlock& rows) {
      softplus_remainder(rows.z.elements(), rows.dz.elements());
      double sum = 0;
      for (std::size_t i = 0; i < rows.z.rows; ++i)
        for (std::size_t j = 0; j < rows.z.cols; ++j) {
          const double value = rows.z(i, j), positive = value < 0 ? 0 : value;
          sum += (positive - rows.target(i, j) * value) + rows.dz(i, j);
        }
      logistic(rows.z.elements(), rows.dz.elements());
      for (std::size_t i = 0; i < rows.z.rows; ++i)
        for (std::size_t j = 0; j < rows.z.cols; ++j)
          rows.dz(i, j) = scale * (rows.dz(i, j) - rows.target(i, j));
      return sum;
    });
  }

  void do_curvature_product(Curvature, Threads threads, MatrixView<const Real> z,
                            const Targets& targets, Real scale, MatrixView<const Real> u,
                            MatrixView<Real> out) const override {
    for_rows(threads, z, targets, u, out, kLogistic,
             [scale](const RowBlock&, std::size_t, std::span<const Real> u_row, std::span<Real> y) {
               for (std::size_t j = 0; j < y.size(); ++j)
                 y[j] = scale * y[j] * (1 - y[j]) * u_row[j];
             });
  }
};

class Squared final : public Loss {
  std::string_view unit() const override { return "1"; }

  double do_sum(Threads threads, MatrixView<const Real> z, const Targets& targets, Real scale,
                MatrixView<Real> dz) const override {
    return sum_rows(threads, z, targets, dz, [scale](const RowBlock& rows) {
      double sum = 0;
      for (std::size_t i = 0; i < rows.z.rows; ++i)
        for (std::size_t j = 0; j < rows.z.cols; ++j) {
          const Real error = rows.z(i, j) - rows.target(i, j);
          sum += static_cast<double>(error) * static_cast<double>(error);
          rows.dz(i, j) = 2 * scale * error;
        }
      return sum;
    });
  }

  void do_curvature_product(Curvature, Threads, MatrixView<const Real>, const Targets&, Real scale,
                            MatrixView<const Real> u, MatrixView<Real> out) const override {
    for (std::size_t i = 0; i < out.size(); ++i) out.data[i] = 2 * scale * u.data[i];
  }
};

class LogisticSquared final : public Loss {
  bool needs_unit_targets() const override { return true; }
  std::string_view unit() const override { return "1"; }

  double do_sum(Threads threads, MatrixView<const Real> z, const Targets& targets, Real scale,
                MatrixView<Real> dz) const override {
    return sum_rows(threads, z, targets, dz, [scale](const RowBlock& rows) {
      logistic(rows.z.elements(), rows.dz.elements());
      double sum = 0;
      for (std::size_t i = 0; i < rows.z.rows; ++i)
        for (std::size_t j = 0; j < rows.z.cols; ++j) {
          const Real y = rows.dz(i, j), error = y - rows.target(i, j);
          sum += static_cast<double>(error) * static_cast<double>(error);
          rows.dz(i, j) = 2 * scale * error * y * (1 - y);
        }
      return sum;
    });
  }

  void do_curvature_product(Curvature kind, Threads threads, MatrixView<const Real> z,
                            const Targets& targets, Real scale, MatrixView<const Real> u,
                            MatrixView<Real> out) const override {
    const Real residual = kind == Curvature::kHessian ? Real(1) : Real(0);
    for_rows(
        threads, z, targets, u, out, kLogistic,
        [=](const RowBlock& rows, std::size_t i, std::span<const Real> u_row, std::span<Real> y) {
          for (std::size_t j = 0; j < y.size(); ++j) {
            const Real slope = y[j] * (1 - y[j]), error = y[j] - rows.target(i, j);
            const Real bend = residual * error * (1 - 2 * y[j]);
            y[j] = 2 * scale * slope * (slope + bend) * u_row[j];
          }
        });
  }
};

}  // namespace

std::unique_ptr<const Loss> make_loss(std::string_view name) {
  check_choice("loss", std::string(name), kLossNames);
  if (name == "softmax") return std::make_unique<Softmax>();
  if (name == "bernoulli") return std::make_unique<Bernoulli>();
  if (name == "squared") return std::make_unique<Squared>();
  return std::make_unique<LogisticSquared>();
}

std::int64_t count_correct(MatrixView<const Real> z, std::span<const std::int32_t> labels) {
  assert(labels.size() == z.rows);
  std::int64_t correct = 0;
  for (std::size_t i = 0; i < z.rows; ++i) {
    const std::span<const Real> row = z.row(i);
    const auto label = static_cast<std::size_t>(labels[i]);
    bool wins = true;
    for (std::size_t j = 0; j < row.size(); ++j)
      wins &= j < label ? row[label] > row[j] : row[label] >= row[j];
    correct += wins;
  }
  return correct;
}

}  // namespace ravine
