#include "ravine/train/landscape.hpp"
#include "ravine/train/catalogs.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "ravine/train/trainer.hpp"
#include "train/columns.hpp"

namespace ravine {
namespace {

// f(x, y) = 1/2 (x^2 + 100 y^2), met at three iterates of a path whose plane is the whole space.
struct Descent {
  std::shared_ptr<const Problem> problem =
      Catalogs().make_problem("quadratic(dimension=2, condition=100)");
  std::unique_ptr<Session> session = problem->start(0, 1, {});
  std::size_t length = problem->layout().size();
  Landscape landscape;

  std::vector<AlignedVector<Real>> path() const {
    std::vector<AlignedVector<Real>> points(3, AlignedVector<Real>(length));
    points[0][0] = 1, points[0][1] = 1;
    points[1][0] = Real(0.5), points[1][1] = Real(-0.25);
    return points;
  }
  double objective(std::span<const Real> theta) { return session->measure(theta).objective; }
};

TEST(Landscape, LineAndPlaneAreTheObjectiveOfTheProblem) {
  Descent d;
  const auto path = d.path();
  for (std::size_t k = 0; k < path.size(); ++k)
    d.landscape.observe(static_cast<std::int64_t>(k), d.objective(path[k]), path[k]);
  d.landscape.finish(*d.session);
  const Table& table = d.landscape.table();
  const auto &part = values_of(table.columns, "part"), &x = values_of(table.columns, "x"),
             &y = values_of(table.columns, "y"), &objective = values_of(table.columns, "objective"),
             &distance = values_of(table.columns, "distance");
  ASSERT_EQ(part.size(), 36u + 3u + 441u);

  const double start = d.objective(path[0]);
  for (std::size_t i = 0; i < 36; ++i)  // from (1, 1) to the minimum at 0
    EXPECT_NEAR(objective[i], start * (1 - x[i]) * (1 - x[i]), 1e-5 * start);

  // Directions are orthonormal: distances from the end are kept, and the plane holds the path.
  for (std::size_t k = 0; k < 3; ++k) {
    const double length = std::hypot(path[k][0], path[k][1]);
    EXPECT_NEAR(std::hypot(x[36 + k], y[36 + k]), length, 1e-6);
    EXPECT_NEAR(distance[36 + k], 0, 1e-6);
  }

  // The plane is the plane of the two coordinates, turned: the mean curvature is that of f.
  double least = objective[39];
  for (std::size_t i = 39; i < part.size(); ++i) least = std::min(least, objective[i]);
  EXPECT_GE(least, 0);
  EXPECT_LT(least, 0.05 * start);
}

TEST(Landscape, TheFirstDirectionHasTheLargestVariance) {
  Descent d;
  const auto path = d.path();
  for (std::size_t k = 0; k < path.size(); ++k)
    d.landscape.observe(static_cast<std::int64_t>(k), d.objective(path[k]), path[k]);
  d.landscape.finish(*d.session);
  const auto &x = values_of(d.landscape.table().columns, "x"),
             &y = values_of(d.landscape.table().columns, "y");
  // [1 1; 0.5 -0.25]: singular values squared (2.3125 +- sqrt(2.3125^2 - 4 * 0.5625)) / 2.
  const double root = std::sqrt(2.3125 * 2.3125 - 4 * 0.5625);
  double along = 0, across = 0;
  for (std::size_t k = 36; k < 39; ++k) along += x[k] * x[k], across += y[k] * y[k];
  EXPECT_NEAR(along, (2.3125 + root) / 2, 1e-6);
  EXPECT_NEAR(across, (2.3125 - root) / 2, 1e-6);
}

TEST(Landscape, ATrialThatAsksGetsItAndADivergedOneDoesNot) {
  Trial trial;
  trial.problem = "rosenbrock";
  trial.record = "landscapes";
  trial.batch_size = 0;
  trial.steps = 20;
  trial.learning_rate = 1e-3;
  const auto rows = [](Trial asked) {
    const Catalogs catalogs;
    asked = canonical(asked, catalogs);
    const auto problem = Catalogs().make_problem(asked.problem);
    Trainer trainer(asked, *problem, catalogs);
    trainer.run([] { return false; });
    return row_count(trainer.tables().front());
  };
  EXPECT_GT(rows(trial), 36u + 441u);
  trial.learning_rate = 10;
  EXPECT_EQ(rows(trial), 0u);
}

}  // namespace
}  // namespace ravine
