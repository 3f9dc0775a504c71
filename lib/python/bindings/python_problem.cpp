#include "python_problem.hpp"

#include <algorithm>
#include <utility>

#include "python_fields.hpp"

namespace ravine {
namespace {

/// What the driver of ravine/training/own_problems.py says of itself, once for all trials.
struct Shape {
  std::string name;
  ParameterLayout layout;
  std::size_t examples = 1;
  std::vector<std::string> metrics;
};

template <class F>
auto in_python(const std::string& who, F&& f) {
  const py::gil_scoped_acquire gil;
  try {
    return f();
  } catch (py::error_already_set& error) {
    fail_in_python(who, error);
  }
}

class PythonSession final : public Session {
 public:
  PythonSession(const Shape& shape, std::shared_ptr<py::object> driver, bool full_batch)
      : shape_(shape), full_batch_(full_batch), driver_(std::move(driver)) {
    in_python(shape_.name, [&] {
      theta_ = shared_object(new_vector(shape_.layout.size()));
      gradient_ = shared_object(new_vector(shape_.layout.size()));
      view_ = shared_object(driver_->attr("session")(*theta_, *gradient_));
      evaluate_ = shared_object(view_->attr("evaluate"));
    });
  }

  bool stationary() const override { return full_batch_; }
  void select(std::int64_t, std::span<const std::int32_t> examples) override {
    in_python(shape_.name, [&] {
      py::array_t<std::int32_t> batch(static_cast<py::ssize_t>(examples.size()));
      std::ranges::copy(examples, batch.mutable_data());
      view_->attr("batch") = batch;
    });
  }

  Metrics measure(std::span<const Real> theta) override {
    Metrics metrics;
    in_python(shape_.name, [&] {
      std::ranges::copy(theta, vector(theta_).begin());
      const py::dict measured = view_->attr("measure")();
      for (const MetricInfo& metric : kMetrics)
        if (measured.contains(std::string(metric.name).c_str()))
          metrics.*metric.value = measured[std::string(metric.name).c_str()].cast<double>();
    });
    return metrics;
  }

 private:
  double do_evaluate(std::span<const Real> theta, std::span<Real> gradient) override {
    return in_python(shape_.name, [&] {
      std::ranges::copy(theta, vector(theta_).begin());
      const double loss = (*evaluate_)(!gradient.empty()).cast<double>();
      if (gradient.empty()) return loss;
      for (const Block& block : shape_.layout.blocks())  // never the padding
        std::ranges::copy(block.of(vector(gradient_)), block.of(gradient).begin());
      return loss;
    });
  }
  static std::span<Real> vector(const std::shared_ptr<py::object>& array) {
    auto whole = py::reinterpret_borrow<py::array_t<Real>>(*array);
    return {whole.mutable_data(), static_cast<std::size_t>(whole.size())};
  }

  const Shape& shape_;
  const bool full_batch_;
  std::shared_ptr<py::object> driver_, theta_, gradient_, view_, evaluate_;
};

class PythonProblem final : public Problem {
 public:
  PythonProblem(Shape shape, std::shared_ptr<py::object> driver)
      : shape_(std::move(shape)), driver_(std::move(driver)) {}

  const ParameterLayout& layout() const override { return shape_.layout; }
  std::size_t train_end() const override { return shape_.examples; }
  void initialize(const Initializer&, std::uint64_t seed, std::span<Real> theta) const override {
    in_python(shape_.name, [&] {
      py::array_t<Real> start = new_vector(theta.size());
      driver_->attr("start")(start, seed);
      const std::span<const Real> from = numbers(start, theta.size(), "theta");
      for (const Block& block : shape_.layout.blocks())
        std::ranges::copy(block.of(from), block.of(theta).begin());
    });
  }
  std::unique_ptr<Session> start(std::uint64_t, std::size_t batch_size, Threads) const override {
    return std::make_unique<PythonSession>(shape_, driver_, batch_size == shape_.examples);
  }
  double flops_per_example() const override {
    return 4 * static_cast<double>(shape_.layout.parameter_count());
  }
  Capabilities offers() const override { return {Capability::kGradient, Capability::kStationary}; }
  std::vector<std::string_view> metrics() const override {
    return {shape_.metrics.begin(), shape_.metrics.end()};
  }

 private:
  const Shape shape_;
  const std::shared_ptr<py::object> driver_;
};

struct Recipe final : ProblemRecipe {
  Recipe(std::string name_, std::shared_ptr<py::object> make_driver_, PythonFields fields_)
      : name(std::move(name_)), make_driver(std::move(make_driver_)), fields(std::move(fields_)) {}

  std::shared_ptr<const Problem> build(const ProblemContext& context) const override {
    if (context.batch_norm != "off")
      fail("batch_norm is {}: {} is written in Python and has no layers to normalize",
           context.batch_norm, name);
    return in_python(name, [&] {
      auto driver = shared_object((*make_driver)(fields.values()));
      Shape shape{name,
                  {},
                  driver->attr("examples").cast<std::size_t>(),
                  driver->attr("metrics").cast<std::vector<std::string>>()};
      for (const py::handle row : driver->attr("blocks")) {
        const auto block = row.cast<std::tuple<std::string, std::size_t, std::size_t, bool>>();
        shape.layout.add(std::get<0>(block), std::get<1>(block), std::get<2>(block),
                         std::get<3>(block) ? BlockKind::kBias : BlockKind::kWeight);
      }
      driver->attr("place")(blocks_of(shape.layout));
      return std::make_shared<const PythonProblem>(std::move(shape), std::move(driver));
    });
  }

  std::string name;
  std::shared_ptr<py::object> make_driver;
  PythonFields fields;
};

}  // namespace

CatalogEntry<ProblemRecipe> python_problem(const py::object& description) {
  const auto make_driver = shared_object(description.attr("make_driver"));
  const PythonFields fields = PythonFields::declared(description.attr("fields"));
  CatalogEntry<ProblemRecipe> entry;
  entry.name = description.attr("name").cast<std::string>();
  entry.summary = description.attr("summary").cast<std::string>();
  entry.citation = description.attr("citation").cast<std::string>();
  entry.version = description.attr("version").cast<int>();
  entry.fields = document_fields(fields);
  entry.make = [name = entry.name, make_driver, fields](const Component& component,
                                                        const Catalog<ProblemRecipe>& catalog) {
    PythonFields own = fields;
    read_fields(component, own, catalog);
    return std::make_unique<Recipe>(name, make_driver, std::move(own));
  };
  entry.canonical = [fields](const Component& component, const Catalog<ProblemRecipe>& catalog) {
    PythonFields own = fields;
    read_fields(component, own, catalog, Inner::kSpell);
    return write_fields(std::move(own));
  };
  return entry;
}

}  // namespace ravine
