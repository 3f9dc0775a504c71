// Where the time of a trial of the standard suite goes: training, averaging, evaluations of its
// curve, and the rest, which is bookkeeping (norms, recording, the durable write into the spool).

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "finished_trial.hpp"
#include "ravine/core/clock.hpp"
#include "ravine/results/spool.hpp"
#include "rows.hpp"
#include "work.hpp"

namespace ravine::kernels {
namespace {

class Timed {
 public:
  explicit Timed(Stopwatch& clock) : clock_(clock) { clock_.start(); }
  ~Timed() { clock_.pause(); }
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

 private:
  Stopwatch& clock_;
};

/// Another session, with its measurements on a clock.
class TimedSession final : public Session {
 public:
  TimedSession(std::unique_ptr<Session> inner, Stopwatch& evaluation)
      : inner_(std::move(inner)), evaluation_(evaluation) {}
  void select(std::int64_t step, std::span<const std::int32_t> examples) override {
    inner_->select(step, examples);
  }
  void project(std::span<Real> theta) override { inner_->project(theta); }
  void fold_statistics() override { inner_->fold_statistics(); }
  Metrics measure(std::span<const Real> theta) override {
    const Timed timed(evaluation_);
    return inner_->measure(theta);
  }
  Metrics measure_averaged(std::span<const Real> theta) override {
    const Timed timed(evaluation_);
    return inner_->measure_averaged(theta);
  }
  std::span<Real> buffers() override { return inner_->buffers(); }
  std::size_t workspace_bytes() const override { return inner_->workspace_bytes(); }
  bool stationary() const override { return inner_->stationary(); }

 private:
  double do_evaluate(std::span<const Real> theta, std::span<Real> gradient) override {
    return inner_->evaluate(theta, gradient);
  }
  std::unique_ptr<Session> inner_;
  Stopwatch& evaluation_;
};

class TimedProblem final : public Problem {
 public:
  TimedProblem(std::shared_ptr<const Problem> inner, Stopwatch& evaluation)
      : inner_(std::move(inner)), evaluation_(evaluation) {}
  const ParameterLayout& layout() const override { return inner_->layout(); }
  std::size_t train_begin() const override { return inner_->train_begin(); }
  std::size_t train_end() const override { return inner_->train_end(); }
  std::size_t least_batch() const override { return inner_->least_batch(); }
  void initialize(const Initializer& initializer, std::uint64_t seed,
                  std::span<Real> theta) const override {
    inner_->initialize(initializer, seed, theta);
  }
  std::unique_ptr<Session> start(std::uint64_t seed, std::size_t batch_size,
                                 Threads threads) const override {
    return std::make_unique<TimedSession>(inner_->start(seed, batch_size, threads), evaluation_);
  }
  Capabilities offers() const override { return inner_->offers(); }
  double flops_per_example() const override { return inner_->flops_per_example(); }
  std::string data_digest() const override { return inner_->data_digest(); }

 private:
  std::shared_ptr<const Problem> inner_;
  Stopwatch& evaluation_;
};

class TimedAveraging final : public Averaging {
 public:
  TimedAveraging(std::unique_ptr<Averaging> inner, Stopwatch& clock)
      : inner_(std::move(inner)), clock_(clock) {}
  void reset(const ParameterLayout& layout) override { inner_->reset(layout); }
  void update(std::int64_t step, std::int64_t total_steps, std::span<const Real> theta) override {
    const Timed timed(clock_);
    inner_->update(step, total_steps, theta);
  }
  bool ready() const override { return inner_->ready(); }
  void value(std::span<Real> average) const override { inner_->value(average); }
  void visit_state(StateVisitor& visitor) override { inner_->visit_state(visitor); }

 private:
  std::unique_ptr<Averaging> inner_;
  Stopwatch& clock_;
};

Catalogs with_timed_averages(Stopwatch& clock) {
  Catalogs catalogs;
  catalogs.averagings = Catalog<Averaging>("averaging");
  for (CatalogEntry<Averaging> entry : averaging_catalog().entries()) {
    entry.make = [make = entry.make, &clock](const Component& component,
                                             const Catalog<Averaging>& catalog) {
      return std::make_unique<TimedAveraging>(make(component, catalog), clock);
    };
    catalogs.averagings.add(std::move(entry));
  }
  return catalogs;
}

double train_seconds(const TrialRecord& record) {
  for (const Cell& cell : record.cells)
    if (cell.name == "train_seconds") return std::get<double>(cell.value);
  return 0;
}

void time_trial(benchmark::State& state, const Limits& limits, const std::string& problem) {
  Stopwatch evaluation, averaging, whole;
  PlannedTrial planned = standard_trial(problem);
  planned.problem = std::make_shared<TimedProblem>(planned.problem, evaluation);
  const Catalogs catalogs = with_timed_averages(averaging);
  const TemporaryFolder folder;
  Spool spool(folder.path() / "spool");
  double training = 0;
  for (auto _ : state) {
    const Timed timed(whole);
    const TrialRecord record = run_to_end(planned, catalogs);
    spool.write(record);
    training += train_seconds(record);
  }
  const double work = training + evaluation.seconds() + averaging.seconds();
  const auto share = [&](double seconds) { return seconds / whole.seconds(); };
  state.counters["training"] = share(training);
  state.counters["evaluation"] = share(evaluation.seconds());
  state.counters["averaging"] = share(averaging.seconds());
  state.counters["bookkeeping"] = 1 - share(work);
  report(state, limits,
         {.seconds = work / static_cast<double>(state.iterations()),
          .bound = "training, averaging and evaluations"});
  set_target(state, 0.98);
}

}  // namespace

void add_bookkeeping(const Limits& limits) {
  for (const char* problem : {"glyphs_mlp", "glyphs_logreg"})
    add_wall_row(fmt::format("trial/{}", problem), [=, &limits](benchmark::State& state) {
      time_trial(state, limits, problem);
    })->Unit(benchmark::kMillisecond);
}

}  // namespace ravine::kernels
