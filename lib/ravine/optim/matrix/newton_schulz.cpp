#include "ravine/optim/matrix/newton_schulz.hpp"

#include <algorithm>
#include <utility>

#include "ravine/core/component.hpp"
#include "ravine/linalg/panels.hpp"
#include "ravine/linalg/products.hpp"

namespace ravine {
namespace {

constexpr Quintic kMuon = {3.4445, -4.7750, 2.0315};
constexpr std::array kNewtonSchulz = {kMuon, kMuon, kMuon, kMuon, kMuon};

constexpr std::array kPolarExpress = {
    Quintic{8.156554524902461, -22.48329292557795, 15.878769915207462},
    Quintic{4.042929935166739, -2.808917465908714, 0.5000178451051316},
    Quintic{3.8916678022926607, -2.772484153217685, 0.5060648178503393},
    Quintic{3.285753657755655, -2.3681294933425376, 0.46449024233003106},
    Quintic{2.3465413258596377, -1.7097828382687081, 0.42323551169305323}};

constexpr Quintic kConverging = {2, -1.5, 0.5};
constexpr std::array kPolar = {kConverging, kConverging, kConverging, kConverging,
                               kConverging, kConverging, kConverging, kConverging,
                               kConverging, kConverging, kConverging, kConverging};

// F = a I + b A + c F
void fold_quintic(Threads threads, const Quintic& f, MatrixView<const Real> gram,
                  MatrixView<Real> factor) {
  const Real a = Real(f.a), b = Real(f.b), c = Real(f.c);
  for_elements(threads, gram.size(), [&](std::size_t begin, std::size_t end) {
    const Real* const power = gram.data;
    Real* const sum = factor.data;
#pragma omp simd
    for (std::size_t i = begin; i < end; ++i) sum[i] = b * power[i] + c * sum[i];
  });
  for (std::size_t i = 0; i < factor.rows; ++i) factor(i, i) += a;
}

}  // namespace

std::span<const Quintic> quintics(std::string_view name) {
  if (name == "newton_schulz") return kNewtonSchulz;
  if (name == "polar_express") return kPolarExpress;
  if (name == "polar") return kPolar;
  check_choice("orthogonalization", std::string(name), kQuinticNames);  // throws
  return {};
}

void iterate_quintics(Threads threads, std::span<const Quintic> steps, std::size_t count,
                      MatrixView<Real> x, QuinticScratch scratch) {
  const bool wide = x.rows <= x.cols;
  MatrixView<Real> present = x, next = scratch.next;
  for (std::size_t k = 0; k < count; ++k) {
    if (wide)
      product_with_own_transpose(threads, present, scratch.gram);
    else
      own_transpose_product(threads, present, scratch.gram);
    product_with_own_transpose(threads, scratch.gram, scratch.factor);
    fold_quintic(threads, steps[std::min(k, steps.size() - 1)], scratch.gram, scratch.factor);
    if (wide)
      affine(threads, scratch.factor, present, {}, next);
    else
      affine(threads, present, scratch.factor, {}, next);
    std::swap(present, next);
  }
  if (present.data != x.data) std::ranges::copy(present.elements(), x.data);
}

}  // namespace ravine
