#include "ravine/optim/schedules/warmup.hpp"

#include <utility>

#include "ravine/core/error.hpp"
#include "ravine/core/share.hpp"

namespace ravine {
namespace {

class Warmup final : public Schedule {
 public:
  Warmup(const WarmupSchedule& shape, std::unique_ptr<Schedule> then)
      : steps_(shape.steps), fraction_(shape.fraction), then_(std::move(then)) {}

  double value(std::int64_t step, std::int64_t total_steps) const override {
    if (steps_ == 0 && total_steps <= 0)
      fail("the number of steps is {}: a warm-up relative to the budget needs at least 1",
           total_steps);
    // floor(x + 1/2), from the floor of 2 x
    const std::int64_t warmup = steps_ > 0 ? steps_ : (fraction_.of(2 * total_steps) + 1) / 2;
    const std::int64_t remaining = std::max<std::int64_t>(total_steps - warmup, 1);
    if (step > warmup) return then_->value(step - warmup, remaining);
    return static_cast<double>(step) / static_cast<double>(warmup) * then_->value(1, remaining);
  }

 private:
  std::int64_t steps_;
  Share fraction_;
  std::unique_ptr<Schedule> then_;
};

}  // namespace

CatalogEntry<Schedule> warmup_entry(const Catalog<Schedule>& known) {
  const auto make = [known](const WarmupSchedule& shape) {
    return std::make_unique<Warmup>(shape, known.make(shape.then));
  };
  auto entry = catalog_entry<Schedule, WarmupSchedule>("linear rise, then another schedule",
                                                       "Goyal et al. 2017, section 2.2", make);
  entry.canonical = [known](const Component& component) {
    WarmupSchedule shape;
    read_fields(component, shape);
    shape.then = known.canonical(shape.then);
    return write_fields(shape);
  };
  return entry;
}

}  // namespace ravine
