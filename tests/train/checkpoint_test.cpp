#include "ravine/train/checkpoint.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "ravine/core/error.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/train/catalogs.hpp"
#include "ravine/train/trainer.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

namespace fs = std::filesystem;

// Every kind of state: two moments, batch-norm buffers, two averages, a curve in the making.
Trial whole_trial() {
  Trial trial;
  trial.problem = "mlp(data=glyphs, hidden=8, train=256)";
  trial.batch_norm = "hidden";
  trial.optimizer = "adam";
  trial.averaging = "polyak, ema(decay=0.9)";
  trial.learning_rate = 0.01;
  trial.batch_size = 32;
  trial.epochs = 3;
  return canonical(trial, Catalogs{});
}

class Checkpoint : public testing::Test {
 protected:
  std::unique_ptr<Trainer> trainer() const {
    return std::make_unique<Trainer>(trial_, *problem_, Catalogs{});
  }

  const TemporaryFolder folder_;
  const fs::path path_ = folder_ / "trial.checkpoint";
  const Trial trial_ = whole_trial();
  const std::shared_ptr<const Problem> problem_ = Catalogs().make_problem(trial_.problem, "hidden");
};

void expect_same_curve(const Curve& a, const Curve& b) {
  for (std::size_t i = 0; i < a.columns().size(); ++i) {
    const Column& column = a.columns()[i];
    if (column.timing) continue;
    const auto& other = b.columns()[i].values;
    ASSERT_EQ(column.values.size(), other.size());
    EXPECT_EQ(std::memcmp(column.values.data(), other.data(), other.size() * sizeof(double)), 0)
        << column.name;
  }
}

TEST_F(Checkpoint, ResumesWithTheSameBitsFromAnyStep) {
  const auto whole = trainer();
  ASSERT_TRUE(whole->run([] { return false; }));
  for (const std::int64_t halt : {1, 8, 13, 23}) {
    const auto first = trainer();
    ASSERT_FALSE(first->run([&] { return first->step() == halt; }));
    save_checkpoint(path_, *first, "the trial");
    const auto second = trainer();
    ASSERT_EQ(load_checkpoint(path_, *second, "the trial"), Loaded::kCheckpoint);
    EXPECT_EQ(second->step(), halt);
    ASSERT_TRUE(second->run([] { return false; }));
    expect_same_curve(whole->curve(), second->curve());
    EXPECT_EQ(whole->counts().gradients, second->counts().gradients);
  }
}

TEST_F(Checkpoint, IsOnlyForItsOwnTrial) {
  const auto first = trainer();
  EXPECT_EQ(load_checkpoint(path_, *first, "the trial"), Loaded::kNothing);
  ASSERT_FALSE(first->run([&] { return first->step() == 5; }));
  save_checkpoint(path_, *first, "the trial");
  EXPECT_THROW(load_checkpoint(path_, *trainer(), "another trial"), Error);
}

TEST_F(Checkpoint, ADamagedFileIsRefusedByName) {
  const auto first = trainer();
  ASSERT_FALSE(first->run([&] { return first->step() == 5; }));
  save_checkpoint(path_, *first, "the trial");
  const auto size = fs::file_size(path_);
  for (const std::uintmax_t at : {std::uintmax_t{3}, std::uintmax_t{100}, size / 2, size - 1}) {
    save_checkpoint(path_, *first, "the trial");
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const char old = static_cast<char>(file.get());
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(old ^ 16));
    file.close();
    const auto second = trainer();
    try {
      load_checkpoint(path_, *second, "the trial");
      ADD_FAILURE() << at;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(path_.string()), std::string::npos);
    }
    EXPECT_EQ(second->step(), 0);
  }
}

// Says that its trainer is at the start, and that step 0 is still to be observed.
struct BackToTheStart final : StateVisitor {
  void reals(std::string_view, std::span<Real>) override {}
  void doubles(std::string_view, std::span<double>) override {}
  void integer(std::string_view name, std::int64_t& value) override {
    if (name == "step" || name == "next_due") value = 0;
  }
};

// With rows it would not observe step 0 again, wait for it for ever and never end.
TEST_F(Checkpoint, OnlyATrialWithoutRowsIsStillToBeObserved) {
  const auto first = trainer();
  ASSERT_FALSE(first->run([&] { return first->step() == 5; }));
  BackToTheStart back;
  EXPECT_THROW(first->visit_state(back), Error);
  EXPECT_NO_THROW(trainer()->visit_state(back));
}

// Every rule and every second-order method, with what they remember; averages and a table beside.
TEST_F(Checkpoint, ResumesEveryOptimizerWithTheSameBits) {
  const Catalogs catalogs;
  const auto problem = Catalogs().make_problem("quadratic(dimension=10)");
  int resumed = 0;
  for (const std::string& name : catalogs.optimizers.names()) {
    if (name == "hessian_free") continue;  // needs a network: second_order/networks_test.cpp
    Trial trial;
    trial.problem = "quadratic(dimension=10)";
    trial.optimizer = name;
    trial.averaging = "polyak, ema(decay=0.9)";
    trial.learning_rate = 0.01;
    trial.batch_size = 0;
    trial.steps = 12;
    trial = canonical(trial, catalogs);
    const auto make = [&] { return std::make_unique<Trainer>(trial, *problem, catalogs); };
    const auto whole = make();
    ASSERT_TRUE(whole->run([] { return false; }));
    for (const std::int64_t halt : {1, 2, 7}) {
      const auto first = make(), second = make();
      if (first->run([&] { return first->step() == halt; })) continue;  // it has converged
      save_checkpoint(path_, *first, "the trial");
      ASSERT_EQ(load_checkpoint(path_, *second, "the trial"), Loaded::kCheckpoint) << name;
      ASSERT_TRUE(second->run([] { return false; }));
      SCOPED_TRACE(name + " from step " + std::to_string(halt));
      expect_same_curve(whole->curve(), second->curve());
      ++resumed;
    }
  }
  EXPECT_GT(resumed, 60);
}

}  // namespace
}  // namespace ravine
