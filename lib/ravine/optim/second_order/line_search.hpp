#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "ravine/core/objective.hpp"
#include "ravine/core/parallel.hpp"
#include "ravine/export.hpp"
#include "ravine/optim/second_order/more_thuente.hpp"

namespace ravine {

/// How far to go along a direction. The fields of every method that searches lines.
struct LineSearchOptions {
  std::string line_search = "wolfe";
  double c1 = 1e-4;
  double c2 = 0.9;
  std::int64_t trials = 30;

  LineSearchOptions() {}  // keeps the derived options from being aggregates, which GCC 12 warns of

  template <class F>
  void fields(F&& field, std::string_view choices = "wolfe|exact|none") {
    field("line_search", line_search, choices,
          "wolfe: strong Wolfe conditions; exact: -g'd / d'Hd, for quadratic losses; none: a step "
          "of learning_rate times d, whatever its effect on the loss");
    field("c1", c1, "(0, 0.5)", "loss(a) <= loss(0) + c1 a g'd");
    field("c2", c2, "(0, 1)", "|slope(a)| <= c2 |slope(0)|; larger than c1");
    field("trials", trials, "[1, 1000]", "maximum number of evaluations per line search");
  }
  /// Throws Error unless c1 < c2.
  RAVINE_EXPORT void check(std::string_view method) const;
};

/// The half-line theta + a d with the loss and the gradient where it was evaluated last.
struct Ray {
  Objective& objective;
  std::span<const Real> theta, direction;
  std::span<Real> point, gradient;  // written by the search
  Threads threads;

  RayPoint evaluate(double step) const;
};

struct LineSearchResult {
  enum class Kind {
    kFound,              // the conditions of the search hold at `point`
    kDecrease,           // only the sufficient decrease does
    kNone,               // no lower loss was found; point and gradient are those of the last trial
    kNegativeCurvature,  // exact only: d'Hd <= 0
  };
  Kind kind;
  RayPoint at;
  std::int64_t evaluations = 0;
};

/// Searches along `ray` from `origin` (step 0, slope < 0), first trying the step `first` > 0.
///
/// wolfe: MoreThuente; if it ends without success, the lowest trial with sufficient decrease is
/// taken. exact: a = -g'd / d'Hd with one Hessian-vector product (`point` is its scratch space) and
/// one evaluation; where that does not lower the loss, the result is kNone.
RAVINE_EXPORT LineSearchResult search_line(const Ray& ray, const RayPoint& origin, double first,
                                           const LineSearchOptions& options);

}  // namespace ravine
