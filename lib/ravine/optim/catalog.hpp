#pragma once

#include <memory>
#include <string>
#include <utility>

#include "ravine/core/catalog.hpp"
#include "ravine/export.hpp"
#include "ravine/optim/averaging.hpp"
#include "ravine/optim/elementwise.hpp"
#include "ravine/optim/optimizer.hpp"
#include "ravine/optim/schedule.hpp"
#include "ravine/optim/scheduled_fields.hpp"

namespace ravine {

/// sgd, momentum, nesterov, adagrad, ...: the rules that take one gradient a step.
RAVINE_EXPORT const Catalog<Optimizer>& first_order_catalog();
/// Every optimizer with its citation: these rules, then second_order_catalog().
RAVINE_EXPORT const Catalog<Optimizer>& optimizer_catalog();

/// The catalog row of a Rule whose numeric fields may hold schedules: `wrap` makes the optimizer
/// from the rule and its ScheduledFields<Rule>.
template <class Rule, class Wrap>
CatalogEntry<Optimizer> scheduled_entry(std::string summary, std::string citation, Wrap wrap) {
  auto entry = catalog_entry<Optimizer, Rule>(
      std::move(summary), std::move(citation),
      [wrap](Rule rule) { return wrap(std::move(rule), ScheduledFields<Rule>()); });
  for (FieldDoc& field : entry.fields)
    if (field.is_real) field.kind = Schedule::kKind;
  entry.make = [wrap](const Component& component, const Catalog<Optimizer>& catalog) {
    Rule rule;
    ScheduledFields<Rule> scheduled(component, rule, catalog);
    return wrap(std::move(rule), std::move(scheduled));
  };
  entry.canonical = [](const Component& component, const Catalog<Optimizer>& catalog) {
    Rule rule;
    const ScheduledFields<Rule> scheduled(component, rule, catalog, Inner::kSpell);
    auto arguments = write_fields(std::move(rule));
    scheduled.write(arguments);
    return arguments;
  };
  return entry;
}

/// The catalog row of an elementwise rule, whose numeric fields may hold schedules:
///
///   auto mine = optimizer_catalog();
///   mine.add(elementwise_entry<MyRule>("what it does", "authors, year, algorithm number"));
template <class Rule>
CatalogEntry<Optimizer> elementwise_entry(std::string summary, std::string citation) {
  return scheduled_entry<Rule>(
      std::move(summary), std::move(citation), [](Rule rule, ScheduledFields<Rule> scheduled) {
        return std::make_unique<Elementwise<Rule>>(std::move(rule), std::move(scheduled));
      });
}

}  // namespace ravine
