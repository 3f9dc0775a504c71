// What one observation of a curve costs: a forward pass over everything that is measured.

#include <fmt/format.h>

#include <memory>

#include "networks.hpp"
#include "ravine/nn/initializer.hpp"
#include "rows.hpp"
#include "work.hpp"

namespace ravine::kernels {
namespace {

double forward_multiplications(const NetworkShapeRow& network) {
  const auto widths = network.widths();
  double sum = 0;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i)
    sum += static_cast<double>(widths[i] * widths[i + 1]);
  return sum;
}

void add_observation(const Limits& limits, const NetworkShapeRow& network) {
  add_row(fmt::format("observation/{}", network.name), [=, &limits](benchmark::State& state) {
    const auto problem = make_network(network);
    const auto session = problem->start(0, network.batch, {});
    AlignedVector<Real> theta(problem->layout().size());
    problem->initialize(*initializer_catalog().make("he"), 0, theta);
    for (auto _ : state) benchmark::DoNotOptimize(session->measure(theta));
    const double examples = static_cast<double>(problem->train_end() - problem->train_begin());
    report(state, limits, {.flops = 2 * forward_multiplications(network) * examples});
  });
}

}  // namespace

void add_observations(const Limits& limits) {
  for (const NetworkShapeRow& network : networks()) add_observation(limits, network);
}

}  // namespace ravine::kernels
