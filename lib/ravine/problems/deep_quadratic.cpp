#include "ravine/problems/deep_quadratic.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace ravine {
namespace {

constexpr std::size_t kSize = DeepQuadraticData::kSize;
using Coordinates = std::array<double, kSize>;

double dot(const Coordinates& a, const Coordinates& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

Coordinates read(std::span<const Real> theta) {
  Coordinates values;
  std::copy_n(theta.begin(), kSize, values.begin());
  return values;
}

void write(const Coordinates& values, std::span<Real> out) {
  std::ranges::fill(out, Real(0));  // the padding too
  std::ranges::transform(values, out.begin(), [](double v) { return static_cast<Real>(v); });
}

Coordinates multiply(const std::vector<double>& q, const Coordinates& v) {
  Coordinates product{};
  for (std::size_t i = 0; i < kSize; ++i)
    for (std::size_t j = 0; j < kSize; ++j) product[i] += q[i * kSize + j] * v[j];
  return product;
}

// 1/2 (theta - x)' Q (theta - x) = 1/2 theta' Q theta - theta' pull + height, with pull = Q x and
// height = 1/2 x' Q x: linear in both, so a batch is the mean of its rows' terms.
struct Term {
  Coordinates pull{};
  double height = 0;
};

std::vector<Term> terms_of(const std::vector<double>& q, const std::vector<double>& rows) {
  std::vector<Term> terms(rows.size() / kSize);
  for (std::size_t r = 0; r < terms.size(); ++r) {
    Coordinates x;
    std::copy_n(rows.begin() + static_cast<std::ptrdiff_t>(r * kSize), kSize, x.begin());
    terms[r].pull = multiply(q, x);
    terms[r].height = 0.5 * dot(x, terms[r].pull);
  }
  return terms;
}

class MeanTerm {
 public:
  void add(const Term& term) {
    ++count_;
    sum_.height += term.height;
    for (std::size_t i = 0; i < kSize; ++i) sum_.pull[i] += term.pull[i];
  }
  Term value() const {
    Term mean = sum_;
    mean.height /= count_;
    for (double& p : mean.pull) p /= count_;
    return mean;
  }

 private:
  Term sum_;
  double count_ = 0;
};

Term mean_of(const std::vector<Term>& terms) {
  MeanTerm mean;
  for (const Term& term : terms) mean.add(term);
  return mean.value();
}

double loss(const Coordinates& theta, const Coordinates& q_theta, const Term& term) {
  return 0.5 * dot(theta, q_theta) - dot(theta, term.pull) + term.height;
}

}  // namespace

struct DeepQuadratic::Model {
  std::vector<double> q;
  std::vector<Term> rows;
  Term train, test;
};

class DeepQuadratic::QuadraticSession final : public Session {
 public:
  explicit QuadraticSession(std::shared_ptr<const Model> model)
      : model_(std::move(model)), batch_(model_->train) {}

  void select(std::int64_t, std::span<const std::int32_t> examples) override {
    MeanTerm mean;
    for (const std::int32_t example : examples)
      mean.add(model_->rows[static_cast<std::size_t>(example)]);
    batch_ = mean.value();
  }

  Metrics measure(std::span<const Real> theta) override {
    const Coordinates x = read(theta), q_x = multiply(model_->q, x);
    Metrics metrics;
    metrics.objective = metrics.train_loss = loss(x, q_x, model_->train);
    metrics.test_loss = loss(x, q_x, model_->test);
    return metrics;
  }

 private:
  double do_evaluate(std::span<const Real> theta, std::span<Real> gradient) override {
    const Coordinates x = read(theta), q_x = multiply(model_->q, x);
    if (!gradient.empty()) {
      Coordinates g = q_x;
      for (std::size_t i = 0; i < kSize; ++i) g[i] -= batch_.pull[i];
      write(g, gradient);
    }
    return loss(x, q_x, batch_);
  }
  void do_hessian_vector(std::span<const Real>, std::span<const Real> v,
                         std::span<Real> hv) override {
    write(multiply(model_->q, read(v)), hv);
  }
  void do_gauss_newton_vector(std::span<const Real> theta, std::span<const Real> v,
                              std::span<Real> gv) override {
    do_hessian_vector(theta, v, gv);
  }

  std::shared_ptr<const Model> model_;
  Term batch_;
};

DeepQuadratic::DeepQuadratic() {
  layout_.add("theta", 1, kSize, BlockKind::kWeight);
  DeepQuadraticData data = make_deep_quadratic();
  auto model = std::make_shared<Model>();
  model->rows = terms_of(data.q, data.train);
  model->train = mean_of(model->rows);
  model->test = mean_of(terms_of(data.q, data.test));
  model->q = std::move(data.q);
  model_ = std::move(model);
}

DeepQuadratic::~DeepQuadratic() = default;

void DeepQuadratic::initialize(const Initializer&, std::uint64_t, std::span<Real> theta) const {
  Coordinates ones;
  ones.fill(1);
  write(ones, theta);
}

std::unique_ptr<Session> DeepQuadratic::start(std::uint64_t, std::size_t, Threads) const {
  return std::make_unique<QuadraticSession>(model_);
}

}  // namespace ravine
