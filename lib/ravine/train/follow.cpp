#include "ravine/train/follow.hpp"

#include "ravine/problems/problem.hpp"
#include "ravine/train/trainer.hpp"

namespace ravine {

Curve follow(const Trial& trial,
             const std::function<void(std::int64_t step, std::span<const Real> theta)>& visit,
             const Catalogs& catalogs) {
  const Trial checked = canonical(trial, catalogs);
  const auto problem = catalogs.make_problem(checked.problem, checked.batch_norm);
  Trainer trainer(checked, *problem, catalogs);
  // The trainer asks before every step: the iterate is then the one of the step before.
  trainer.run([&] {
    visit(trainer.step(), trainer.theta());
    return false;
  });
  visit(trainer.step(), trainer.theta());
  return trainer.curve();
}

}  // namespace ravine
