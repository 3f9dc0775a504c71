#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "ravine/core/random.hpp"
#include "ravine/linalg/matrix.hpp"
#include "ravine/linalg/products.hpp"
#include "ravine/linalg/summary.hpp"
#include "ravine/linalg/symmetric.hpp"
#include "ravine/nn/initializer.hpp"

/// Random matrices as the initializers draw them, and what they do to a signal.
namespace ravine::initialization {

using Values = AlignedVector<Real>;

inline Values draw(const std::string& initializer, std::size_t in, std::size_t out,
                   std::uint64_t index = 0) {
  Values w(in * out);
  RandomStream stream(0, Purpose::kInitialization, index);
  initializer_catalog().make(initializer)->weights(in, out, stream, w);
  return w;
}

/// W, W W', W W' W'', ...: a product of `factors` independent matrices (size, size).
inline Values chain(const std::string& initializer, std::size_t size, int factors,
                    std::uint64_t index) {
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

/// W^T W of a matrix (size, size).
inline Values gram(const Values& w, std::size_t size) {
  Values product(size * size);
  add_transposed_product({1}, {w, size, size}, {w, size, size},
                         MatrixView<Real>(product, size, size));
  return product;
}

/// In ascending order.
inline std::vector<double> singular_values(const Values& w, std::size_t size) {
  const Values squares = gram(w, size);
  const std::vector<double> a(squares.begin(), squares.end());
  std::vector<double> values(size);
  symmetric_eigenvalues({a.data(), size, size}, values);
  for (double& value : values) value = std::sqrt(std::max(value, 0.0));
  return values;
}

template <class Numbers>
double mean(const Numbers& values) {
  double sum = 0;
  for (const auto value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

inline double mean_square(const Values& values) {
  double squares = 0;
  for (const Real value : values) squares += static_cast<double>(value) * value;
  return squares / static_cast<double>(values.size());
}

/// E x^2.
inline double second_moment(const Summary& x) {
  return x.standard_deviation * x.standard_deviation + x.mean * x.mean;
}

}  // namespace ravine::initialization
