#include "ravine/optim/averaging.hpp"

#include <cassert>
#include <memory>
#include <utility>

#include "ravine/core/portable.hpp"
#include "ravine/core/share.hpp"

namespace ravine {
namespace {

/// Polyak averaging: the arithmetic mean of the iterates from a start step on.
///
///   theta^ = 1 / (t - t0) sum_{i = t0 + 1}^t theta_i,  t0 = start T
///
/// Polyak and Juditsky (1992); lecture L34. `start` is a share of the budget T.
struct Polyak {
  static constexpr std::string_view kName = "polyak";
  static constexpr int kVersion = 2;  // the first iterate that counts is exact
  double start = 0;

  template <class F>
  void fields(F&& field) {
    field("start", start, "[0, 1)", "fraction of the budget before averaging starts");
  }

  bool counts(std::int64_t step, std::int64_t total_steps) const {
    return step > Share(start).of(total_steps);
  }
  double kept(std::int64_t) const { return 1; }
  double taken(std::int64_t) const { return 1; }
  /// The sum of the weights of the first `count` iterates.
  double weight(std::int64_t count) const { return static_cast<double>(count); }
};

/// Exponentially decaying average of the iterates.
///
///   a_t = decay a_{t-1} + (1 - decay) theta_t,  a_0 = 0;   theta^_t = a_t / (1 - decay^t)
///
/// Lecture L36, where decay is alpha; the correction is that of Kingma and Ba (2015), section 3.
/// **Deviates:** the lecture leaves the start open. Without `bias_correction`, a_1 = theta_1.
struct Ema {
  static constexpr std::string_view kName = "ema";
  double decay = 0.999;
  bool bias_correction = true;

  template <class F>
  void fields(F&& field) {
    field("decay", decay, "[0, 1)", "fraction of the average that is kept at each step");
    field("bias_correction", bias_correction, "", "divide by 1 - decay^t; false starts at theta_1");
  }

  bool counts(std::int64_t, std::int64_t) const { return true; }
  double kept(std::int64_t) const { return decay; }
  double taken(std::int64_t count) const { return count == 1 && !bias_correction ? 1 : 1 - decay; }
  double weight(std::int64_t count) const {
    return bias_correction ? 1 - integer_power(decay, count) : 1;
  }
};

/// A weighted sum of iterates: sum <- kept sum + taken theta; the average is sum / weight.
template <class Weights>
class WeightedSum final : public Averaging {
 public:
  explicit WeightedSum(Weights weights) : weights_(weights) {}

  void reset(const ParameterLayout& layout) override {
    sum_.assign(layout.size(), 0);
    count_ = 0;
  }

  void update(std::int64_t step, std::int64_t total_steps, std::span<const Real> theta) override {
    assert(theta.size() == sum_.size());
    if (!weights_.counts(step, total_steps)) return;
    ++count_;
    accumulate(weights_.kept(count_), weights_.taken(count_), sum_.size(), sum_.data(),
               theta.data());
  }

  bool ready() const override { return count_ > 0; }

  void value(std::span<Real> average) const override {
    assert(ready() && average.size() == sum_.size());
    const double weight = weights_.weight(count_);
    for (std::size_t i = 0; i < sum_.size(); ++i) average[i] = Real(sum_[i] / weight);
  }

  void visit_state(StateVisitor& visitor) override {
    visitor.doubles("sum", sum_);
    visitor.integer("count", count_);
  }

 private:
  static void accumulate(double kept, double taken, std::size_t n, double* __restrict sum,
                         const Real* __restrict theta) {
#pragma omp simd
    for (std::size_t i = 0; i < n; ++i) sum[i] = kept * sum[i] + taken * double{theta[i]};
  }

  Weights weights_;
  AlignedVector<double> sum_;
  std::int64_t count_ = 0;
};

template <class Weights>
CatalogEntry<Averaging> averaging_entry(std::string summary, std::string citation) {
  return made_entry<Averaging, WeightedSum<Weights>, Weights>(std::move(summary),
                                                              std::move(citation));
}

}  // namespace

const Catalog<Averaging>& averaging_catalog() {
  static const Catalog<Averaging> catalog = [] {
    Catalog<Averaging> all("averaging");
    all.add(averaging_entry<Polyak>("arithmetic mean of the iterates",
                                    "Polyak and Juditsky 1992; lecture L34"));
    all.add(averaging_entry<Ema>("exponentially decaying average of the iterates",
                                 "lecture L36; correction of Kingma and Ba 2015, section 3"));
    return all;
  }();
  return catalog;
}

}  // namespace ravine
