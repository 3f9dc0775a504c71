// dlib's solvers on a plain vector, in the rows that scripts/compare_peers sets beside ravine's.

#include <benchmark/benchmark.h>
#include <dlib/dnn.h>
#include <fmt/format.h>

namespace {

/// All that a solver asks of a layer.
class Parameters {
 public:
  explicit Parameters(long size) : values_(size) { values_ = 0.1f; }
  const dlib::tensor& get_layer_params() const { return values_; }
  dlib::tensor& get_layer_params() { return values_; }

 private:
  dlib::resizable_tensor values_;
};

template <class Solver>
void time_update(benchmark::State& state, Solver solver, long size) {
  Parameters parameters(size);
  dlib::resizable_tensor gradient(size);
  dlib::tt::tensor_rand random(0);
  random.fill_gaussian(gradient);
  for (auto _ : state) {
    // As dlib's networks do: the solver's step is added to the parameters.
    const dlib::tensor& step = solver(1e-6f, parameters, gradient);
    dlib::tt::add(parameters.get_layer_params(), parameters.get_layer_params(), step);
    benchmark::ClobberMemory();
  }
}

template <class Solver>
void add_solver(const char* name, const Solver& solver) {
  for (const long size : {1L << 15, 1L << 22})
    benchmark::RegisterBenchmark(fmt::format("dlib/{}/{}", name, size).c_str(),
                                 [=](benchmark::State& state) { time_update(state, solver, size); })
        ->Unit(benchmark::kMicrosecond);
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  add_solver("momentum", dlib::sgd(0, 0.9f));
  add_solver("adam", dlib::adam(0, 0.9f, 0.999f));
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
