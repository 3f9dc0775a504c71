#include "ravine/core/interrupt.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "ravine/core/parallel.hpp"
#include "ravine/io/files.hpp"
#include "ravine/run/scheduler.hpp"
#include "ravine/train/checkpoint.hpp"
#include "ravine/train/trainer.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

TEST(Interrupt, EndsAParallelLoopBetweenItsChunks) {
  std::atomic<bool> stop = true;
  std::atomic<int> chunks = 0;
  for (const int threads : {1, 2}) {
    const Interrupt interrupt(stop, 0.05);
    chunks = 0;
    const auto work = [&](std::size_t, std::size_t) {
      ++chunks;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      return 1.0;
    };
    EXPECT_THROW(parallel_chunks(Threads{threads, &interrupt}, 1000, 1, work), Interrupted);
    EXPECT_GE(chunks, 1);  // the grace
    EXPECT_LT(chunks, 100);
    EXPECT_THROW(parallel_sum(Threads{threads, &interrupt}, 1000, 1, work), Interrupted);
  }
  stop = false;
  const Interrupt never(stop, 0);
  EXPECT_EQ(parallel_sum(Threads{1, &never}, 5, 1, [](std::size_t, std::size_t) { return 1.0; }),
            5);
}

/// f(theta) = 1/2 |theta - 1|^2 in two dimensions, which waits in chunks, for a minute altogether,
/// in the evaluation of step `slow_step` or in the measurement after it.
class SlowProblem final : public Problem {
 public:
  SlowProblem(std::int64_t slow_step, bool in_measurement)
      : slow_step_(slow_step), in_measurement_(in_measurement) {
    layout_.add("theta", 2, 1, BlockKind::kWeight);
  }
  const ParameterLayout& layout() const override { return layout_; }
  std::size_t train_end() const override { return 10; }
  double flops_per_example() const override { return 4; }
  void initialize(const Initializer&, std::uint64_t, std::span<Real> theta) const override {
    theta[0] = 3;
    theta[1] = -2;
  }
  std::unique_ptr<Session> start(std::uint64_t, std::size_t, Threads threads) const override {
    return std::make_unique<SlowSession>(*this, threads);
  }
  mutable std::atomic<bool> waiting = false;

 private:
  class SlowSession final : public Session {
   public:
    SlowSession(const SlowProblem& problem, Threads threads)
        : problem_(problem), threads_(threads) {}
    void select(std::int64_t step, std::span<const std::int32_t>) override {
      step_ = step;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));  // longer than copies take
    }
    Metrics measure(std::span<const Real> theta) override {
      wait(true);
      Metrics metrics;
      metrics.objective = metrics.train_loss = value(theta);
      return metrics;
    }

   private:
    void wait(bool measuring) {
      if (step_ != problem_.slow_step_ || measuring != problem_.in_measurement_) return;
      problem_.waiting = true;
      parallel_chunks(threads_, 3000, 1, [](std::size_t, std::size_t) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      });
    }
    static double value(std::span<const Real> theta) {
      const double a = theta[0] - 1, b = theta[1] - 1;
      return 0.5 * (a * a + b * b);
    }
    double do_evaluate(std::span<const Real> theta, std::span<Real> gradient) override {
      if (!gradient.empty())
        for (std::size_t i = 0; i < 2; ++i) gradient[i] = theta[i] - 1;
      wait(false);
      return value(theta);
    }
    const SlowProblem& problem_;
    Threads threads_;
    std::int64_t step_ = 0;
  };

  ParameterLayout layout_;
  std::int64_t slow_step_;
  bool in_measurement_;
};

PlannedTrial planned(std::shared_ptr<const Problem> problem) {
  PlannedTrial planned;
  planned.trial.problem = "rosenbrock";  // only its text
  planned.trial.optimizer = "adam";
  planned.trial.averaging = "polyak, ema(decay=0.5)";
  planned.trial.batch_size = 5;
  planned.trial.steps = 20;
  planned.trial.record = "trajectories";
  planned.trial = canonical(planned.trial, Catalogs{});
  planned.problem = std::move(problem);
  planned.spec = trial_spec(planned.trial, "", Catalogs{});
  planned.id = trial_id(planned.spec);
  planned.total_steps = 20;
  return planned;
}

class LongStep : public testing::TestWithParam<bool> {};

TEST_P(LongStep, IsAbandonedAndTheCheckpointHoldsTheBoundaryBeforeIt) {
  const TemporaryFolder folder;
  const Catalogs catalogs;
  const RunOptions options{.checkpoints = folder.path()};
  const PlannedTrial quick = planned(std::make_shared<SlowProblem>(-1, false));
  std::atomic<bool> stop = false;
  Progress progress;
  TrialRecord whole, resumed;
  ASSERT_TRUE(run_trial(quick, catalogs, {}, stop, progress, whole));

  const auto problem = std::make_shared<SlowProblem>(8, GetParam());
  const PlannedTrial slow = planned(problem);
  ASSERT_EQ(slow.id, quick.id);
  Clock::time_point asked;
  std::thread user([&] {
    while (!problem->waiting) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    asked = Clock::now();
    stop = true;
  });
  EXPECT_FALSE(run_trial(slow, catalogs, options, stop, progress, resumed));
  user.join();
  EXPECT_LT(seconds_since(asked), 5);
  EXPECT_TRUE(resumed.id.empty());
  Trainer halted(quick.trial, *quick.problem, catalogs);
  ASSERT_EQ(load_checkpoint(folder / (slow.id + ".checkpoint"), halted, quick.spec),
            Loaded::kCheckpoint);
  EXPECT_EQ(halted.step(), 7);

  stop = false;
  ASSERT_TRUE(run_trial(quick, catalogs, options, stop, progress, resumed));
  EXPECT_EQ(record_digest(resumed), record_digest(whole));
  EXPECT_EQ(progress.running, 0u);
}

INSTANTIATE_TEST_SUITE_P(EvaluationAndMeasurement, LongStep, testing::Bool());

TEST(LongStep, WithoutAnyBoundaryLeavesNothing) {
  const TemporaryFolder folder;
  const auto problem = std::make_shared<SlowProblem>(0, true);  // the very first measurement
  const PlannedTrial slow = planned(problem);
  std::atomic<bool> stop = true;
  Progress progress;
  TrialRecord record;
  EXPECT_FALSE(run_trial(slow, Catalogs{}, {.checkpoints = folder.path()}, stop, progress, record));
  EXPECT_EQ(folder.count(), 0u);
}

TEST(LongStep, ADamagedCheckpointIsNamedAndSetAside) {
  const TemporaryFolder folder;
  const PlannedTrial quick = planned(std::make_shared<SlowProblem>(-1, false));
  write_bytes(folder / (quick.id + ".checkpoint"), std::vector<std::byte>(1000));
  std::vector<std::string> said;
  const RunOptions options{.checkpoints = folder.path(),
                           .warn = [&](const std::string& text) { said.push_back(text); }};
  std::atomic<bool> stop = false;
  Progress progress;
  TrialRecord whole, record;
  ASSERT_TRUE(run_trial(quick, Catalogs{}, {}, stop, progress, whole));
  ASSERT_TRUE(run_trial(quick, Catalogs{}, options, stop, progress, record));
  EXPECT_EQ(record_digest(record), record_digest(whole));
  ASSERT_EQ(said.size(), 1u);
  EXPECT_NE(said[0].find(quick.id + ".checkpoint.damaged"), std::string::npos) << said[0];
  EXPECT_TRUE(std::filesystem::exists(folder / (quick.id + ".checkpoint.damaged")));
}

}  // namespace
}  // namespace ravine
