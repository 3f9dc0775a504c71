// A7: Saxe, McClelland & Ganguli (2013): the course of learning in deep linear networks (figures 3
// and 4), products of random matrices (figure 6B, C) and random tanh networks (figures 7 and 8).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <span>
#include <utility>

#include "checks.hpp"
#include "deep_linear.hpp"
#include "matrices.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/optim/catalog.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/train/catalogs.hpp"

namespace ravine::initialization {
namespace {

/// Gradient descent by the library's SGD: a network, its weights, and their updates.
template <class Network>
class Descent {
 public:
  Descent(Network network, Values theta)
      : network_(std::move(network)),
        theta_(std::move(theta)),
        sgd_(optimizer_catalog().make("sgd")) {
    ParameterLayout layout;
    layout.add("weights", theta_.size(), 1, BlockKind::kWeight);
    theta_.resize(layout.size());
    sgd_->reset(layout, theta_);
  }
  const Network& network() const { return network_; }
  std::span<const Real> theta() const { return theta_; }
  void step(double eps) { sgd_->step({++t_, eps}, network_, theta_); }

 private:
  Network network_;
  Values theta_;
  std::unique_ptr<Optimizer> sgd_;
  std::int64_t t_ = 0;
};

// Figure 3. Three layers from small random weights: the mode of strength s follows u(t) = s e^(2st)
// / (e^(2st) - 1 + s / u0), t = eps times updates, each as if it were alone; half of it is learned
// at t = log((s - u0) / u0) / 2s, where u0 is what of the start grows.
void add_three_layers(std::vector<Check>& checks) {
  constexpr double kEps = 2e-3;
  const std::vector<double> strengths = {8, 4, 2, 1};
  const ThreeLayers network(strengths, 16);
  Descent descent(network, draw("normal(sd=0.001)", network.size(), 1));
  std::vector<double> expected, actual(strengths.size(), -1);
  for (std::size_t mode = 0; mode < strengths.size(); ++mode) {
    const double s = strengths[mode], u0 = network.growing_part(descent.theta(), mode);
    expected.push_back(portable_log((s - u0) / u0) / (2 * s * kEps));
  }
  for (int t = 1; t <= 6000; ++t) {
    descent.step(kEps);
    for (std::size_t mode = 0; mode < strengths.size(); ++mode)
      if (actual[mode] < 0 && network.learned(descent.theta(), mode) >= strengths[mode] / 2)
        actual[mode] = t;
  }
  for (std::size_t mode = 0; mode < strengths.size(); ++mode)
    checks.push_back(
        {fmt::format("A7.half_rise_{}", strengths[mode]),
         "Each mode of a deep linear network is learned along a sigmoid of its own, in "
         "a time proportional to 1 / s.",
         fmt::format("updates to half of a mode of strength {}, over theory", strengths[mode]), 1,
         actual[mode] / expected[mode], 0.05});
}

// Figure 4. Decoupled modes, u0 = 0.001, s = 1, N layers of units: du/dt = (N - 1) u^(2 - 2 / (N -
// 1)) (s - u), learned when 5 % of the mode is left.
constexpr double kFirst = 1e-3, kLearned = 0.95;

/// The time from kFirst to kLearned: the midpoint rule over log u.
double theoretical_time(int layers) {
  constexpr int kPoints = 20000;
  const double weights = layers - 1, step = portable_log(kLearned / kFirst) / kPoints;
  double time = 0;
  for (int i = 0; i < kPoints; ++i) {
    const double log_u = portable_log(kFirst) + (i + 0.5) * step, u = portable_exp(log_u);
    time += step / (weights * portable_exp((1 - 2 / weights) * log_u) * (1 - u));
  }
  return time;
}

/// Updates until the mode is learned and stays so for twenty more: a step far beyond the stable
/// rate may land there by luck. 1e9 if it never is.
double updates(int layers, double eps) {
  constexpr int kStays = 20;
  const auto weights = static_cast<std::size_t>(layers - 1);
  const double w = portable_exp(portable_log(kFirst) / static_cast<double>(weights));
  Descent descent(DecoupledMode(weights), Values(weights, static_cast<Real>(w)));
  for (int t = 1, learned = 0; t <= 6000; ++t) {
    descent.step(eps);
    const double u = descent.network().learned(descent.theta());
    if (!(std::fabs(u) < 100)) break;
    learned = std::fabs(1 - u) <= 1 - kLearned ? learned + 1 : 0;
    if (learned == kStays) return t - kStays + 1;
  }
  return 1e9;
}

void add_depth(std::vector<Check>& checks) {
  // A larger rate takes steps of few per cent, a smaller one steps below single precision.
  for (const auto& [layers, eps] : {std::pair{3, 0.01}, {10, 0.01}, {100, 0.002}})
    checks.push_back(
        {fmt::format("A7.depth_{}", layers),
         "A mode of a deep linear network grows as du/dt = (N - 1) u^(2 - 2 / (N - 1)) "
         "(s - u).",
         fmt::format("time to 95 % of the mode over theory, {} layers", layers), 1,
         eps * updates(layers, eps) / theoretical_time(layers), 0.03});
  struct Best {
    double rate = 0, updates = 1e9;
  };
  const auto best = [](int layers) {
    Best found;
    for (int i = 0; i <= 40; ++i) {  // twenty rates a decade
      const double rate = portable_exp(portable_log(10.0) * (-2.5 + i / 20.0));
      if (const double t = updates(layers, rate); t < found.updates) found = {rate, t};
    }
    return found;
  };
  const Best shallow = best(10), deep = best(100), deeper = best(200);
  checks.push_back({"A7.saturates",
                    "At its best rate the learning time tends to a limit: twice the depth takes "
                    "hardly more updates.",
                    "updates of 200 layers over those of 100", 1, deeper.updates / deep.updates,
                    0.1});
  checks.push_back({"A7.best_rate", "The best rate falls like 1 / depth.",
                    "slope of log rate over log depth, 10 to 100 layers", -1,
                    portable_log(deep.rate / shallow.rate) / portable_log(10.0), 0.2});
}

// Figure 6B and C. Products of L Gaussian matrices with variance 1 / N: E s^4 = L + 1 (Fuss and
// Catalan) where orthogonal ones keep 1, and of the eigenvalues a share r^(2 / L) lies within r;
// r^2 pi = 0.01 is the bin of the paper, which says 32 % and 94 %. 12 products of 200 x 200
// matrices: standard errors about 1 % of the moments and 0.3 % of the shares.
void add_gaussian_products(std::vector<Check>& checks) {
  constexpr std::size_t kSize = 200;
  constexpr int kDraws = 12;
  const std::string sentence =
      "Products of Gaussian layers stretch few directions and lose others.";
  const auto over_draws = [](int factors, const std::function<double(const Values&)>& of) {
    double sum = 0;
    for (int draw = 0; draw < kDraws; ++draw)
      sum += of(chain("glorot_normal", kSize, factors, static_cast<std::uint64_t>(100 * draw)));
    return sum / kDraws;
  };
  for (const int factors : {1, 3})
    checks.push_back({fmt::format("A7.moments_{}", factors), sentence,
                      fmt::format("mean s^4 of the product of {} layers", factors), factors + 1.0,
                      over_draws(factors,
                                 [](const Values& w) {  // tr((W^T W)^2) / N
                                   return mean_square(gram(w, kSize)) * kSize;
                                 }),
                      0.05});
  const double radius = std::sqrt(0.01 / 3.14159265358979323846);
  for (const int factors : {5, 99})
    checks.push_back({fmt::format("A7.eigenvalues_{}", factors), sentence,
                      fmt::format("share of eigenvalues at the origin, {} layers", factors),
                      portable_exp(2.0 / factors * portable_log(radius)),
                      over_draws(factors,
                                 [&](const Values& w) {
                                   const std::vector<double> a(w.begin(), w.end());
                                   std::vector<double> moduli(kSize);
                                   eigenvalue_moduli({a.data(), kSize, kSize}, moduli);
                                   return double(std::ranges::count_if(
                                              moduli, [&](double z) { return z < radius; })) /
                                          kSize;
                                 }),
                      0.01});
}

/// The fixed point of q = g^2 E tanh^2(sqrt(q) z), z ~ N(0, 1), by the trapezoidal rule.
double fixed_point(double gain) {
  double q = 1;
  for (int i = 0; i < 1000; ++i) {
    double next = 0, weights = 0;
    for (double z = -8; z <= 8; z += 1.0 / 16) {
      const double tanh = 1 - 2 / (portable_exp(2 * std::sqrt(q) * z) + 1);
      const double weight = portable_exp(-z * z / 2);
      next += weight * tanh * tanh;
      weights += weight;
    }
    q = gain * gain * next / weights;
  }
  return q;
}

// Figures 7 and 8. x <- g W tanh(x) with orthogonal W: activity dies out below g = 1 and settles
// above. The mean of the last ten of 50 layers of 300 units, on 300 images.
void add_criticality(std::vector<Check>& checks) {
  constexpr std::size_t kLayers = 50, kLast = 10;
  const auto problem = Catalogs().make_problem(
      fmt::format("mlp(data=glyphs, activation=tanh, hidden=300x{}, train=1)", kLayers));
  const auto session = problem->start(0, 1, {1});
  Values orthogonal(problem->layout().size()), theta(orthogonal.size());
  problem->initialize(*initializer_catalog().make("orthogonal"), 0, orthogonal);
  for (const double gain : {0.9, 1.05, 1.2, 1.5, 2.0}) {
    std::ranges::transform(orthogonal, theta.begin(),
                           [&](Real weight) { return static_cast<Real>(gain) * weight; });
    const auto& rows = session->diagnose(theta);
    double q = 0;
    for (std::size_t i = kLayers - kLast; i < kLayers; ++i)
      q += second_moment(rows[i].input) / kLast;
    if (gain < 1) {
      checks.push_back({"A7.dies_out", "Below the critical gain of 1 the activity dies out.",
                        fmt::format("mean square of what enters the last layers, g = {}", gain), 0,
                        q, 1e-3});
    } else {
      checks.push_back({fmt::format("A7.activity_{}", gain),
                        "Above it settles at the fixed point of q = g^2 E tanh^2(sqrt(q) z).",
                        fmt::format("mean square of what enters the last layers over theory, g = "
                                    "{}",
                                    gain),
                        1, q / fixed_point(gain), 0.02});
    }
  }
}

}  // namespace

std::vector<Check> saxe_checks() {
  std::vector<Check> checks;
  add_three_layers(checks);
  add_depth(checks);
  add_gaussian_products(checks);
  add_criticality(checks);
  return checks;
}

}  // namespace ravine::initialization
