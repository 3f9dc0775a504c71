#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ravine/core/catalog.hpp"
#include "ravine/problems/function_problem.hpp"
#include "ravine/problems/problem.hpp"

namespace ravine {

/// An analytic function of a few variables: size(), start(x) and evaluate(x, g), which returns the
/// value and writes the gradient; hessian_vector(x, v, hv) if it has one.
template <class T>
concept AnalyticFunction = requires(const T& function, std::span<const double> x,
                                    std::span<double> g) {
  function.size();
  function.start(g);
  function.evaluate(x, g);
};

namespace detail {
/// Throws Error if batch normalization is asked of a problem without layers.
RAVINE_EXPORT void refuse_batch_norm(std::string_view name, const ProblemContext& context);

/// The recipe of a type with fields, which is a function or builds its problem itself.
template <class Fields>
class Recipe final : public ProblemRecipe {
 public:
  explicit Recipe(Fields fields) : fields_(std::move(fields)) {}

  TrialDefaults trial_defaults() const override {
    if constexpr (requires { fields_.trial_defaults(); })
      return fields_.trial_defaults();
    else
      return {};
  }

  std::shared_ptr<const Problem> build(const ProblemContext& context) const override {
    if constexpr (requires { fields_.build(context); }) {
      return fields_.build(context);
    } else {
      refuse_batch_norm(Fields::kName, context);
      if constexpr (requires { fields_.build(); })
        return fields_.build();
      else
        return std::make_shared<FunctionProblem<Fields>>(fields_);
    }
  }

 private:
  Fields fields_;
};
}  // namespace detail

/// The catalog row of a family of problems:
///
///   Catalogs mine;
///   mine.problems.add(problem_entry<MyFunction>("what it is", "authors, year, equation number"));
///
/// Fields is a struct with
///   kName, fields(f)   its name and hyperparameters, listed once
/// that is an AnalyticFunction, or has
///   build()            a shared_ptr<const Problem> of a model without layers to normalize, or
///   build(context)     the same where data sets or batch normalization are asked for
/// It may have
///   kVersion           rises whenever the same text gives other numbers
///   trial_defaults()   how it is trained unless told otherwise
///   normalize()        brings fields that can be written in several ways into one; throws Error.
///                      normalize(catalog) finds there what the catalog of problems nests: layers
///   kLaterKeys         fields that came later than stored trials: canonical texts name them only
///                      where they are not the default
template <class Fields>
CatalogEntry<ProblemRecipe> problem_entry(std::string summary, std::string citation) {
  auto entry = made_entry<ProblemRecipe, detail::Recipe<Fields>, Fields>(std::move(summary),
                                                                         std::move(citation));
  entry.canonical = [](const Component& component, const Catalog<ProblemRecipe>& catalog) {
    auto arguments = write_fields(detail::read_row<Fields>(component, catalog, Inner::kSpell));
    if constexpr (requires { Fields::kLaterKeys; }) {
      const auto defaults = write_fields(Fields());
      std::erase_if(arguments, [&](const auto& argument) {
        return std::ranges::find(Fields::kLaterKeys, argument.first) != Fields::kLaterKeys.end() &&
               std::ranges::find(defaults, argument) != defaults.end();
      });
    }
    return arguments;
  };
  return entry;
}

}  // namespace ravine
