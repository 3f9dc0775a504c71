// L1, L2, L3, L6: the gradient of the batch, of one example, and of every batch between.
#include <fmt/format.h>

#include <numeric>

#include "checks.hpp"
#include "course.hpp"
#include "ravine/data/batches.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/train/catalogs.hpp"

namespace ravine::illustrations {
namespace {

constexpr std::int32_t kExamples = 8;
constexpr const char* kNetwork = "mlp(data=glyphs, hidden=4, activation=tanh, train=8)";

/// Gradients of a small network at its starting point, by mini-batch.
class Gradients {
 public:
  Gradients()
      : problem_(Catalogs().make_problem(kNetwork)),
        session_(problem_->start(0, kExamples, {})),
        theta_(problem_->layout().size()) {
    problem_->initialize(*initializer_catalog().make("he"), 0, theta_);
  }

  Point of(const std::vector<std::int32_t>& examples, std::int64_t step = 1) {
    AlignedVector<Real> gradient(theta_.size());
    session_->select(step, examples);
    session_->evaluate(theta_, gradient);
    return {gradient.begin(), gradient.end()};
  }
  Point start() const { return {theta_.begin(), theta_.end()}; }

 private:
  std::shared_ptr<const Problem> problem_;
  std::unique_ptr<Session> session_;
  AlignedVector<Real> theta_;
};

std::vector<std::int32_t> everything() {
  std::vector<std::int32_t> examples(kExamples);
  std::iota(examples.begin(), examples.end(), 0);
  return examples;
}

/// Every batch of `size` different examples.
std::vector<std::vector<std::int32_t>> batches_of(int size) {
  std::vector<std::vector<std::int32_t>> batches;
  for (unsigned mask = 0; mask < 1u << kExamples; ++mask) {
    std::vector<std::int32_t> batch;
    for (std::int32_t i = 0; i < kExamples; ++i)
      if (mask >> i & 1u) batch.push_back(i);
    if (batch.size() == static_cast<std::size_t>(size)) batches.push_back(batch);
  }
  return batches;
}

Point mean(const std::vector<Point>& points) {
  Point sum(points.front().size());
  for (const Point& point : points)
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += point[i];
  for (double& value : sum) value /= static_cast<double>(points.size());
  return sum;
}

double mean_square_distance(const std::vector<Point>& points, const Point& center) {
  double sum = 0;
  for (const Point& point : points)
    for (std::size_t i = 0; i < center.size(); ++i)
      sum += (point[i] - center[i]) * (point[i] - center[i]);
  return sum / static_cast<double>(points.size());
}

/// theta_1 of one step of SGD, with batches of `batch_size` examples (0: all).
Point after_one_step(std::int64_t batch_size, double learning_rate) {
  Trial trial = short_trial(kNetwork, "sgd", learning_rate, 1);
  trial.batch_size = batch_size;
  return course(trial).back();
}

Point moved(Point theta, const Point& gradient, double learning_rate) {
  for (std::size_t i = 0; i < theta.size(); ++i) theta[i] -= learning_rate * gradient[i];
  return theta;
}

}  // namespace

std::vector<Check> gradient_checks() {
  Gradients gradients;
  const Point full = gradients.of(everything());
  std::vector<Point> single;
  for (const auto& example : batches_of(1)) single.push_back(gradients.of(example));
  const Point average = mean(single);
  std::vector<Check> checks;

  checks.push_back({"L1.mean_of_examples",
                    "The gradient of the batch is the mean of its examples' gradients.",
                    "largest difference over the parameters of a network", 0,
                    largest_difference(full, average), 1e-14});
  checks.push_back(
      {"L1.update", "Batch gradient descent moves by eps times that mean.",
       "largest difference from theta_0 - eps g", 0,
       largest_difference(after_one_step(0, 0.3), moved(gradients.start(), average, 0.3)), 1e-14});
  checks.push_back({"L2.no_noise", "The gradient of the whole batch is the same in every step.",
                    "largest difference between two steps at one point", 0,
                    largest_difference(full, gradients.of(everything(), 2)), 0});
  BatchSampler sampler({0, kExamples}, {.batch_size = 1}, 0);
  const auto drawn = sampler.batch(1);
  checks.push_back({"L3.update", "SGD moves by eps times the gradient of the example it draws.",
                    "largest difference from theta_0 - eps g_i", 0,
                    largest_difference(
                        after_one_step(1, 0.3),
                        moved(gradients.start(), gradients.of({drawn.begin(), drawn.end()}), 0.3)),
                    1e-14});

  // Sampling without replacement: Cochran (1977), theorem 2.2.
  const double spread = mean_square_distance(single, average);
  for (const int size : {1, 2, 4, 8}) {
    std::vector<Point> estimates;
    for (const auto& batch : batches_of(size)) estimates.push_back(gradients.of(batch));
    if (size == 2)
      checks.push_back({"L3.unbiased", "The gradient of a random batch is right on average.",
                        "largest difference of the mean over all batches of 2", 0,
                        largest_difference(mean(estimates), full), 1e-14});
    checks.push_back({fmt::format("L6.noise_of_{}", size),
                      "Larger mini-batches reduce the noise: its variance is (S / B) (N - B) / "
                      "(N - 1).",
                      fmt::format("variance of the gradient over all batches of {} of 8", size),
                      spread / size * (kExamples - size) / (kExamples - 1),
                      mean_square_distance(estimates, full), 1e-12});
  }
  return checks;
}

}  // namespace ravine::illustrations
