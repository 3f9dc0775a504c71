#include "ravine/optim/second_order/dense_hessian.hpp"

#include <cmath>

#include "ravine/core/error.hpp"

namespace ravine {

void DenseHessian::reset(const ParameterLayout& layout, std::string_view method) {
  if (layout.parameter_count() > kMostParameters)
    fail("{} computes a dense Hessian: {} parameters are more than {}; use lbfgs or hessian_free",
         method, layout.parameter_count(), kMostParameters);
  place_.clear();
  for (const Block& block : layout.blocks())
    for (std::size_t i = 0; i < block.size(); ++i) place_.push_back(block.offset + i);
  matrix_.assign(size() * size(), 0);
  unit_.assign(layout.size(), Real{0});
  column_.assign(layout.size(), Real{0});
}

bool DenseHessian::assemble(Objective& objective, std::span<const Real> theta) {
  const std::size_t n = size();
  bool finite = true;
  for (std::size_t i = 0; i < n; ++i) {
    unit_[place_[i]] = 1;
    objective.hessian_vector(theta, unit_, column_);
    unit_[place_[i]] = 0;
    pack(column_, std::span(matrix_).subspan(i * n, n));
  }
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      double &upper = matrix_[j * n + i], &lower = matrix_[i * n + j];
      upper = lower = 0.5 * (upper + lower);
      finite &= std::isfinite(lower);
    }
  return finite;
}

void DenseHessian::pack(std::span<const Real> padded, std::span<double> packed) const {
  for (std::size_t i = 0; i < size(); ++i) packed[i] = static_cast<double>(padded[place_[i]]);
}

void DenseHessian::unpack(std::span<const double> packed, std::span<Real> padded) const {
  for (std::size_t i = 0; i < size(); ++i) padded[place_[i]] = static_cast<Real>(packed[i]);
}

}  // namespace ravine
