#include "ravine/train/checkpoint.hpp"

#include <array>
#include <functional>
#include <memory>

#include "fuzz/sealed_file.hpp"
#include "ravine/core/environment.hpp"
#include "ravine/io/files.hpp"
#include "ravine/train/trainer.hpp"
#include "train/toy_problem.hpp"

namespace ravine::fuzz {
namespace {

constexpr std::array kOptimizers = {"adam", "lbfgs",     "conjugate_gradient",
                                    "bfgs", "lookahead", "schedule_free"};
constexpr std::int64_t kSteps = 12;

/// A trial of one optimizer and its checkpoint in the middle.
class Case {
 public:
  explicit Case(const char* optimizer) : trial_(make_trial(optimizer)), file_(halfway()) {}

  void resume(Input input) const {
    Trainer trainer(trial_, problem_, Catalogs{});
    if (load_checkpoint(file_.edited(input), trainer, kSpec) != Loaded::kCheckpoint) return;
    int left = 2 * kSteps;
    trainer.run([&] { return --left < 0; });
    require(left >= 0, "a trial that goes on comes to its end");
  }

 private:
  static constexpr std::string_view kSpec = "the trial";

  static Trial make_trial(const char* optimizer) {
    Trial trial;
    trial.problem = "rosenbrock";
    trial.optimizer = optimizer;
    trial.averaging = "polyak, ema(decay=0.9)";
    trial.batch_size = 0;
    trial.steps = kSteps;
    trial.learning_rate = 0.01;
    trial.record = "trajectories";
    return canonical(trial, Catalogs{});
  }
  SealedFile halfway() const {
    const MemoryFile file(".checkpoint");
    Trainer trainer(trial_, problem_, Catalogs{});
    trainer.run([&] { return trainer.step() == kSteps / 2; });
    save_checkpoint(file.path(), trainer, kSpec);
    return {read_bytes(file.path()), "ravine-checkpoint", build_id()};
  }

  const ToyProblem problem_;
  const Trial trial_;
  const SealedFile file_;
};

}  // namespace

// The first byte chooses the optimizer, the rest is a program of edits (sealed_file.hpp).
void checkpoint(Input input) {
  if (input.empty()) return;
  static std::array<std::unique_ptr<const Case>, kOptimizers.size()> cases;
  const std::size_t choice = input[0] % cases.size();
  if (!cases[choice]) cases[choice] = std::make_unique<const Case>(kOptimizers[choice]);
  cases[choice]->resume(input.subspan(1));
}

}  // namespace ravine::fuzz
