#include "ravine/plan/plan_lines.hpp"

namespace ravine {

std::string describe_line(const PlannedTrial& planned) {
  const Trial& t = planned.trial;
  return fmt::format(
      "{}  bn={}  {}  {}  {}  lr={}  batch={}  seed={}  steps={}", t.problem, t.batch_norm,
      t.initializer, t.optimizer, t.schedule, format_number(t.learning_rate),
      t.batch_size == 0 ? "full" : fmt::format("{}", t.batch_size), t.seed, planned.total_steps);
}

std::vector<PlanLine> plan_lines(const std::vector<PlannedTrial>& plan) {
  std::vector<PlanLine> lines;
  for (const PlannedTrial& planned : plan)
    lines.push_back({planned.id, planned.gigaflops, describe_line(planned)});
  return lines;
}

}  // namespace ravine
