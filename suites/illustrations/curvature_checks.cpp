// L20, L21, L22: what a step along the gradient promises, and what second and higher orders do.
#include <fmt/format.h>

#include "checks.hpp"
#include "course.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/problems/functions.hpp"
#include "ravine/problems/linear_chain.hpp"

namespace ravine::illustrations {
namespace {

/// J along the line theta_0 - eps g, with what its derivatives say.
template <class Function>
class Line {
 public:
  explicit Line(const Function& function)
      : function_(function), theta_(function.size()), g_(theta_.size()), hg_(theta_.size()) {
    function_.start(theta_);
    value_ = function_.evaluate(theta_, g_);
    function_.hessian_vector(theta_, g_, hg_);
  }

  double gg() const { return dot(g_, g_); }
  double ghg() const { return dot(g_, hg_); }
  double best_rate() const { return gg() / ghg(); }
  double predicted_change(double eps) const { return -eps * gg() + eps * eps / 2 * ghg(); }
  double change(double eps) const { return function_.evaluate(at(eps), unused()) - value_; }
  /// Slope of J at the end of the step.
  double slope(double eps) const {
    Point after(theta_.size());
    function_.evaluate(at(eps), after);
    return -dot(g_, after);
  }

 private:
  Point at(double eps) const {
    Point moved = theta_;
    for (std::size_t i = 0; i < moved.size(); ++i) moved[i] -= eps * g_[i];
    return moved;
  }
  std::span<double> unused() const { return unused_ = Point(theta_.size()), unused_; }

  Function function_;
  Point theta_, g_, hg_;
  mutable Point unused_;
  double value_ = 0;
};

void add_second_order(std::vector<Check>& checks) {
  const Line ravine(Quadratic{.dimension = 7, .condition = 1000});
  const std::string sentence =
      "J(theta - eps g) = J - eps g'g + eps^2 / 2 g'Hg: gain of the gradient, correction for "
      "curvature.";
  for (const double eps : {0.1, 2.0, 10.0})
    checks.push_back({fmt::format("L21.step_{}", eps), sentence,
                      fmt::format("change of J on a quadratic, eps = {}", eps),
                      ravine.predicted_change(eps), ravine.change(eps), 1e-12});
  const double best = ravine.best_rate();
  checks.push_back({"L21.best_gain", "The best step is eps* = g'g / g'Hg.",
                    "gain at eps*, (g'g)^2 / (2 g'Hg)",
                    ravine.gg() * ravine.gg() / (2 * ravine.ghg()), -ravine.change(best), 1e-13});
  checks.push_back({"L21.best_slope", "There the line has its minimum.", "slope of J at eps*", 0,
                    ravine.slope(best), 1e-13});
  checks.push_back({"L21.too_long", "Beyond twice that length the step goes up.",
                    "change of J at 2 eps*", 0, ravine.change(2 * best), 1e-13});
  checks.push_back(
      {"L21.optimizer", "SGD at eps* makes this very step.", "gain of one step of the trainer",
       ravine.gg() * ravine.gg() / (2 * ravine.ghg()),
       [&] {
         const auto iterates = course("quadratic(dimension=7, condition=1000)", "sgd", best, 1);
         const Quadratic function{.dimension = 7, .condition = 1000};
         Point g(7);
         const auto value = [&](const Point& theta) {
           return function.evaluate(std::span(theta).first(7), g);
         };
         return value(iterates[0]) - value(iterates[1]);
       }(),
       1e-13});

  // Not eps* = g'g, as a slide says: no step is best.
  const Line linear(LinearChain{.depth = 1, .x = 3});
  checks.push_back({"L21.no_curvature", "Without curvature every step gains eps g'g: none is best.",
                    "gain at eps = 2 g'g over that at the slide's g'g", 2,
                    linear.change(2 * linear.gg()) / linear.change(linear.gg()), 1e-12});
  const Line downhill(Saddle{.x0 = 0.1, .y0 = 0.5});
  double gaining = 0, last = 0;
  for (int doubling = 0; doubling < 20; ++doubling) {
    const double change = downhill.change(0.01 * integer_power(2, doubling));
    gaining += change < last;
    last = change;
  }
  checks.push_back({"L21.negative_curvature",
                    "With negative curvature along g every longer step gains more.",
                    "doublings of the step (of 20) that gain", 20, gaining, 0});
}

Point uneven_weights(std::int64_t depth) {
  Point w;
  for (std::int64_t i = 1; i <= depth; ++i)
    w.push_back(0.9 + 0.2 * portable_cos_pi(0.3 * double(i)));
  return w;
}

double polynomial(const Point& coefficients, double eps) {
  double value = 0;
  for (auto c = coefficients.rbegin(); c != coefficients.rend(); ++c) value = value * eps + *c;
  return value;
}

void add_layers(std::vector<Check>& checks) {
  constexpr double kEps = 0.05;
  const LinearChain chain{.depth = 6, .x = 1.5};
  const Point w = uneven_weights(6);
  Point g(6), unused(6), all = w;
  const double value = chain.evaluate(w, g);
  double apart = 0;
  for (std::size_t i = 0; i < w.size(); ++i) {
    Point one = w;
    one[i] -= kEps * g[i];
    all[i] -= kEps * g[i];
    apart += chain.evaluate(one, unused) - value;
  }
  const Point expansion = chain.step_expansion(w, g);
  checks.push_back({"L20.one_layer_at_a_time",
                    "Each layer's gradient is right as long as the other layers are fixed.",
                    "sum of the changes by single layers, predicted -eps g'g", -kEps * dot(g, g),
                    apart, 1e-13});
  checks.push_back({"L20.all_at_once",
                    "All layers are updated at once, and the terms of higher order come along.",
                    "change by all layers, predicted by every order of eps",
                    polynomial(expansion, kEps) - value, chain.evaluate(all, unused) - value,
                    1e-13});
}

void add_chain(std::vector<Check>& checks) {
  double largest = 0;
  for (std::int64_t depth = 1; depth <= 20; ++depth)
    for (const double eps : {1e-3, 0.03, 0.3}) {
      const LinearChain chain{.depth = depth, .x = 1.5};
      const Point w = uneven_weights(depth);
      Point g(w.size()), moved = w, unused(w.size()), magnitudes;
      chain.evaluate(w, g);
      for (std::size_t i = 0; i < w.size(); ++i) moved[i] -= eps * g[i];
      const Point expansion = chain.step_expansion(w, g);
      for (const double c : expansion) magnitudes.push_back(std::fabs(c));
      largest =
          std::max(largest, std::fabs(polynomial(expansion, eps) - chain.evaluate(moved, unused)) /
                                polynomial(magnitudes, eps));
    }
  checks.push_back({"L22.expansion", "The new product is the sum of all orders of eps.",
                    "largest relative difference, depths 1 to 20", 0, largest, 1e-12});

  // y = w^l, g_i = w^(l-1): the step that is to lower y by 0.1 gives (w - eps g)^l - w^l.
  struct Chain {
    std::int64_t depth;
    double weight;
  };
  for (const Chain& c :
       {Chain{1, 1.1}, Chain{5, 1}, Chain{20, 1}, Chain{20, 0.9}, Chain{20, 1.1}}) {
    const double l = static_cast<double>(c.depth);
    const double g = integer_power(c.weight, c.depth - 1), eps = 0.1 / (l * g * g);
    const Course path =
        course(fmt::format("linear_chain(depth={}, weight={})", c.depth, c.weight), "sgd", eps, 1);
    double product = 1;
    for (std::size_t i = 0; i < static_cast<std::size_t>(c.depth); ++i) product *= path[1][i];
    checks.push_back(
        {fmt::format("L22.promise_{}_{}", c.depth, c.weight),
         "A step meant to lower the output by 0.1 (eps = 0.1 / g'g) does something else, the more "
         "so in deep chains.",
         fmt::format("decrease of the output, depth {}, weights {}", c.depth, c.weight),
         integer_power(c.weight, c.depth) - integer_power(c.weight - eps * g, c.depth),
         integer_power(c.weight, c.depth) - product, 1e-12});
  }
  // Equal weights: order k is C(l, k) (-eps g)^k w^(l-k); negligible for small weights, huge else.
  for (const double weight : {0.5, 1.5}) {
    const LinearChain chain{.depth = 10, .weight = weight};
    Point w(10), g(10);
    chain.start(w);
    chain.evaluate(w, g);
    const Point expansion = chain.step_expansion(w, g);
    constexpr double kEps = 0.01;
    checks.push_back(
        {fmt::format("L22.second_order_{}", weight),
         "The terms of higher order are negligible if the weights are small and explode if they "
         "are large.",
         fmt::format("second order over first, depth 10, weights {}, eps = 0.01", weight),
         // C(10, 2) eps^2 g^2 w^8 / (10 eps g w^9), g = w^9
         4.5 * kEps * integer_power(weight, 8), -expansion[2] * kEps / expansion[1], 1e-12});
  }
}

}  // namespace

std::vector<Check> curvature_checks() {
  std::vector<Check> checks;
  add_layers(checks);
  add_second_order(checks);
  add_chain(checks);
  return checks;
}

}  // namespace ravine::illustrations
