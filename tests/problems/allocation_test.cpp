// Counts every allocation of this program, so it is a program of its own.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <new>
#include <utility>

#include "problems/toy_data.hpp"
#include "ravine/nn/initializer.hpp"
#include "ravine/problems/network_problem.hpp"

namespace {
std::atomic<long> allocations = 0;

void* counted(std::size_t size, std::size_t alignment) {
  ++allocations;
  if (void* memory = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment))
    return memory;
  throw std::bad_alloc();
}
}  // namespace

// Never inlined: GCC would see malloc() and operator delete in one function and warn of a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  return counted(size, alignof(std::max_align_t));
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
  return counted(size, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

namespace ravine {
namespace {

void expect_no_allocations(std::shared_ptr<const Dataset> data, const char* layers,
                           bool has_curvature = true) {
  NetworkProblem::Options options;
  options.layers = parse_layers(layers);
  options.batch_norm = BatchNormPlacement::kInputAndHidden;
  options.l2 = 1e-4;
  const NetworkProblem problem(std::move(data), options);
  const auto session = problem.start(1, 128, {1});
  AlignedVector<Real> theta(problem.layout().size()), gradient(theta.size());
  problem.initialize(*initializer_catalog().make("he"), 1, theta);
  const std::vector<std::int32_t> examples = example_range(0, 128);
  const auto step = [&](std::int64_t t) {
    session->select(t, examples);
    session->evaluate(theta, gradient);
    session->evaluate(theta, {});
    if (has_curvature) {
      session->hessian_vector(theta, theta, gradient);
      session->gauss_newton_vector(theta, theta, gradient);
    }
    session->fold_statistics();
    session->measure(theta);
    session->measure_averaged(theta);
  };
  step(1);
  const long before = allocations;
  for (std::int64_t t = 2; t < 6; ++t) step(t);
  EXPECT_EQ(allocations - before, 0);
  ::operator delete(::operator new(sizeof(int)));  // the counter counts
  EXPECT_GT(allocations - before, 0);
}

TEST(NetworkSession, DoesNotAllocateAfterItsFirstStep) {
  expect_no_allocations(
      toy_data(400),
      "norm dense(300) norm relu dropout(0.2) relu residual(dense(300) norm sigmoid) "
      "residual(tanh dropout(0.2)) dense");
}

TEST(NetworkSession, DoesNotAllocateForImages) {
  const auto data = toy_data(192);
  data->features.shape = Shape::image(3, 8, 8);
  expect_no_allocations(data,
                        "random_crop(1) random_flip random_color norm conv(20) norm relu "
                        "max_pool(3, stride=2, padding=same) "
                        "residual(conv(30, stride=2) norm relu) mean_pool(2) flatten dense(40) "
                        "reshape(10, height=2, width=2) global_mean dense");
}

TEST(NetworkSession, DoesNotAllocateForSequences) {
  const auto data = toy_data(120);
  data->features.shape = Shape::sequence(12, 10);
  expect_no_allocations(data, "norm lstm(16) residual(lstm(16)) rnn(9) dense", false);
  expect_no_allocations(data, "norm position_dense(16) attention(2) layer_norm dense");
}

}  // namespace
}  // namespace ravine
