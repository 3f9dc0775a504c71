#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ravine/optim/second_order/dense_hessian.hpp"
#include "ravine/optim/second_order/line_search_method.hpp"

namespace ravine {

/// What the three methods of Newton's kind share: the dense Hessian and what to do with it. At most
/// DenseHessian::kMostParameters parameters; a step costs n Hessian-vector products and about n^3/3
/// operations (9 n^3 where eigenvalues are needed). At a point of zero gradient and negative
/// curvature they end stuck, with the smallest eigenvalue in the message.
class RAVINE_EXPORT NewtonMethod : public LineSearchMethod {
 public:
  double extra_bytes(const ParameterLayout& layout) const override;
  Capabilities needs() const override {
    return {Capability::kGradient, Capability::kHessianProducts};
  }
  std::size_t most_parameters() const override { return DenseHessian::kMostParameters; }

 protected:
  NewtonMethod(std::string_view name, const LineSearchOptions& search, double tolerance);

  /// H = sum_k values[k] q_k q_k'; q_k is row k of `vectors`.
  struct Spectrum {
    std::vector<double> values, vectors;
  };
  const Spectrum& spectrum();
  /// x <- H^-1 x by Cholesky's factorization of H + shift I. False if that is not positive
  /// definite.
  bool solve(double shift, std::span<double> x);
  /// x <- sum_k q_k (q_k'x) / f(values[k]).
  template <class F>
  void divide_in_eigenbasis(std::span<double> x, F f);
  DenseHessian& hessian() { return hessian_; }
  bool searches_lines() const { return searches_; }

 private:
  /// x <- the step of the method; x holds -g. An Ending if there is none.
  virtual std::optional<Ending> solve_step(std::span<double> x) = 0;

  void reset_memory(const ParameterLayout& layout) override;
  void visit_memory(StateVisitor&) override {}
  std::optional<Ending> choose(const Place& place, std::span<Real> d) override;
  std::optional<Ending> judge(const Place& place) override;
  void learn(const Move&) override {}
  void forget() override { steepest_ = true; }
  FirstTrial first_trial() const override { return FirstTrial::kUnit; }

  std::string_view name_;
  bool searches_;
  DenseHessian hessian_;
  Spectrum spectrum_;
  std::vector<double> factor_, packed_, product_;
  bool steepest_ = false;  // the next direction is -g
};

/// Newton's method:  theta <- theta - a H^-1 g,  a = learning_rate, or by line search.
///
/// Nocedal and Wright (2006), section 3.3; lecture L37. H is taken as it is: where it is indefinite
/// the step leads to the nearest critical point of the quadratic model, a saddle as soon as a
/// minimum (Dauphin et al. 2014). It ends stuck where H is singular, or where a line search is
/// asked for and the step does not descend.
struct NewtonOptions : LineSearchOptions {
  static constexpr std::string_view kName = "newton";
  double tolerance = 0;
  NewtonOptions() { line_search = "none"; }
  template <class F>
  void fields(F&& field) {
    LineSearchOptions::fields(field, "none|wolfe");
    field("tolerance", tolerance, "[0, inf)", "converged if every |g_i| <= tolerance");
  }
};

class RAVINE_EXPORT Newton final : public NewtonMethod {
 public:
  explicit Newton(const NewtonOptions& options)
      : NewtonMethod(options.kName, options, options.tolerance), options_(options) {}
  NewtonOptions& options() { return options_; }
  void options_changed() { set_search(options_); }

 private:
  std::optional<Ending> solve_step(std::span<double> x) override;
  NewtonOptions options_;
};

/// Damped Newton:  theta <- theta - a (H + tau I)^-1 g  with the first tau of 0 (or beta - min_i
/// H_ii if that minimum is not positive), max(2 tau, beta), ... that makes H + tau I positive
/// definite, and a by line search.
///
/// Nocedal and Wright (2006), Algorithm 3.3 (beta is `damping`); lecture L37.
struct DampedNewtonOptions : LineSearchOptions {
  static constexpr std::string_view kName = "damped_newton";
  double damping = 1e-3;
  double tolerance = 0;
  template <class F>
  void fields(F&& field) {
    field("damping", damping, "(0, inf)", "first multiple of I to add if H needs one");
    LineSearchOptions::fields(field, "none|wolfe");
    field("tolerance", tolerance, "[0, inf)", "converged if every |g_i| <= tolerance");
  }
};

class RAVINE_EXPORT DampedNewton final : public NewtonMethod {
 public:
  explicit DampedNewton(const DampedNewtonOptions& options)
      : NewtonMethod(options.kName, options, options.tolerance), options_(options) {}
  DampedNewtonOptions& options() { return options_; }
  void options_changed() { set_search(options_); }
  /// tau, beside what every line-search method records.
  void visit_records(RecordVisitor& visitor) const override {
    NewtonMethod::visit_records(visitor);
    visitor.number("tau", "1", tau_);
  }

 private:
  std::optional<Ending> solve_step(std::span<double> x) override;
  DampedNewtonOptions options_;
  double tau_ = 0;
};

/// Saddle-free Newton:  theta <- theta - a |H|^-1 g,  |H| = sum_k (|lambda_k| + damping) q_k q_k'.
///
/// Dauphin, Pascanu, Gulcehre, Cho, Ganguli and Bengio (2014), equation 4, with exact eigenvalues.
/// **Deviates:** eigenvalues smaller than 1e-10 of the largest are taken for that large: the step
/// along a flat direction stays finite.
struct SaddleFreeNewtonOptions : LineSearchOptions {
  static constexpr std::string_view kName = "saddle_free_newton";
  double damping = 0;
  double tolerance = 0;
  SaddleFreeNewtonOptions() { line_search = "none"; }
  template <class F>
  void fields(F&& field) {
    field("damping", damping, "[0, inf)", "added to every |eigenvalue|");
    LineSearchOptions::fields(field, "none|wolfe");
    field("tolerance", tolerance, "[0, inf)", "converged if every |g_i| <= tolerance");
  }
};

class RAVINE_EXPORT SaddleFreeNewton final : public NewtonMethod {
 public:
  explicit SaddleFreeNewton(const SaddleFreeNewtonOptions& options)
      : NewtonMethod(options.kName, options, options.tolerance), options_(options) {}
  SaddleFreeNewtonOptions& options() { return options_; }
  void options_changed() { set_search(options_); }

 private:
  std::optional<Ending> solve_step(std::span<double> x) override;
  SaddleFreeNewtonOptions options_;
};

}  // namespace ravine
