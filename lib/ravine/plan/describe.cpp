#include <algorithm>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "ravine/core/trial_fields.hpp"
#include "ravine/plan/plan.hpp"

namespace ravine {
namespace {

// "optimizer = adam(beta1=0.9, ...)" gives the cells optimizer_beta1 = 0.9, ... A number that is
// scheduled has no single value: NaN, and the text says the rest. A component gives its text, then
// its own parameters: optimizer_inner, optimizer_inner_beta1, ...
void add_parameters(std::vector<Cell>& cells, const std::string& factor, const std::string& text,
                    const std::vector<FieldDoc>& fields) {
  const Component component = Component::parse(text);
  for (const FieldDoc& field : fields) {
    const std::string* value = component.find(field.key);
    if (!value) continue;
    Cell cell{factor + "_" + field.key, *value, "", false};
    if (field.numeric) {
      double number = Metrics::kNone;
      if (*value == "true" || *value == "false")
        number = *value == "true";
      else if (value->find('(') == std::string::npos)
        number = parse_double(*value, cell.name);
      cell.value = number;
    }
    cells.push_back(std::move(cell));
  }
}

void add_parameters(std::vector<Cell>& cells, const std::string& factor, const std::string& text,
                    const AnyCatalog& catalog) {
  const Component component = Component::parse(text);
  add_parameters(cells, factor, text, catalog.row(component.name).fields);
  for (const AnyCatalog::Held& one : catalog.held(component))
    if (!one.field.numeric)
      add_parameters(cells, factor + "_" + one.field.key, one.text, one.catalog);
}

}  // namespace

void set_labels(TrialRecord& record, const std::vector<Cell>& labels) {
  std::erase_if(record.cells, [](const Cell& cell) {
    return std::find(kLabels.begin(), kLabels.end(), cell.name) != kLabels.end();
  });
  record.cells.insert(record.cells.end(), labels.begin(), labels.end());
}

std::vector<Cell> describe(const PlannedTrial& planned, const Catalogs& catalogs) {
  const Trial& trial = planned.trial;
  std::vector<Cell> cells;
  trial.each([&](const char* name, const auto& value, auto&&, auto&&, const FieldUse& use) {
    using T = std::remove_cvref_t<decltype(value)>;
    if (use.role == Role::kBudget) return;  // budget_steps says it, whichever way it was given
    if (std::string_view(name) == "record" && trial.record == "none") return;
    if constexpr (std::is_same_v<T, bool>)
      cells.push_back({name, std::int64_t{value}, use.unit, false});
    else
      cells.push_back({name, value, use.unit, false});
  });
  cells.push_back({"budget_steps", planned.total_steps, "updates", false});
  if (const std::string title = planned.problem->title(); !title.empty())
    cells.push_back({"problem_title", title, "", false});
  cells.push_back(
      {"objective_unit", std::string(planned.problem->loss_units().objective), "", false});
  cells.push_back({"loss_unit", std::string(planned.problem->loss_units().losses), "", false});
  add_parameters(cells, "problem", trial.problem, catalogs.problems);
  add_parameters(cells, "optimizer", trial.optimizer, catalogs.optimizers);
  add_parameters(cells, "schedule", trial.schedule, catalogs.schedules);
  add_parameters(cells, "initializer", trial.initializer, catalogs.initializers);
  cells.insert(cells.end(), planned.labels.begin(), planned.labels.end());
  return cells;
}

}  // namespace ravine
