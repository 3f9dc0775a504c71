// The problems of ravine, its methods and liblbfgs behind one C interface, so that
// scripts/compare_second_order drives all of them and scipy on the very same evaluations.

#include <lbfgs.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "ravine/core/clock.hpp"
#include "ravine/core/error.hpp"
#include "ravine/optim/catalog.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/train/catalogs.hpp"

namespace {

/// Counts evaluations and stops the clock at the first gradient with max_i |g_i| < tolerance,
/// whoever asks for it. A second clock runs inside of the evaluations, which are the same for all.
class Meter final : public ravine::Objective {
 public:
  explicit Meter(ravine::Session& session) : session_(session) {}
  void start(double tolerance) {
    tolerance_ = tolerance;
    evaluations_ = 0;
    reached_ = false;
    clock_ = inside_ = {};
    clock_.start();
  }
  bool reached() const { return reached_; }
  long evaluations() const { return evaluations_; }
  double seconds() const { return clock_.seconds(); }
  double seconds_inside() const { return inside_.seconds(); }
  bool stationary() const override { return true; }

 private:
  double do_evaluate(std::span<const double> theta, std::span<double> gradient) override {
    if (reached_) return session_.evaluate(theta, gradient);  // a method may finish its step
    ++evaluations_;
    inside_.start();
    const double loss = session_.evaluate(theta, gradient);
    double largest = 0;
    for (const double g : gradient) largest = std::max(largest, std::abs(g));
    inside_.pause();
    if (!gradient.empty() && largest < tolerance_) {
      clock_.pause();
      reached_ = true;
    }
    return loss;
  }
  void do_hessian_vector(std::span<const double> theta, std::span<const double> v,
                         std::span<double> hv) override {
    if (reached_) return session_.hessian_vector(theta, v, hv);
    ++evaluations_;
    inside_.start();
    session_.hessian_vector(theta, v, hv);
    inside_.pause();
  }

  ravine::Session& session_;
  ravine::Stopwatch clock_, inside_;
  double tolerance_ = 0;
  long evaluations_ = 0;
  bool reached_ = false;
};

struct Bench {
  std::shared_ptr<const ravine::Problem> problem;
  std::unique_ptr<ravine::Session> session;
  std::unique_ptr<Meter> meter;
  std::string error;

  std::size_t size() const { return problem->layout().size(); }
};

double lbfgs_evaluate(void* meter, const double* x, double* g, const int n, const double) {
  const auto size = static_cast<std::size_t>(n);
  return static_cast<Meter*>(meter)->evaluate({x, size}, {g, size});
}

int lbfgs_progress(void* meter, const double*, const double*, double, double, double, double, int,
                   int, int) {
  return static_cast<Meter*>(meter)->reached();
}

}  // namespace

#define PEERS_API extern "C" __attribute__((visibility("default")))

PEERS_API Bench* peers_open(const char* problem, const char* data_directory) {
  auto bench = std::make_unique<Bench>();
  try {
    bench->problem = ravine::Catalogs().make_problem(problem, "off", data_directory);
    const std::size_t begin = bench->problem->train_begin(), end = bench->problem->train_end();
    bench->session = bench->problem->start(0, end - begin, {});
    std::vector<std::int32_t> all;
    for (std::size_t i = begin; i < end; ++i) all.push_back(static_cast<std::int32_t>(i));
    bench->session->select(1, all);
    bench->meter = std::make_unique<Meter>(*bench->session);
  } catch (const ravine::Error& error) {
    bench->error = error.what();
  }
  return bench.release();
}
PEERS_API void peers_close(Bench* bench) { delete bench; }
PEERS_API const char* peers_error(Bench* bench) { return bench->error.c_str(); }
PEERS_API long peers_size(Bench* bench) { return static_cast<long>(bench->size()); }
PEERS_API void peers_start(Bench* bench, double* x) {
  bench->problem->initialize(*ravine::initializer_catalog().make("he"), 0, {x, bench->size()});
}

PEERS_API void peers_meter(Bench* bench, double tolerance) { bench->meter->start(tolerance); }
PEERS_API int peers_reached(Bench* bench) { return bench->meter->reached(); }
PEERS_API long peers_evaluations(Bench* bench) { return bench->meter->evaluations(); }
PEERS_API double peers_seconds(Bench* bench) { return bench->meter->seconds(); }
PEERS_API double peers_seconds_inside(Bench* bench) { return bench->meter->seconds_inside(); }

PEERS_API double peers_evaluate(Bench* bench, const double* x, double* g) {
  return bench->meter->evaluate({x, bench->size()}, {g, bench->size()});
}
/// Returns 0 where the problem has no products.
PEERS_API int peers_hessian_vector(Bench* bench, const double* x, const double* v, double* hv) {
  try {
    bench->meter->hessian_vector({x, bench->size()}, {v, bench->size()}, {hv, bench->size()});
    return 1;
  } catch (const ravine::Error&) {
    return 0;
  }
}

/// Runs a method of the catalog from x until the meter is reached, the method ends or `most`
/// evaluations are made. The memory of the method is made on the clock, as it is for the peers.
PEERS_API int peers_ravine(Bench* bench, const char* method, double* x, double tolerance,
                           long most) {
  try {
    const auto optimizer = ravine::optimizer_catalog().make(method);
    bench->meter->start(tolerance);
    optimizer->reset(bench->problem->layout(), std::span<const Real>(x, bench->size()));
    for (std::int64_t t = 1; !bench->meter->reached() && bench->meter->evaluations() < most; ++t) {
      optimizer->step({t, 1, most}, *bench->meter, {x, bench->size()});
      if (!optimizer->ending()) continue;
      bench->error = optimizer->ending()->message;
      break;
    }
    return bench->meter->reached();
  } catch (const ravine::Error& error) {
    bench->error = error.what();
    return -1;
  }
}

/// liblbfgs with `history` pairs, its strong Wolfe line search and none of its stopping rules.
PEERS_API int peers_liblbfgs(Bench* bench, int history, double* x, double tolerance) {
  bench->meter->start(tolerance);
  lbfgs_parameter_t parameters;
  lbfgs_parameter_init(&parameters);
  parameters.m = history;
  parameters.epsilon = 0;
  parameters.past = 0;
  parameters.max_iterations = 0;
  const int size = static_cast<int>(bench->size());
  double* const aligned = lbfgs_malloc(size);
  std::copy_n(x, size, aligned);
  lbfgs(size, aligned, nullptr, lbfgs_evaluate, lbfgs_progress, bench->meter.get(), &parameters);
  std::copy_n(aligned, size, x);
  lbfgs_free(aligned);
  return bench->meter->reached();
}
