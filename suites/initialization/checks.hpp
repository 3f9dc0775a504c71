#pragma once

#include <vector>

#include "ravine/results/check.hpp"

/// L28 to L32 and the closed forms behind them. Checks that draw numbers draw the same ones every
/// time; their tolerances are stated with them.
namespace ravine::initialization {

std::vector<Check> start_checks();   // L28 to L32: symmetry, bounds, gains, sparsity
std::vector<Check> glorot_checks();  // A8: Glorot & Bengio (2010), 1000 x 5 units on Shapeset
std::vector<Check> saxe_checks();    // A7: Saxe et al. (2013), deep linear and random networks

/// What the largest of them take: weights, gradients and copies of 1000 x 5 units (measured).
inline constexpr double kChecksBytes = 110e6;

/// All of them, in this order.
std::vector<Check> checks();

}  // namespace ravine::initialization
