#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "ravine/core/parallel.hpp"
#include "ravine/export.hpp"
#include "ravine/linalg/matrix.hpp"

namespace ravine {

/// One step of an iteration: f(s) = a s + b s^3 + c s^5 of every singular value s of X.
struct Quintic {
  double a, b, c;
};

/// The steps of an iteration that moves singular values towards 1. A longer run repeats the last
/// step.
///
///   newton_schulz   5 x (3.4445, -4.7750, 2.0315). Its slope at 0 is steep, and it never
///                   converges: s >= 0.00155 ends in [0.68183, 1.20237]. Jordan et al. (2024), Muon
///   polar_express   5 steps that differ, the best ones for their degree: s >= 0.002 ends in
///                   [0.85887, 1.14113]. Amsel, Persson, Musco and Gower (2025), Algorithm 1, with
///                   the coefficients of the authors of Dion
///   polar           12 x (2, -1.5, 0.5), which does converge, since f(1) = 1 and f'(1) = 0: the
///                   orthogonal factor U V^T itself for s above 1e-3
///
/// Throws Error for another name.
RAVINE_EXPORT std::span<const Quintic> quintics(std::string_view name);
inline constexpr std::string_view kQuinticNames = "newton_schulz|polar_express|polar";

/// Memory of an iteration on a matrix whose shorter side is m.
struct QuinticScratch {
  MatrixView<Real> gram, factor;  // (m, m)
  MatrixView<Real> next;          // of the shape of the matrix
};

/// X <- U f_n(... f_1(S)) V^T where X = U S V^T, by products alone:
///
///   A = X X^T;   X <- (a I + b A + c A^2) X    or, where X has more rows than columns,
///   A = X^T X;   X <- X (a I + b A + c A^2)
///
/// A and A^2 are symmetric and cost half. An m x n matrix takes 3 m^2 n + m^3 multiplications and
/// additions in every step, m being the shorter side: 4 m^3 for a square.
/// Singular values of X should be at most 1. Allocates nothing; no bit depends on threads.
RAVINE_EXPORT void iterate_quintics(Threads threads, std::span<const Quintic> steps,
                                    std::size_t count, MatrixView<Real> x, QuinticScratch scratch);

}  // namespace ravine
