#include <algorithm>

#include "bindings.hpp"
#include "ravine/data/batches.hpp"
#include "ravine/optim/optimizer.hpp"
#include "ravine/train/catalogs.hpp"

namespace ravine {
namespace {

/// One trial's view of a problem, as its optimizer gets it.
class ProblemView {
 public:
  ProblemView(std::shared_ptr<Catalogs> catalogs, const py::dict& fields,
              const std::string& data_directory, int threads)
      : catalogs_(std::move(catalogs)),
        planned_(plan_trial(fields, data_directory, *catalogs_)),
        problem_(planned_.problem),
        sampler_({problem_->train_begin(), problem_->train_end()},
                 sampling(planned_.trial, *problem_), seed()) {
    const std::size_t examples = problem_->train_end() - problem_->train_begin();
    const auto batch = static_cast<std::size_t>(planned_.trial.batch_size);
    session_ = problem_->start(seed(), batch == 0 ? examples : batch, {threads});
    select(1);
  }

  void select(std::int64_t step) {
    if (step < 1) fail("step is {}: steps count from 1", step);
    session_->select(step, sampler_.batch(step));
    step_ = step;
  }
  py::array_t<std::int32_t> batch(std::int64_t step) {
    if (step < 1) fail("step is {}: steps count from 1", step);
    const auto examples = sampler_.batch(step);
    py::array_t<std::int32_t> copy(static_cast<py::ssize_t>(examples.size()));
    std::ranges::copy(examples, copy.mutable_data());
    return copy;
  }
  py::array_t<Real> initial() const {
    py::array_t<Real> theta = new_vector(size());
    problem_->initialize(*catalogs_->initializers.make(planned_.trial.initializer), seed(),
                         {theta.mutable_data(), size()});
    return theta;
  }
  double loss(const py::array& theta) {
    const auto at = numbers(theta, size(), "theta");
    const py::gil_scoped_release others;
    return session_->evaluate(at, {});
  }
  py::tuple gradient(const py::array& theta) {
    const auto at = numbers(theta, size(), "theta");
    py::array_t<Real> out = new_vector(size());
    const std::span<Real> to(out.mutable_data(), size());
    double value = 0;
    {
      const py::gil_scoped_release others;
      value = session_->evaluate(at, to);
    }
    return py::make_tuple(value, out);
  }
  template <class Product>
  py::array_t<Real> product(const py::array& theta, const py::array& v, Product multiply) {
    const auto at = numbers(theta, size(), "theta"), by = numbers(v, size(), "v");
    py::array_t<Real> out = new_vector(size());
    const std::span<Real> to(out.mutable_data(), size());
    const py::gil_scoped_release others;
    (static_cast<Objective&>(*session_).*multiply)(at, by, to);
    return out;
  }
  py::dict measure(const py::array& theta) {
    const auto at = numbers(theta, size(), "theta");
    Metrics metrics;
    {
      const py::gil_scoped_release others;
      metrics = session_->measure(at);
    }
    py::dict named;
    for (const auto& metric : kMetrics)
      if (const double value = metrics.*metric.value; value == value)
        named[std::string(metric.name).c_str()] = value;
    return named;
  }

  std::size_t size() const { return problem_->layout().size(); }
  const PlannedTrial& planned() const { return planned_; }
  const Problem& problem() const { return *problem_; }
  const Catalogs& catalogs() const { return *catalogs_; }
  Session& session() { return *session_; }
  std::int64_t step() const { return step_; }

 private:
  std::uint64_t seed() const { return static_cast<std::uint64_t>(planned_.trial.seed); }

  std::shared_ptr<Catalogs> catalogs_;
  PlannedTrial planned_;
  std::shared_ptr<const Problem> problem_;
  BatchSampler sampler_;
  std::unique_ptr<Session> session_;
  std::int64_t step_ = 1;
};

/// An optimizer that takes single steps on a view.
class Stepper {
 public:
  Stepper(std::shared_ptr<Catalogs> catalogs, const std::string& text)
      : catalogs_(std::move(catalogs)), optimizer_(catalogs_->optimizers.make(text)) {}

  double step(ProblemView& view, py::array theta, std::int64_t step, double learning_rate,
              std::int64_t total_steps) {
    const auto at = writable_numbers(theta, view.size(), "theta");
    const py::gil_scoped_release others;
    if (!started_) optimizer_->reset(view.problem().layout(), at);
    started_ = true;
    view.select(step);
    const double loss = optimizer_->step({step, learning_rate, total_steps}, view.session(), at);
    view.session().project(at);
    view.session().fold_statistics();
    return loss;
  }

 private:
  std::shared_ptr<Catalogs> catalogs_;
  std::unique_ptr<Optimizer> optimizer_;
  bool started_ = false;
};

}  // namespace

void bind_problems(py::module_& module) {
  py::class_<ProblemView>(module, "ProblemView", py::module_local())
      .def(py::init<std::shared_ptr<Catalogs>, const py::dict&, const std::string&, int>())
      .def("select", &ProblemView::select)
      .def("batch", &ProblemView::batch)
      .def("initial", &ProblemView::initial)
      .def("loss", &ProblemView::loss)
      .def("gradient", &ProblemView::gradient)
      .def("measure", &ProblemView::measure)
      .def("hessian_vector",
           [](ProblemView& self, const py::array& theta, const py::array& v) {
             return self.product(theta, v, &Objective::hessian_vector);
           })
      .def("gauss_newton_vector",
           [](ProblemView& self, const py::array& theta, const py::array& v) {
             return self.product(theta, v, &Objective::gauss_newton_vector);
           })
      .def_property_readonly("size", &ProblemView::size)
      .def_property_readonly("step", &ProblemView::step)
      .def_property_readonly("text",
                             [](const ProblemView& self) { return self.planned().trial.problem; })
      .def_property_readonly("title",
                             [](const ProblemView& self) { return self.problem().title(); })
      .def_property_readonly(
          "batch_size", [](const ProblemView& self) { return self.planned().trial.batch_size; })
      .def_property_readonly(
          "blocks", [](const ProblemView& self) { return blocks_of(self.problem().layout()); });
  py::class_<Stepper>(module, "Stepper", py::module_local())
      .def(py::init<std::shared_ptr<Catalogs>, const std::string&>())
      .def("step", &Stepper::step);
}

}  // namespace ravine
