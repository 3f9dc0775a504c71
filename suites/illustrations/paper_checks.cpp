// A1, A2, A3: published curves and closed forms of papers on where optimizers differ.
#include <fmt/format.h>

#include "checks.hpp"
#include "course.hpp"
#include "ravine/problems/wilson.hpp"

namespace ravine::illustrations {
namespace {

const std::vector<double>& column(const Curve& curve, std::string_view name) {
  for (const Column& column : curve.columns())
    if (column.name == name) return column.values;
  fail("a curve has no column {}: name one of its columns", name);
}

/// The mean test loss of seeds 0 to 4 at the end of every epoch of seven steps.
std::vector<double> deep_quadratic(const std::string& optimizer, double learning_rate) {
  constexpr int kSeeds = 5;
  std::vector<double> mean(101);
  for (int seed = 0; seed < kSeeds; ++seed) {
    Trial trial = short_trial("quadratic_deep", optimizer, learning_rate, 0);
    trial.epochs = 100;
    trial.batch_size = 128;
    trial.shuffle = "fixed";
    trial.keep_last = false;
    trial.seed = seed;
    trial.observe = "even(count=100)";
    const Curve curve = follow(trial, [](std::int64_t, std::span<const Real>) {});
    const std::vector<double>& loss = column(curve, "test_loss");
    for (std::size_t epoch = 0; epoch < mean.size(); ++epoch) mean[epoch] += loss[epoch] / kSeeds;
  }
  return mean;
}

/// Schneider, Balles and Hennig (2019): published mean over seeds and what may lie between ours
/// and theirs (for momentum the larger of 1 % and three published standard deviations).
struct Published {
  std::size_t epoch;
  double loss, allowance;
};

void add_deepobs(std::vector<Check>& checks) {
  struct Curve {
    const char *name, *optimizer;
    double learning_rate;
    std::vector<Published> points;
  };
  for (const Curve& published : {Curve{"sgd",
                                       "sgd",
                                       1.5848931925e-2,
                                       {{2, 102.921645, .5},
                                        {5, 97.695173, .5},
                                        {10, 92.978448, .5},
                                        {20, 89.471615, .5},
                                        {50, 87.669066, .5},
                                        {100, 87.397474, .5}}},
                                 Curve{"momentum",
                                       "momentum(beta=0.99)",
                                       2.5118864315e-3,
                                       {{2, 137.884616, 3.199},
                                        {5, 217.380958, 2.174},
                                        {10, 134.261428, 1.343},
                                        {20, 111.348876, 1.113},
                                        {50, 92.817636, .928},
                                        {100, 87.045041, .870}}},
                                 Curve{"adam",
                                       "adam",
                                       3.9810717055e-2,
                                       {{2, 110.828622, .4},
                                        {5, 101.354340, .4},
                                        {10, 94.730440, .4},
                                        {20, 89.897784, .4},
                                        {50, 87.393748, .4},
                                        {100, 87.111880, .4}}}}) {
    const std::vector<double> ours = deep_quadratic(published.optimizer, published.learning_rate);
    for (const Published& point : published.points)
      checks.push_back({fmt::format("A1.{}_epoch_{}", published.name, point.epoch),
                        "quadratic_deep trains as DeepOBS has published it.",
                        fmt::format("mean test loss of five seeds after {} epochs", point.epoch),
                        point.loss, ours[point.epoch], point.allowance / point.loss});
  }
}

/// Wilson et al. (2017), section 3.3, six positive and three negative examples: the weights of the
/// solution of least norm, and sign(X' y) / 4.
struct Solutions {
  Point least_norm, sign;
};

Solutions solutions() {
  const Wilson data{.positives = 6, .negatives = 3};
  const double p = 6, n = 3, d = 15 * p + 3 * n + 8 * p * n + 5;
  const double a_p = (4 * n + 5) / d, a_n = (4 * p + 1) / d;
  const std::size_t size = Wilson::kShared + Wilson::kPrivate * data.examples();
  Solutions w{Point(size), Point(size)};
  w.least_norm[0] = p * a_p + n * a_n;
  w.least_norm[1] = w.least_norm[2] = p * a_p - n * a_n;
  w.sign[0] = w.sign[1] = w.sign[2] = 0.25;
  for (std::size_t i = 0; i < data.examples(); ++i)
    for (std::size_t k = 0; k < data.private_count(i); ++k) {
      w.least_norm[data.first_private(i) + k] = data.label(i) > 0 ? a_p : -a_n;
      w.sign[data.first_private(i) + k] = data.label(i) / 4;
    }
  return w;
}

void add_wilson(std::vector<Check>& checks) {
  struct Case {
    const char *name, *optimizer;
    double learning_rate;
    const char* schedule;
    std::int64_t steps;
    bool adaptive;
  };
  const Solutions expected = solutions();
  // Decay to 1e-4: the last steps of the adaptive rules are as long as their rate.
  const char* decay = "exponential(final=1e-5)";
  for (const Case& c :
       {Case{"sgd", "sgd", 0.3, "constant", 4000, false},
        Case{"momentum", "momentum", 0.05, "constant", 4000, false},
        Case{"nesterov", "nesterov", 0.05, "constant", 4000, false},
        Case{"adagrad", "adagrad(epsilon=1e-12)", 0.05, "constant", 4000, true},
        Case{"rmsprop", "rmsprop(rho=0.99, epsilon=1e-12)", 0.01, decay, 4000, true},
        Case{"adam", "adam(epsilon=1e-12)", 0.01, decay, 4000, true}}) {
    Trial trial =
        short_trial("wilson(positives=6, negatives=3)", c.optimizer, c.learning_rate, c.steps);
    trial.schedule = c.schedule;
    Point w;
    const Curve curve = follow(trial, [&](std::int64_t step, std::span<const Real> theta) {
      if (step == c.steps) w.assign(theta.begin(), theta.end());
    });
    const std::string sentence =
        c.adaptive ? "Rules with a rate for every parameter find w = sign(X' y) / 4, which calls "
                     "every fresh example positive."
                   : "Rules with one rate find the solution of least norm, which classifies every "
                     "fresh example.";
    checks.push_back({fmt::format("A2.weights_{}", c.name), sentence,
                      "largest difference from the closed form", 0,
                      largest_difference(w, c.adaptive ? expected.sign : expected.least_norm),
                      c.adaptive ? 1e-6 : 1e-8});
    checks.push_back({fmt::format("A2.training_{}", c.name), "All of them fit the training set.",
                      "training loss", 0, column(curve, "train_loss").back(), 1e-10});
    checks.push_back({fmt::format("A2.accuracy_{}", c.name), sentence, "accuracy on fresh examples",
                      c.adaptive ? 6.0 / 9 : 1, column(curve, "test_accuracy").back(), 1e-12});
  }
}

/// Reddi, Kale and Kumar (2018), Figure 1; the numbers are those of an independent simulation, with
/// three digits.
void add_reddi(std::vector<Check>& checks) {
  struct Case {
    const char *name, *optimizer, *sentence;
    double x, regret;
  };
  for (const Case& c :
       {Case{"adam", "adam(beta1=0.9, beta2=0.99)",
             "Adam converges to the worst point, and its average regret does not vanish.", 0.993,
             0.310},
        Case{"amsgrad", "amsgrad(beta1=0.9, beta2=0.99)",
             "AMSGrad converges to the best point, and its average regret vanishes.", -0.984,
             0.122}}) {
    Trial trial = short_trial("reddi", c.optimizer, 0.5, 100000);
    trial.schedule = "inverse_sqrt";
    double x = 0;
    const Curve curve =
        follow(trial, [&](std::int64_t, std::span<const Real> theta) { x = theta[0]; });
    checks.push_back({fmt::format("A3.point_of_{}", c.name), c.sentence,
                      "x after 100 000 steps (best -1, worst 1)", c.x, x, 6e-4});
    checks.push_back({fmt::format("A3.regret_of_{}", c.name), c.sentence,
                      "average regret after 100 000 steps", c.regret,
                      column(curve, "train_loss").back(), 6e-4});
  }
}

}  // namespace

std::vector<Check> paper_checks() {
  std::vector<Check> checks;
  add_deepobs(checks);
  add_wilson(checks);
  add_reddi(checks);
  return checks;
}

}  // namespace ravine::illustrations
