#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "ravine/export.hpp"

namespace ravine {

/// A chain of units without non-linearities: linear in the input, not in the weights.
///
///   f(w) = y = x w_1 w_2 ... w_l,  start w = (weight, ..., weight)
///
/// Lecture L22; Goodfellow et al. (2016), section 8.7.1, where dy is to be made small. Thread-safe.
struct RAVINE_EXPORT LinearChain {
  static constexpr std::string_view kName = "linear_chain";
  std::int64_t depth = 5;
  double weight = 1;
  double x = 1;

  std::size_t size() const { return static_cast<std::size_t>(depth); }
  void start(std::span<double> w) const;
  double evaluate(std::span<const double> w, std::span<double> g) const;
  void hessian_vector(std::span<const double> w, std::span<const double> v,
                      std::span<double> hv) const;
  template <class F>
  void fields(F&& field) {
    field("depth", depth, "[1, 10000]", "number of layers, one unit each");
    field("weight", weight, "", "initial value of every weight");
    field("x", x, "", "input");
  }

  /// f(w - eps g) as a polynomial in eps: the coefficients of eps^0 ... eps^l. The first is f(w),
  /// the second -g'g; the step that a gradient promises takes only these two.
  std::vector<double> step_expansion(std::span<const double> w, std::span<const double> g) const;
};

}  // namespace ravine
