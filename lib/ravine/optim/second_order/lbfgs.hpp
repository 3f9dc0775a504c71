#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ravine/optim/second_order/line_search_method.hpp"

namespace ravine {

/// Limited-memory BFGS:  d = -H g, with H built anew from the last m pairs s = theta+ - theta,
/// y = g+ - g by the two-loop recursion.
///
/// Nocedal (1980); Liu and Nocedal (1989); Nocedal and Wright (2006), Algorithms 7.4 and 7.5;
/// lecture L38. The initial matrix is gamma I, gamma = s'y / y'y of the newest pair
/// (equation 7.20), or I. A pair is kept only if it shows positive curvature, s'y > 1e-10 |s| |y|.
struct LbfgsOptions : LineSearchOptions {
  static constexpr std::string_view kName = "lbfgs";
  std::int64_t history = 10;
  std::string initial = "scaled";
  double tolerance = 0;

  template <class F>
  void fields(F&& field) {
    field("history", history, "[1, 1000]", "number of stored pairs (m)");
    field("initial", initial, "scaled|identity", "initial matrix of the recursion: gamma I or I");
    LineSearchOptions::fields(field, "wolfe|exact");
    field("tolerance", tolerance, "[0, inf)", "converged if every |g_i| <= tolerance");
  }
};

class RAVINE_EXPORT Lbfgs final : public LineSearchMethod {
 public:
  explicit Lbfgs(const LbfgsOptions& options);
  LbfgsOptions& options() { return options_; }
  void options_changed() { set_search(options_); }

 private:
  struct Pair {
    std::span<Real> s, y;
    double rho = 0;  // 1 / s'y
  };

  void reset_memory(const ParameterLayout& layout) override;
  void visit_memory(StateVisitor& visitor) override;
  std::optional<Ending> choose(const Place& place, std::span<Real> d) override;
  void learn(const Move& move) override;
  void forget() override { pairs_known_ = 0; }
  FirstTrial first_trial() const override;
  /// The pair that was learnt `age` pairs ago; 0 is the newest.
  Pair& pair(std::int64_t age) {
    // A division here would cost as much as the sums of a small problem.
    const std::int64_t place = newest_ - age;
    return pairs_[static_cast<std::size_t>(place < 0 ? place + options_.history : place)];
  }

  LbfgsOptions options_;
  AlignedVector<Real> vectors_;  // of all pairs
  std::vector<Pair> pairs_;      // a ring
  std::vector<double> alpha_;
  std::int64_t pairs_known_ = 0, newest_ = 0;
  double gamma_ = 1;
};

}  // namespace ravine
