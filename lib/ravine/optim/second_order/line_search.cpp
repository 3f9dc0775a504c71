#include "ravine/optim/second_order/line_search.hpp"

#include <cmath>
#include <limits>

#include "ravine/core/error.hpp"
#include "ravine/core/text.hpp"
#include "ravine/linalg/stats.hpp"
#include "ravine/optim/second_order/vectors.hpp"

namespace ravine {
namespace {

using SearchKind = LineSearchResult::Kind;

LineSearchResult search_wolfe(const Ray& ray, const RayPoint& origin, double first,
                              const LineSearchOptions& options) {
  MoreThuente search(origin, first, {options.c1, options.c2});
  RayPoint best = origin;
  LineSearchResult result{SearchKind::kNone, origin};
  while (result.evaluations < options.trials && !search.exhausted()) {
    result.at = ray.evaluate(search.step());
    ++result.evaluations;
    if (search.accept(result.at.value, result.at.slope)) {
      result.kind = SearchKind::kFound;
      return result;
    }
    const double line = origin.value + options.c1 * result.at.step * origin.slope;
    if (result.at.value < best.value && result.at.value <= line) best = result.at;
  }
  if (best.step == 0) return result;
  if (result.at.step != best.step) {
    result.at = ray.evaluate(best.step);
    ++result.evaluations;
  }
  result.kind = SearchKind::kDecrease;
  return result;
}

LineSearchResult search_exact(const Ray& ray, const RayPoint& origin) {
  // The product needs one vector of scratch; the trial point is not in use yet.
  ray.objective.hessian_vector(ray.theta, ray.direction, ray.point);
  const double curvature = dot(ray.threads, ray.direction, ray.point);
  if (!(curvature > 0)) return {SearchKind::kNegativeCurvature, origin};
  LineSearchResult result{SearchKind::kNone, ray.evaluate(-origin.slope / curvature), 1};
  if (result.at.value < origin.value) result.kind = SearchKind::kFound;
  return result;
}

}  // namespace

void LineSearchOptions::check(std::string_view method) const {
  if (c1 >= c2)
    fail("{}(c1={}, c2={}): the strong Wolfe conditions need c1 < c2", method, format_number(c1),
         format_number(c2));
}

RayPoint Ray::evaluate(double step) const {
  add_scaled(threads, theta, step, direction, point);
  const double value = objective.evaluate(point, gradient);
  return {step, value, dot(threads, gradient, direction)};
}

LineSearchResult search_line(const Ray& ray, const RayPoint& origin, double first,
                             const LineSearchOptions& options) {
  return options.line_search == "exact" ? search_exact(ray, origin)
                                        : search_wolfe(ray, origin, first, options);
}

}  // namespace ravine
