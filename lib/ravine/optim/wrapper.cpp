#include "ravine/optim/wrapper.hpp"

#include "ravine/core/error.hpp"

namespace ravine {

FirstOrder& wrapped_rule(std::string_view wrapper, const Nested<Optimizer>& inner,
                         bool moves_theta) {
  auto* rule = dynamic_cast<FirstOrder*>(inner.made.get());
  if (!rule)
    fail(
        "{}(inner) is '{}', which does not make one update from one gradient: use a rule such as "
        "sgd, momentum or adam, and put optimizers of more evaluations around the wrapper",
        wrapper, inner.text);
  if (moves_theta) refuse_iterates_elsewhere(wrapper, inner);
  return *rule;
}

void refuse_iterates_elsewhere(std::string_view wrapper, const Nested<Optimizer>& inner) {
  const auto* rule = dynamic_cast<const FirstOrder*>(inner.made.get());
  if (rule && rule->sets_theta())
    fail(
        "{}(inner) is '{}', whose iterates are not its theta, so a wrapper cannot move them: use "
        "another rule",
        wrapper, inner.text);
}

}  // namespace ravine
