#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ravine/core/portable.hpp"
#include "ravine/optim/matrix/inverse_root.hpp"
#include "ravine/optim/matrix/on_matrices.hpp"
#include "ravine/optim/matrix/orthogonal_momentum.hpp"

namespace ravine {

/// Shampoo: a preconditioner for each side of a weight.
///
///   L <- L + G G^T,  R <- R + G^T G  at beta2 = 1,  else  L <- beta2 L + (1 - beta2) G G^T, ...
///   m <- beta1 m + (1 - beta1) G;   m^ = m / (1 - beta1^t);   L^ = L / (1 - beta2^t)
///   P = (L^ + epsilon I)^(-power) m^ (R^ + epsilon I)^(-power)
///   theta <- theta - eps (|P_graft| / |P| P + lambda theta)
///
/// Gupta, Koren and Singer (2018), Algorithm 1, as Shi et al. (2023) distribute it
/// (facebookresearch/optimizers): their letters and defaults. Roots are computed at steps 1,
/// 1 + frequency, ... Sides longer than `block_size` are cut into pieces that are
/// preconditioned, and grafted, each alone. P_graft is m^ (sgd), m^ / (sqrt(sum g^2) + 1e-10)
/// (adagrad) or m^ / (sqrt(v^) + 1e-8) with beta2 = 0.999 (adam); none leaves the first factor out.
/// **Deviates:** vectors are left to `rest`, where the paper keeps a full matrix; the distributed
/// code makes grafted steps alone until step `frequency`. Roots come from a decomposition in
/// double of L and R in the precision of the trial: in float, directions in which L is below 1e-7
/// of its largest eigenvalue are rounding.
struct Shampoo {
  static constexpr std::string_view kName = "shampoo";
  static constexpr std::array<std::string_view, 6> kState = {"m",      "l",      "r",
                                                             "root_l", "root_r", "squares"};
  static constexpr std::size_t kScratch = 5;
  static constexpr RateRange kLearningRate = {0.01, "log(1e-4, 1)"};
  static constexpr OthersDefaults kOthers = {"products", "adamw(weight_decay=0)", 0.1};
  double beta1 = 0.9, beta2 = 1, epsilon = 1e-12, power = 0.25;
  std::int64_t frequency = 1, block_size = 1024;
  std::string grafting = "none";
  double weight_decay = 0;

  // Declared, because GCC 12 takes the strings of nested aggregates for uninitialized.
  Shampoo() = default;

  template <class F>
  void fields(F&& field) {
    field("beta1", beta1, "[0, 1)", "decay rate of the mean gradient", "one_minus_log(0.5, 0.99)");
    field("beta2", beta2, "[0, 1]", "decay rate of L and R; 1 sums them up");
    field({"epsilon", "eps"}, epsilon, "(0, inf)", "added to the eigenvalues of L and R",
          "log(1e-12, 1e-4)");
    field("power", power, "[0, 1]", "the roots are L^(-power) and R^(-power)");
    field({"frequency", "precondition_frequency"}, frequency, "[1, inf)",
          "steps from one computation of the roots to the next");
    field({"block_size", "max_preconditioner_dim"}, block_size, "[1, 8192]",
          "longest side of a piece that is preconditioned as a whole");
    field("grafting", grafting, "none|sgd|adagrad|adam", "rule whose length a step takes");
    field({"weight_decay", "lambda"}, weight_decay, "[0, inf)", "weight decay, multiplied by eps",
          "log(1e-4, 1)");
  }

  MatrixShape state_shape(std::size_t k, const Block& block) const {
    if (k == 0) return {block.rows, block.cols};
    if (k == 5) return grafts_squares() ? MatrixShape{block.rows, block.cols} : MatrixShape{};
    const bool left = k == 1 || k == 3;
    std::size_t length = 0;
    for_pieces(block, [&](const Piece& piece) {
      length += left ? piece.rows * piece.rows : piece.cols * piece.cols;
    });
    return {1, length};
  }
  MatrixShape scratch_shape(std::size_t k, const Block& block) const {
    const std::size_t rows = std::min(block.rows, longest()),
                      cols = std::min(block.cols, longest());
    if (k == 0) return {block.rows, block.cols};
    if (k < 3) return {rows, cols};
    return {std::max(rows, cols), std::max(rows, cols)};
  }
  void meet(const ParameterLayout& layout) {
    std::size_t side = 0;
    for (const Block& block : layout.blocks())
      side = std::max({side, std::min(block.rows, longest()), std::min(block.cols, longest())});
    eigen_.reserve(side);
  }
  double decay(const StepInfo& info) const { return 1 - info.learning_rate * weight_decay; }

  template <class Work>
  void update(const StepInfo& info, const Work& work) {
    const Real keep = Real(beta1), take = Real(1 - beta1);
    const Real correct = Real(1 / (1 - integer_power(beta1, info.step)));
    const auto g = work.gradient.elements();
    const auto m = work.state[0].elements(), u = work.scratch[0].elements();
    for_elements(work.threads, g.size(), [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        m[i] = keep * m[i] + take * g[i];
        u[i] = correct * m[i];
      }
    });
    add_squares(work);
    for_pieces(work.block, [&](const Piece& piece) { precondition(info, work, piece); });
    decayed_step(work.threads, decay(info), info.learning_rate, work.scratch[0], work.theta);
    clear_subnormals(work);
  }

 private:
  /// A rectangle of a block, and where its L and its R lie in the states.
  struct Piece {
    std::size_t row, rows, col, cols, left, right;
  };

  template <class F>
  void for_pieces(const Block& block, F&& f) const {
    std::size_t left = 0, right = 0;
    for (std::size_t i = 0; i < block.rows; i += longest())
      for (std::size_t j = 0; j < block.cols; j += longest()) {
        const std::size_t rows = std::min(longest(), block.rows - i);
        const std::size_t cols = std::min(longest(), block.cols - j);
        f(Piece{i, rows, j, cols, left, right});
        left += rows * rows;
        right += cols * cols;
      }
  }
  std::size_t longest() const { return static_cast<std::size_t>(block_size); }
  bool grafts_squares() const { return grafting == "adagrad" || grafting == "adam"; }

  template <class Work>
  void add_squares(const Work& work) const {
    if (!grafts_squares()) return;
    const bool sums = grafting == "adagrad";
    const Real keep = Real(sums ? 1 : kGraftBeta2), take = Real(sums ? 1 : 1 - kGraftBeta2);
    const auto g = work.gradient.elements();
    const auto v = work.state[5].elements();
    for (std::size_t i = 0; i < g.size(); ++i) v[i] = keep * v[i] + take * (g[i] * g[i]);
  }

  template <class Work>
  void precondition(const StepInfo& info, const Work& work, const Piece& piece) {
    const std::size_t rows = piece.rows, cols = piece.cols;
    const auto side = [](MatrixView<Real> state, std::size_t at, std::size_t n) {
      return MatrixView<Real>(state.data + at, n, n);
    };
    const MatrixView<Real> l = side(work.state[1], piece.left, rows),
                           r = side(work.state[2], piece.right, cols),
                           root_l = side(work.state[3], piece.left, rows),
                           root_r = side(work.state[4], piece.right, cols);
    const MatrixView<Real> d(work.scratch[1].data, rows, cols),
        half(work.scratch[2].data, rows, cols);
    copy_piece(MatrixView<const Real>(work.gradient), piece, d);
    accumulate(work, d, true, l);
    accumulate(work, d, false, r);
    if ((info.step - 1) % frequency == 0 || root_l(0, 0) == 0) {
      const double c = beta2 < 1 ? 1 / (1 - integer_power(beta2, info.step)) : 1;
      inverse_root(work.threads, l, c, epsilon, power, root_l, side(work.scratch[3], 0, rows),
                   eigen_);
      inverse_root(work.threads, r, c, epsilon, power, root_r, side(work.scratch[3], 0, cols),
                   eigen_);
    }
    copy_piece(MatrixView<const Real>(work.scratch[0]), piece, d);
    affine(work.threads, root_l, d, {}, half);
    affine(work.threads, half, root_r, {}, d);
    const double factor = graft(info, work, piece, d);
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t j = 0; j < cols; ++j)
        work.scratch[0](piece.row + i, piece.col + j) = Real(factor * double{d(i, j)});
  }

  // L or R
  template <class Work>
  void accumulate(const Work& work, MatrixView<const Real> g, bool left,
                  MatrixView<Real> sum) const {
    const MatrixView<Real> gram(work.scratch[3].data, sum.rows, sum.cols);
    if (left)
      product_with_own_transpose(work.threads, g, gram);
    else
      own_transpose_product(work.threads, g, gram);
    const Real keep = Real(beta2), take = Real(beta2 < 1 ? 1 - beta2 : 1);
    const auto to = sum.elements(), from = gram.elements();
    for_elements(work.threads, to.size(), [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) to[i] = keep * to[i] + take * from[i];
    });
  }

  /// |P_graft| / |P| for a piece; the first scratch still holds m^ there.
  template <class Work>
  double graft(const StepInfo& info, const Work& work, const Piece& piece,
               MatrixView<const Real> p) const {
    if (grafting == "none") return 1;
    const double length = std::sqrt(squared_norm(work.threads, p.elements()));
    if (!(length > 0)) return 1;
    const bool adam = grafting == "adam";
    const double c = adam ? 1 / (1 - integer_power(kGraftBeta2, info.step)) : 1;
    double sum = 0;
    for (std::size_t i = piece.row; i < piece.row + piece.rows; ++i)
      for (std::size_t j = piece.col; j < piece.col + piece.cols; ++j) {
        double step = work.scratch[0](i, j);
        if (grafts_squares())
          step /= std::sqrt(c * double{work.state[5](i, j)}) + (adam ? 1e-8 : 1e-10);
        sum += step * step;
      }
    return std::sqrt(sum) / length;
  }

  static void copy_piece(MatrixView<const Real> from, const Piece& piece, MatrixView<Real> to) {
    for (std::size_t i = 0; i < piece.rows; ++i)
      std::ranges::copy(from.row(piece.row + i).subspan(piece.col, piece.cols), to.row(i).data());
  }

  static constexpr double kGraftBeta2 = 0.999;
  EigenScratch eigen_;
};

}  // namespace ravine
