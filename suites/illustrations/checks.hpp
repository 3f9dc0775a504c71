#pragma once

#include <vector>

#include "ravine/results/check.hpp"

/// The exact statements of the lecture and of papers, computed in double. Ids begin with the
/// statement that they decide (suites/README.md); one page per theme.
namespace ravine::illustrations {

std::vector<Check> gradient_checks();   // L1-L3, L6: batches and their noise
std::vector<Check> momentum_checks();   // L8-L12: the ravine, momentum, Nesterov
std::vector<Check> adaptive_checks();   // L13-L19: AdaGrad, RMSProp, Adam
std::vector<Check> curvature_checks();  // L20-L22: second and higher orders
std::vector<Check> paper_checks();      // A1-A3: published curves and closed forms
std::vector<Check> identity_checks();   // A11: inclusions, limits of stability, single steps

/// All of them, in this order.
std::vector<Check> all_checks();

}  // namespace ravine::illustrations
