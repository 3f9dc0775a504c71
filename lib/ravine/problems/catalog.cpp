#include <algorithm>
#include <utility>
#include <vector>

#include "ravine/problems/deep_quadratic.hpp"
#include "ravine/problems/function_problem.hpp"
#include "ravine/problems/functions.hpp"
#include "ravine/problems/linear_chain.hpp"
#include "ravine/problems/network_recipes.hpp"
#include "ravine/problems/noisy_quadratic.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/problems/reddi.hpp"
#include "ravine/problems/wilson.hpp"

namespace ravine {
namespace {

template <class Fields>
class NetworkRecipe final : public ProblemRecipe {
 public:
  explicit NetworkRecipe(Fields fields) : fields_(std::move(fields)) {}
  std::shared_ptr<const Problem> build(const ProblemContext& context) const override {
    return fields_.build(context);
  }

 private:
  Fields fields_;
};

void refuse_batch_norm(std::string_view name, const ProblemContext& context) {
  if (context.batch_norm != "off")
    fail("{} has no layers to normalize, but batch-norm is '{}': use off", name,
         context.batch_norm);
}

template <class Function>
class FunctionRecipe final : public ProblemRecipe {
 public:
  explicit FunctionRecipe(const Function& function) : function_(function) {}
  std::shared_ptr<const Problem> build(const ProblemContext& context) const override {
    refuse_batch_norm(Function::kName, context);
    return std::make_shared<FunctionProblem<Function>>(function_);
  }

 private:
  Function function_;
};

// A model that is a problem of its own, without layers or data files.
template <class Model>
class ModelRecipe final : public ProblemRecipe {
 public:
  explicit ModelRecipe(const Model& model) : model_(model) {}
  TrialDefaults trial_defaults() const override {
    if constexpr (requires { Model::trial_defaults(); })
      return Model::trial_defaults();
    else
      return {};
  }
  std::shared_ptr<const Problem> build(const ProblemContext& context) const override {
    refuse_batch_norm(Model::kName, context);
    return model_.build();
  }

 private:
  Model model_;
};

using Entry = CatalogEntry<ProblemRecipe>;

struct FileFields {
  DataFields data;
  template <class F>
  void fields(F&& field) {
    data.file_fields(field);
  }
};

// Keys that came later than the texts of stored trials are written only where they say something.
void drop_silent(std::vector<std::pair<std::string, std::string>>& arguments) {
  const auto silent = write_fields(FileFields{});
  std::erase_if(arguments, [&](const auto& argument) {
    return std::ranges::find(silent, argument) != silent.end();
  });
}

template <class Fields>
Entry network(std::string summary, std::string citation) {
  Entry entry = catalog_entry<ProblemRecipe, Fields>(
      std::move(summary), std::move(citation), [](Fields fields) {
        fields.normalize();
        return std::make_unique<NetworkRecipe<Fields>>(std::move(fields));
      });
  entry.canonical = [](const Component& component, const Catalog<ProblemRecipe>&) {
    Fields fields;
    read_fields(component, fields);
    fields.normalize();
    auto arguments = write_fields(fields);
    drop_silent(arguments);
    return arguments;
  };
  return entry;
}

template <class Function>
Entry function(std::string summary, std::string citation) {
  return catalog_entry<ProblemRecipe, Function>(
      std::move(summary), std::move(citation), [](const Function& function) {
        return std::make_unique<FunctionRecipe<Function>>(function);
      });
}

template <class Model>
Entry model(std::string summary, std::string citation) {
  return catalog_entry<ProblemRecipe, Model>(
      std::move(summary), std::move(citation),
      [](const Model& model) { return std::make_unique<ModelRecipe<Model>>(model); });
}

Catalog<ProblemRecipe> make_catalog() {
  Catalog<ProblemRecipe> catalog("problem");
  catalog.add(network<Net>("network of any layers", ""));
  catalog.add(network<Mlp>("multilayer perceptron", ""));
  catalog.add(network<LogisticRegression>("softmax regression, convex", ""));
  catalog.add(network<Autoencoder>("deep autoencoder with mirrored decoder",
                                   "Hinton & Salakhutdinov 2006; Martens 2010"));
  catalog.add(function<Quadratic>("axis-aligned quadratic ravine", "lecture L8, L21"));
  catalog.add(function<Rosenbrock>("curved valley", "Rosenbrock 1960"));
  catalog.add(function<Beale>("plateaus around a narrow minimum", "Beale 1958"));
  catalog.add(function<Saddle>("x^2 - y^2", "Dauphin et al. 2014"));
  catalog.add(function<LinearChain>("product of weights", "lecture L22"));
  catalog.add(model<DeepQuadraticFields>("noisy quadratic of DeepOBS, 100 dimensions",
                                         "Schneider et al. 2019"));
  catalog.add(model<NoisyQuadratic>("noise that the batch size divides", "Zhang et al. 2019"));
  catalog.add(model<Reddi>("online problem on which Adam fails", "Reddi et al. 2018, Figure 1"));
  catalog.add(
      model<Wilson>("least squares where adaptive rates fail", "Wilson et al. 2017, section 3.3"));

  catalog.alias("glyphs_mlp", "mlp(data=glyphs, hidden=100x2, activation=relu)", "ReLU network");
  catalog.alias("glyphs_logreg", "logreg(data=glyphs)", "convex");
  catalog.alias("mnist_mlp", "mlp(data=mnist, hidden=1000x2, activation=relu)", "ReLU network");
  catalog.alias("mnist_logreg", "logreg(data=mnist)", "convex");
  catalog.alias("fashion_mnist_mlp", "mlp(data=fashion_mnist, hidden=1000x2, activation=relu)",
                "ReLU network");
  catalog.alias("fashion_mnist_logreg", "logreg(data=fashion_mnist)", "convex");
  catalog.alias("deepobs_mnist_mlp", "mlp(data=mnist, hidden=1000-500-100, activation=relu)",
                "with truncated_normal(sd=0.03); Schneider et al. 2019");
  catalog.alias("deepobs_fashion_mnist_mlp",
                "mlp(data=fashion_mnist, hidden=1000-500-100, activation=relu)",
                "with truncated_normal(sd=0.03); Schneider et al. 2019");
  catalog.alias("mnist_autoencoder",
                "autoencoder(data=mnist, hidden=1000-500-250, code=30, report=squared_error)",
                "Hinton & Salakhutdinov 2006");
  catalog.alias("curves_autoencoder",
                "autoencoder(data=curves, hidden=400-200-100-50-25, code=6, report=squared_error)",
                "Hinton & Salakhutdinov 2006");
  return catalog;
}

const CatalogEntry<ProblemRecipe>& entry_of(std::string_view text) {
  const Catalog<ProblemRecipe>& catalog = problem_catalog();
  return catalog.entry(catalog.expand(text).name);
}

}  // namespace

const Catalog<ProblemRecipe>& problem_catalog() {
  static const Catalog<ProblemRecipe> catalog = make_catalog();
  return catalog;
}

const std::vector<LayerDiagnostics>& Session::diagnose(std::span<const Real>) {
  fail("this problem has no layers to diagnose: leave the diagnostics out");
}

std::string canonical_problem(std::string_view text) { return problem_catalog().canonical(text); }

int problem_version(std::string_view text) { return entry_of(text).version; }

const std::vector<FieldDoc>& problem_fields(std::string_view text) { return entry_of(text).fields; }

TrialDefaults trial_defaults(std::string_view problem) {
  return problem_catalog().make(problem)->trial_defaults();
}

std::shared_ptr<const Problem> make_problem(std::string_view text, const ProblemContext& context) {
  return problem_catalog().make(text)->build(context);
}

}  // namespace ravine
