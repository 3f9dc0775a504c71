#include "ravine/nn/orthogonal.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace ravine {
namespace {

double dot(const double* a, const double* b, std::size_t size) {
  std::array<double, 8> sums{};
  std::size_t i = 0;
  for (; i + sums.size() <= size; i += sums.size())
    for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += a[i + k] * b[i + k];
  for (std::size_t k = 0; i < size; ++i, ++k) sums[k] += a[i] * b[i];
  double sum = 0;
  for (const double part : sums) sum += part;
  return sum;
}

}  // namespace

void draw_orthogonal(std::size_t in, std::size_t out, double gain, RandomStream& stream,
                     std::span<Real> w) {
  const std::size_t count = std::min(in, out), size = std::max(in, out);
  std::vector<double> q(count * size);
  for (double& value : q) value = stream.normal();
  for (std::size_t j = 0; j < count; ++j) {
    double* const v = q.data() + j * size;
    for (std::size_t i = 0; i < j; ++i) {
      const double* const u = q.data() + i * size;
      const double r = dot(u, v, size);
      for (std::size_t k = 0; k < size; ++k) v[k] -= r * u[k];
    }
    const double norm = std::sqrt(dot(v, v, size));
    for (std::size_t k = 0; k < size; ++k) v[k] /= norm;
  }
  for (std::size_t i = 0; i < in; ++i)
    for (std::size_t j = 0; j < out; ++j)
      w[i * out + j] = static_cast<Real>(gain * (in >= out ? q[j * size + i] : q[i * size + j]));
}

}  // namespace ravine
