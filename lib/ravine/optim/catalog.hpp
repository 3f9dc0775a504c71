#pragma once

#include <memory>
#include <string>
#include <utility>

#include "ravine/core/catalog.hpp"
#include "ravine/export.hpp"
#include "ravine/optim/averaging.hpp"
#include "ravine/optim/blockwise.hpp"
#include "ravine/optim/elementwise.hpp"
#include "ravine/optim/global.hpp"
#include "ravine/optim/optimizer.hpp"
#include "ravine/optim/schedule.hpp"
#include "ravine/optim/scheduled_fields.hpp"
#include "ravine/optim/wrapper.hpp"

namespace ravine {

/// sgd, momentum, nesterov, adagrad, ...: the rules that follow gradients, and what goes around
/// them. All but sam, asam and sophia make one update from one gradient.
RAVINE_EXPORT const Catalog<Optimizer>& first_order_catalog();
/// Every optimizer with its citation: these rules, then second_order_catalog().
RAVINE_EXPORT const Catalog<Optimizer>& optimizer_catalog();

/// The catalog row of an optimizer Method that is made from Options (kName, fields(), ...) and
/// shows those that it has as options(). Its numeric fields may follow schedules: they get their
/// values there before every step, and options_changed(), if there is one, hears of it.
template <class Method, class Options>
CatalogEntry<Optimizer> optimizer_entry(std::string summary, std::string citation) {
  using Scheduled = ScheduledFields<Options>;
  auto entry = catalog_entry<Optimizer, Options>(
      std::move(summary), std::move(citation),
      [](Options options) { return std::make_unique<Method>(std::move(options)); });
  for (FieldDoc& field : entry.fields)
    if (field.is_real && !Scheduled::is_fixed(field.key)) field.kind = Schedule::kKind;
  entry.make = [](const Component& component, const Catalog<Optimizer>& catalog) {
    Options options;
    const Scheduled scheduled(component, options, catalog);
    auto method = std::make_unique<Method>(std::move(options));
    if (!scheduled.empty())
      method->follow([scheduled, self = method.get()](const StepInfo& info) {
        scheduled.resolve(info, self->options());
        if constexpr (requires { self->options_changed(); }) self->options_changed();
      });
    return method;
  };
  entry.canonical = [](const Component& component, const Catalog<Optimizer>& catalog) {
    Options options;
    const Scheduled scheduled(component, options, catalog, Inner::kSpell);
    auto arguments = write_fields(std::move(options));
    scheduled.write(arguments);
    return arguments;
  };
  return entry;
}

/// The same for an elementwise rule:
///
///   auto mine = optimizer_catalog();
///   mine.add(elementwise_entry<MyRule>("what it does", "authors, year, algorithm number"));
template <class Rule>
CatalogEntry<Optimizer> elementwise_entry(std::string summary, std::string citation) {
  return optimizer_entry<Elementwise<Rule>, Rule>(std::move(summary), std::move(citation));
}

/// The same for rules by block, for rules over everything, and for wrappers.
template <class Rule>
CatalogEntry<Optimizer> blockwise_entry(std::string summary, std::string citation) {
  return optimizer_entry<Blockwise<Rule>, Rule>(std::move(summary), std::move(citation));
}
template <class Rule>
CatalogEntry<Optimizer> global_entry(std::string summary, std::string citation) {
  return optimizer_entry<Global<Rule>, Rule>(std::move(summary), std::move(citation));
}
template <class Wrapper>
CatalogEntry<Optimizer> wrapper_entry(std::string summary, std::string citation) {
  return optimizer_entry<Wrapped<Wrapper>, Wrapper>(std::move(summary), std::move(citation));
}

}  // namespace ravine
