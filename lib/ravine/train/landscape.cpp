#include "ravine/train/landscape.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "ravine/core/layout.hpp"

namespace ravine {
namespace {

enum Part { kLine, kIterate, kPlane };
using Vector = std::vector<double>;

constexpr int kRounds = 500;     // of the power iteration
constexpr double kMargin = 0.2;  // of the iterates' range, around them

double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

void subtract(Vector& a, double factor, const Vector& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] -= factor * b[i];
}

// Scales to length 1; false if there is no direction.
bool normalize(Vector& a) {
  const double length = std::sqrt(dot(a, a));
  if (!(length > 0)) return false;
  for (double& value : a) value /= length;
  return true;
}

// The first principal direction of the rows, orthogonal to `other`: power iteration on the small
// matrix of their products, so that the long vectors are met twice only.
Vector principal_direction(const std::vector<Vector>& rows, const Vector& other) {
  std::vector<Vector> rest = rows;
  if (!other.empty())
    for (Vector& row : rest) subtract(row, dot(row, other), other);
  const std::size_t n = rest.size();
  std::vector<Vector> products(n, Vector(n));
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j <= i; ++j) products[i][j] = products[j][i] = dot(rest[i], rest[j]);
  Vector weights(n, 1.0), next(n);
  for (int round = 0; round < kRounds; ++round) {
    for (std::size_t i = 0; i < n; ++i) next[i] = dot(products[i], weights);
    if (!normalize(next)) return {};
    weights.swap(next);
  }
  Vector direction(rest.front().size());
  for (std::size_t i = 0; i < n; ++i) subtract(direction, -weights[i], rest[i]);
  return normalize(direction) ? direction : Vector{};
}

double objective_at(Session& session, std::span<const Real> theta) {
  return session.measure_averaged(theta).objective;
}

}  // namespace

Table Landscape::empty_table() {
  return {"landscapes",
          {{"part", "", true, false, {}},
           {"step", "updates", false, false, {}},
           {"x", "1", false, false, {}},
           {"y", "1", false, false, {}},
           {"distance", "1", false, false, {}},
           {"objective", "", false, false, {}}}};
}

void Landscape::add(double part, double step, double x, double y, double distance,
                    double objective) {
  const std::array<double, 6> row = {part, step, x, y, distance, objective};
  for (std::size_t i = 0; i < row.size(); ++i) table_.columns[i].values.push_back(row[i]);
}

void Landscape::observe(std::int64_t step, double objective, std::span<const Real> theta) {
  length_ = theta.size();
  steps_.push_back(static_cast<double>(step));
  objectives_.push_back(objective);
  iterates_.insert(iterates_.end(), theta.begin(), theta.end());
}

void Landscape::finish(Session& session) {
  if (!table_.columns.front().values.empty() || steps_.size() < 2) return;
  for (const Real value : iterate(steps_.size() - 1))
    if (!std::isfinite(value)) return;
  add_line(session);
  add_plane(session);
}

void Landscape::add_line(Session& session) {
  const auto first = iterate(0), last = iterate(steps_.size() - 1);
  AlignedVector<Real> point(length_);
  for (int k = 0; k < kLinePoints; ++k) {
    const double x = (5.0 * k - 25) / 100;
    for (std::size_t i = 0; i < length_; ++i)
      point[i] = static_cast<Real>((1 - x) * first[i] + x * last[i]);
    add(kLine, Metrics::kNone, x, 0, 0, objective_at(session, point));
  }
}

std::vector<Vector> Landscape::centred() const {
  const auto last = iterate(steps_.size() - 1);
  std::vector<Vector> rows;
  for (std::size_t k = 0; k < steps_.size(); ++k) {
    rows.emplace_back(length_);
    for (std::size_t i = 0; i < length_; ++i)
      rows.back()[i] = static_cast<double>(iterate(k)[i]) - last[i];
  }
  return rows;
}

void Landscape::add_plane(Session& session) {
  const std::vector<Vector> rows = centred();
  const Vector p = principal_direction(rows, {});
  if (p.empty()) return;
  Vector q = principal_direction(rows, p);
  if (q.empty()) q.assign(length_, 0.0);  // the path is a line

  std::array<double, 4> range{};  // x from, x to, y from, y to; the end is at 0, 0
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const double x = dot(p, rows[k]), y = dot(q, rows[k]);
    const double rest = std::sqrt(std::max(0.0, dot(rows[k], rows[k]) - x * x - y * y));
    add(kIterate, steps_[k], x, y, rest, objectives_[k]);
    range = {std::min(range[0], x), std::max(range[1], x), std::min(range[2], y),
             std::max(range[3], y)};
  }
  const double width = range[1] - range[0], height = range[3] - range[2];
  const auto last = iterate(steps_.size() - 1);
  AlignedVector<Real> point(length_);
  for (int row = 0; row < kPlanePoints; ++row)
    for (int column = 0; column < kPlanePoints; ++column) {
      const double u = static_cast<double>(column) / (kPlanePoints - 1);
      const double v = static_cast<double>(row) / (kPlanePoints - 1);
      const double x = range[0] - kMargin * width + u * (1 + 2 * kMargin) * width;
      const double y = range[2] - kMargin * height + v * (1 + 2 * kMargin) * height;
      for (std::size_t i = 0; i < length_; ++i)
        point[i] = static_cast<Real>(last[i] + x * p[i] + y * q[i]);
      add(kPlane, Metrics::kNone, x, y, 0, objective_at(session, point));
    }
}

void Landscape::visit_state(StateVisitor& visitor, std::int64_t most, std::size_t parameters) {
  auto count = static_cast<std::int64_t>(steps_.size());
  auto length = static_cast<std::int64_t>(length_);
  visitor.integer("landscape_iterates", count);
  visitor.integer("landscape_length", length);
  check_state("landscape_iterates", count, most);
  if (length != static_cast<std::int64_t>(count > 0 ? parameters : length_))
    fail("the state 'landscape_length' is {}: the problem has {} parameters; start the trial anew",
         length, parameters);
  length_ = static_cast<std::size_t>(length);
  steps_.resize(static_cast<std::size_t>(count));
  objectives_.resize(steps_.size());
  iterates_.resize(steps_.size() * length_);
  visitor.doubles("landscape_steps", steps_);
  visitor.doubles("landscape_objectives", objectives_);
  visitor.reals("landscape_values", iterates_);
}

}  // namespace ravine
