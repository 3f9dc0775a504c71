#include "ravine/train/recording.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "ravine/core/error.hpp"
#include "ravine/train/catalogs.hpp"
#include "ravine/train/checkpoint.hpp"
#include "ravine/train/trainer.hpp"
#include "support/temporary_folder.hpp"
#include "train/columns.hpp"

namespace ravine {
namespace {

Trial trial(const std::string& problem, const std::string& record) {
  Trial trial;
  trial.problem = problem;
  trial.record = record;
  trial.batch_size = 64;
  trial.learning_rate = 1e-3;
  trial.steps = 12;
  return canonical(trial, Catalogs{});
}

const char* const kNetwork = "mlp(data=glyphs, hidden=8x2, train=256)";

TEST(Recording, HasOneTextForOneMeaning) {
  EXPECT_EQ(canonical_recording("none"), "none");
  EXPECT_EQ(canonical_recording("trajectories,diagnostics"), "diagnostics, trajectories");
  EXPECT_EQ(canonical_recording("diagnostics, diagnostics"), "diagnostics");
  for (const char* bad : {"", "diagnostic", "none, diagnostics"})
    EXPECT_THROW(canonical_recording(bad), Error) << bad;
}

TEST(Recording, IsPartOfTheSpecOnlyWhereItIsAskedFor) {
  const Catalogs catalogs;
  const std::string plain = trial_spec(trial(kNetwork, "none"), "", catalogs);
  const std::string full = trial_spec(trial(kNetwork, "diagnostics"), "", catalogs);
  EXPECT_EQ(plain.find("record"), std::string::npos);
  EXPECT_NE(full.find("record = diagnostics\n"), std::string::npos);
  EXPECT_EQ(parse_spec(plain).record, "none");
  EXPECT_EQ(parse_spec(full).record, "diagnostics");
}

TEST(Recording, IsRefusedWhereTheProblemCannotGiveIt) {
  const auto network = Catalogs().make_problem(kNetwork),
             function = Catalogs().make_problem("rosenbrock");
  EXPECT_NO_THROW(check_recording("diagnostics", *network));
  EXPECT_NO_THROW(check_recording("trajectories", *function));
  EXPECT_THROW(check_recording("trajectories", *network), Error);
  EXPECT_THROW(check_recording("diagnostics", *function), Error);
}

TEST(Recording, KeepsEveryIterateOfADescent) {
  Trial asked = trial("rosenbrock", "trajectories");
  asked.batch_size = 0;
  asked.observe = "even(count=12)";
  asked = canonical(asked, Catalogs{});
  const auto problem = Catalogs().make_problem(asked.problem);
  Trainer trainer(asked, *problem, Catalogs{});
  ASSERT_TRUE(trainer.run([] { return false; }));
  ASSERT_EQ(trainer.tables().size(), 1u);
  const Table& table = trainer.tables()[0];
  EXPECT_EQ(table.name, "trajectories");
  ASSERT_EQ(row_count(table), 13u);
  // f = (1 - x)^2 + 100 (y - x^2)^2 from (-1.2, 1) by gradient descent.
  Real x = Real(-1.2), y = 1;
  for (std::size_t t = 0; t <= 12; ++t) {
    EXPECT_EQ(values_of(table.columns, "step")[t], static_cast<double>(t));
    EXPECT_NEAR(values_of(table.columns, "x0")[t], x, 1e-4);
    EXPECT_NEAR(values_of(table.columns, "x1")[t], y, 1e-4);
    const double gx = -2 * (1.0 - x) - 400.0 * x * (y - x * x), gy = 200.0 * (y - x * x);
    x -= static_cast<Real>(1e-3 * gx);
    y -= static_cast<Real>(1e-3 * gy);
  }
  EXPECT_EQ(values_of(table.columns, "x0").back(), trainer.theta()[0]);
}

TEST(Recording, HasARowPerLayerAndObservation) {
  const Trial asked = trial(kNetwork, "diagnostics");
  const auto problem = Catalogs().make_problem(asked.problem);
  Trainer trainer(asked, *problem, Catalogs{});
  ASSERT_TRUE(trainer.run([] { return false; }));
  const Table& table = trainer.tables().at(0);
  const std::vector<double>& steps = trainer.curve().columns()[0].values;
  ASSERT_EQ(row_count(table), 3 * steps.size());
  for (std::size_t row = 0; row < row_count(table); ++row) {
    EXPECT_EQ(values_of(table.columns, "step")[row], steps[row / 3]);
    EXPECT_EQ(values_of(table.columns, "layer")[row], static_cast<double>(row % 3 + 1));
  }
}

TEST(Recording, DeltasHaveTheUnitOfTheObjective) {
  for (const auto& [loss, unit] : {std::pair("softmax", "nats"), std::pair("squared", "1")}) {
    const auto problem =
        Catalogs().make_problem(fmt::format("mlp(data=glyphs, train=64, loss={})", loss));
    const Recording recording("diagnostics", *problem);
    EXPECT_EQ(recording.tables().at(0).columns.at(0).unit, "updates");
    for (const Column& one : recording.tables().at(0).columns)
      if (one.name.starts_with("delta")) {
        EXPECT_EQ(one.unit, unit) << one.name;
      }
  }
}

TEST(Recording, ChangesNothingElse) {
  const auto problem = Catalogs().make_problem(kNetwork, "hidden");
  std::vector<std::vector<Column>> curves;
  for (const char* record : {"none", "diagnostics"}) {
    Trainer trainer(trial(kNetwork, record), *problem, Catalogs{});
    ASSERT_TRUE(trainer.run([] { return false; }));
    curves.push_back(trainer.curve().columns());
  }
  for (std::size_t i = 0; i < curves[0].size(); ++i) {
    const Column &plain = curves[0][i], &full = curves[1][i];
    ASSERT_EQ(plain.values.size(), full.values.size());
    if (plain.timing) continue;
    EXPECT_EQ(
        std::memcmp(plain.values.data(), full.values.data(), plain.values.size() * sizeof(double)),
        0)
        << plain.name;
  }
}

TEST(Recording, GoesOnFromACheckpoint) {
  const TemporaryFolder folder;
  const Trial asked = trial(kNetwork, "diagnostics");
  const auto problem = Catalogs().make_problem(asked.problem);
  Trainer whole(asked, *problem, Catalogs{}), first(asked, *problem, Catalogs{}),
      second(asked, *problem, Catalogs{});
  ASSERT_TRUE(whole.run([] { return false; }));
  ASSERT_FALSE(first.run([&] { return first.step() == 5; }));
  save_checkpoint(folder / "checkpoint", first, "spec");
  ASSERT_EQ(load_checkpoint(folder / "checkpoint", second, "spec"), Loaded::kCheckpoint);
  ASSERT_TRUE(second.run([] { return false; }));
  TrialRecord a, b;
  a.tables = whole.tables();
  b.tables = second.tables();
  EXPECT_GT(row_count(b.tables.at(0)), 0u);
  EXPECT_EQ(record_digest(a), record_digest(b));
}

}  // namespace
}  // namespace ravine
