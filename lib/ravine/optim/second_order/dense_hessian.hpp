#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "ravine/core/layout.hpp"
#include "ravine/core/objective.hpp"
#include "ravine/linalg/matrix.hpp"

namespace ravine {

/// The Hessian of a small problem as a matrix, column by column: H e_i from Hessian-vector
/// products, one for each parameter. Works in double without the padding of the layout.
class DenseHessian {
 public:
  static constexpr std::size_t kMostParameters = 2000;

  /// Throws Error, naming `method`, for more than kMostParameters.
  void reset(const ParameterLayout& layout, std::string_view method);
  /// Computes the matrix at theta, symmetrized as (H + H') / 2. Returns false if it is not finite.
  bool assemble(Objective& objective, std::span<const Real> theta);

  std::size_t size() const { return place_.size(); }
  MatrixView<double> matrix() { return {matrix_, size(), size()}; }
  /// Parameters without padding, and back (padding is not written).
  void pack(std::span<const Real> padded, std::span<double> packed) const;
  void unpack(std::span<const double> packed, std::span<Real> padded) const;

 private:
  std::vector<std::size_t> place_;  // of each parameter in the padded vector
  std::vector<double> matrix_;
  AlignedVector<Real> unit_, column_;
};

}  // namespace ravine
