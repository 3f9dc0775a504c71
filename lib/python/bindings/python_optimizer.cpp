#include "python_optimizer.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "python_fields.hpp"
#include "ravine/optim/first_order.hpp"
#include "ravine/optim/scheduled_fields.hpp"

namespace ravine {
namespace {

// A description with what its row must keep: string_views of a row point into it.
struct PythonClass {
  std::string name, search;
  bool evaluates = false;
  std::shared_ptr<py::object> make_driver;
};

/// What a step in Python may ask of its objective, as long as the step lasts.
struct PythonObjective {
  Objective* objective = nullptr;
  std::size_t size = 0;
  std::span<Real> gradient;
  bool evaluated = false;
  double first_loss = 0;

  Objective& open() const {
    if (!objective)
      fail(
          "the objective of an earlier step cannot be evaluated: use the one that step() is given");
    return *objective;
  }
  py::object evaluate(const py::array& theta, bool with_gradient) {
    Objective& of = open();
    const std::span<const Real> at = numbers(theta, size, "theta");
    double loss = 0;
    {
      const py::gil_scoped_release others;
      loss = of.evaluate(at, with_gradient ? gradient : std::span<Real>());
    }
    if (!evaluated) first_loss = loss;
    evaluated = true;
    if (!with_gradient) return py::float_(loss);
    py::array_t<Real> copy = new_vector(size);
    std::ranges::copy(gradient, copy.mutable_data());
    return py::make_tuple(loss, copy);
  }
  template <class Product>
  py::array_t<Real> product(const py::array& theta, const py::array& v, Product multiply) {
    Objective& of = open();
    py::array_t<Real> out = new_vector(size);
    const std::span<const Real> at = numbers(theta, size, "theta"), by = numbers(v, size, "v");
    const std::span<Real> to(out.mutable_data(), size);
    const py::gil_scoped_release others;
    (of.*multiply)(at, by, to);
    return out;
  }
};

/// One trial's optimizer: the driver of ravine/training/driver.py, which holds an object of the
/// user's class, views of the two vectors below and the state.
class Driver {
 public:
  Driver(std::shared_ptr<const PythonClass> of, const PythonFields& fields)
      : class_(std::move(of)), fields_(fields) {}

  PythonFields& options() { return fields_; }

  void prepare(const ParameterLayout& layout, std::span<const Real> theta) {
    const py::gil_scoped_acquire gil;
    guarded([&] {
      theta_ = shared_object(new_vector(theta.size()));
      gradient_ = shared_object(new_vector(theta.size()));
      std::ranges::copy(theta, vector(theta_).begin());
      object_ = shared_object(
          (*class_->make_driver)(fields_.values(), blocks_of(layout), *theta_, *gradient_));
      step_ = shared_object(object_->attr("step"));
      if (class_->evaluates) objective_ = shared_object(py::cast(PythonObjective{}));
    });
  }

  void options_changed() {
    const py::gil_scoped_acquire gil;
    guarded([&] { object_->attr("set_fields")(fields_.values()); });
  }

  /// The update from a gradient.
  void move(const StepInfo& info, std::span<const Real> gradient, std::span<Real> theta) {
    const py::gil_scoped_acquire gil;
    std::ranges::copy(gradient, vector(gradient_).begin());
    std::ranges::copy(theta, vector(theta_).begin());
    guarded([&] { (*step_)(info.step, info.learning_rate, info.total_steps, py::none()); });
    std::ranges::copy(vector(theta_), theta.begin());
  }

  /// A step that evaluates by itself; returns the first loss that it asked for.
  double minimize(const StepInfo& info, Objective& objective, std::span<Real> gradient,
                  std::span<Real> theta) {
    const py::gil_scoped_acquire gil;
    std::ranges::copy(theta, vector(theta_).begin());
    auto& asks = objective_->cast<PythonObjective&>();
    asks = {&objective, theta.size(), gradient};
    try {
      guarded([&] { (*step_)(info.step, info.learning_rate, info.total_steps, *objective_); });
    } catch (...) {
      asks.objective = nullptr;
      throw;
    }
    asks.objective = nullptr;
    if (!asks.evaluated)
      fail(
          "{} did not evaluate the objective in step {}: its step() must call objective(theta) at "
          "least once",
          class_->name, info.step);
    std::ranges::copy(vector(theta_), theta.begin());
    return asks.first_loss;
  }

  // Whatever the state is, it travels as bytes, six of them in a double, which holds them exactly.
  void visit_state(StateVisitor& visitor) {
    constexpr std::size_t kBytes = 6;
    const py::gil_scoped_acquire gil;
    std::string bytes;
    guarded([&] { bytes = object_->attr("save")().cast<std::string>(); });
    std::vector<double> packed((bytes.size() + kBytes - 1) / kBytes);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const auto byte = static_cast<double>(static_cast<unsigned char>(bytes[i]));
      packed[i / kBytes] += byte * static_cast<double>(std::uint64_t{1} << (8 * (i % kBytes)));
    }
    auto length = static_cast<std::int64_t>(bytes.size());
    constexpr std::int64_t kMost = std::int64_t{1} << 36;
    visitor.integer("python_state_bytes", length);
    check_state("python_state_bytes", length, kMost);
    packed.resize((static_cast<std::size_t>(length) + kBytes - 1) / kBytes);
    visitor.doubles("python_state", packed);
    std::string read(static_cast<std::size_t>(length), '\0');
    for (std::size_t i = 0; i < read.size(); ++i) {
      const double number = packed[i / kBytes];
      constexpr double kEnd = static_cast<double>(std::uint64_t{1} << (8 * kBytes));
      if (!(number >= 0 && number < kEnd))
        fail("the state 'python_state' of {} is damaged; start the trial anew", class_->name);
      read[i] = static_cast<char>(static_cast<std::uint64_t>(number) >> (8 * (i % kBytes)));
    }
    if (read != bytes) guarded([&] { object_->attr("load")(py::bytes(read)); });
  }

 private:
  template <class F>
  void guarded(F&& f) {
    try {
      f();
    } catch (py::error_already_set& error) {
      fail_in_python(class_->name, error);
    }
  }
  static std::span<Real> vector(const std::shared_ptr<py::object>& array) {
    auto whole = py::reinterpret_borrow<py::array_t<Real>>(*array);
    return {whole.mutable_data(), static_cast<std::size_t>(whole.size())};
  }
  std::shared_ptr<const PythonClass> class_;
  PythonFields fields_;
  std::shared_ptr<py::object> object_, step_, objective_, theta_, gradient_;
};

/// A class whose step() is an update from one gradient: wrappers may hold it.
class PythonRule final : public FirstOrder {
 public:
  explicit PythonRule(Driver driver) : driver_(std::move(driver)) {}
  PythonFields& options() { return driver_.options(); }
  void options_changed() { driver_.options_changed(); }
  void prepare(const ParameterLayout& layout, std::span<const Real> theta, Threads) override {
    driver_.prepare(layout, theta);
  }
  void move(const StepInfo& info, std::span<const Real> gradient, std::span<Real> theta) override {
    driver_.move(info, gradient, theta);
  }
  void visit_state(StateVisitor& visitor) override { driver_.visit_state(visitor); }

 private:
  Driver driver_;
};

/// A class whose step() evaluates by itself.
class PythonMethod final : public Optimizer {
 public:
  explicit PythonMethod(Driver driver) : driver_(std::move(driver)) {}
  PythonFields& options() { return driver_.options(); }
  void options_changed() { driver_.options_changed(); }
  Capabilities needs() const override { return {Capability::kGradient}; }
  void reset(const ParameterLayout& layout, std::span<const Real> theta, Threads) override {
    gradient_.assign(layout.size(), Real{0});
    driver_.prepare(layout, theta);
  }
  std::span<const Real> last_gradient() const override { return gradient_; }
  void visit_state(StateVisitor& visitor) override { driver_.visit_state(visitor); }

 private:
  double do_step(const StepInfo& info, Objective& objective, std::span<Real> theta) override {
    return driver_.minimize(info, objective, gradient_, theta);
  }
  Driver driver_;
  AlignedVector<Real> gradient_;
};

template <class Method>
void follow_schedules(Method& method, const ScheduledFields<PythonFields>& scheduled) {
  if (scheduled.empty()) return;
  method.follow([scheduled, self = &method](const StepInfo& info) {
    scheduled.resolve(info, self->options());
    self->options_changed();
  });
}

template <class Method>
std::unique_ptr<Optimizer> make_method(const std::shared_ptr<const PythonClass>& of,
                                       const PythonFields& fields,
                                       const ScheduledFields<PythonFields>& scheduled) {
  auto method = std::make_unique<Method>(Driver(of, fields));
  follow_schedules(*method, scheduled);
  return method;
}

}  // namespace

CatalogEntry<Optimizer> python_optimizer(const py::object& description) {
  const auto of = std::make_shared<PythonClass>();
  of->name = description.attr("name").cast<std::string>();
  of->search = description.attr("search").cast<std::string>();
  of->evaluates = description.attr("evaluates").cast<bool>();
  of->make_driver = shared_object(description.attr("make_driver"));
  const PythonFields fields = PythonFields::declared(description.attr("fields"));

  CatalogEntry<Optimizer> entry;
  entry.name = of->name;
  entry.summary = description.attr("summary").cast<std::string>();
  entry.citation = description.attr("citation").cast<std::string>();
  entry.version = description.attr("version").cast<int>();
  entry.learning_rate = {description.attr("learning_rate").cast<double>(), of->search};
  entry.fields = document_fields(fields);
  for (FieldDoc& field : entry.fields)
    if (field.is_real) field.kind = Schedule::kKind;
  entry.make = [of, fields](const Component& component,
                            const Catalog<Optimizer>& catalog) -> std::unique_ptr<Optimizer> {
    PythonFields own = fields;
    const ScheduledFields<PythonFields> scheduled(component, own, catalog);
    return of->evaluates ? make_method<PythonMethod>(of, own, scheduled)
                         : make_method<PythonRule>(of, own, scheduled);
  };
  entry.canonical = [fields](const Component& component, const Catalog<Optimizer>& catalog) {
    PythonFields own = fields;
    const ScheduledFields<PythonFields> scheduled(component, own, catalog, Inner::kSpell);
    auto arguments = write_fields(own);
    scheduled.write(arguments);
    return arguments;
  };
  return entry;
}

void bind_python_objective(py::module_& module) {
  py::class_<PythonObjective>(module, "Objective", py::module_local(),
                              "What a step may ask of the current mini-batch.")
      .def(
          "__call__",
          [](PythonObjective& self, const py::array& theta) { return self.evaluate(theta, true); },
          py::arg("theta"), "(loss, gradient) at theta.")
      .def(
          "loss",
          [](PythonObjective& self, const py::array& theta) { return self.evaluate(theta, false); },
          py::arg("theta"), "The loss at theta, without a gradient.")
      .def(
          "hessian_vector",
          [](PythonObjective& self, const py::array& theta, const py::array& v) {
            return self.product(theta, v, &Objective::hessian_vector);
          },
          py::arg("theta"), py::arg("v"), "H(theta) v.")
      .def(
          "gauss_newton_vector",
          [](PythonObjective& self, const py::array& theta, const py::array& v) {
            return self.product(theta, v, &Objective::gauss_newton_vector);
          },
          py::arg("theta"), py::arg("v"), "G(theta) v with the Gauss-Newton matrix G.");
}

}  // namespace ravine
