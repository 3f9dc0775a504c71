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

/// The catalogue row of an elementwise rule, whose numeric fields may hold schedules:
///
///   auto mine = optimizer_catalog();
///   mine.add(elementwise_entry<MyRule>("what it does", "authors, year, algorithm number"));
template <class Rule>
CatalogEntry<Optimizer> elementwise_entry(std::string summary, std::string citation) {
  auto entry = catalog_entry<Optimizer, Rule>(
      std::move(summary), std::move(citation),
      [](Rule rule) { return std::make_unique<Elementwise<Rule>>(std::move(rule)); });
  entry.make = [](const Component& component) {
    Rule rule;
    ScheduledFields<Rule> scheduled(component, rule);
    return std::make_unique<Elementwise<Rule>>(std::move(rule), std::move(scheduled));
  };
  entry.canonical = [](const Component& component) {
    Rule rule;
    const ScheduledFields<Rule> scheduled(component, rule);
    auto arguments = write_fields(rule);
    scheduled.write(arguments);
    return arguments;
  };
  return entry;
}

}  // namespace ravine
