#include "ravine/train/optimizer_record.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ravine/core/error.hpp"
#include "ravine/linalg/stats.hpp"

namespace ravine {
namespace {

class RecordedColumns final : public RecordVisitor {
 public:
  explicit RecordedColumns(std::vector<Column>& columns) : columns_(columns) {}
  void number(std::string_view name, std::string_view unit, double) override {
    columns_.push_back({fmt::format("optimizer_{}", name), std::string(unit), false, false, {}});
  }

 private:
  std::vector<Column>& columns_;
};

class RecordedValues final : public RecordVisitor {
 public:
  explicit RecordedValues(std::vector<double>& values) : values_(values) {}
  void number(std::string_view, std::string_view, double value) override {
    values_.push_back(value);
  }

 private:
  std::vector<double>& values_;
};

}  // namespace

OptimizerRecord::OptimizerRecord(Optimizer& optimizer, const ParameterLayout& layout)
    : blocks_(layout.blocks()) {
  RecordedColumns own(columns_);
  optimizer.visit_records(own);
  for (const Block& block : blocks_) {
    std::string name = "optimizer_rate_" + block.name;
    std::replace(name.begin(), name.end(), '/', '_');
    columns_.push_back({std::move(name), "1", false, false, {}});
  }
}

std::vector<double> OptimizerRecord::values(Optimizer& optimizer, std::span<const Real> theta,
                                            std::span<const Real> previous, Threads threads) const {
  std::vector<double> values;
  if (columns_.empty()) return values;
  values.reserve(columns_.size());
  RecordedValues own(values);
  optimizer.visit_records(own);
  for (const Block& block : blocks_) {
    double rate = std::numeric_limits<double>::quiet_NaN();
    if (!previous.empty()) {
      const double moved = squared_distance(threads, block.of(theta), block.of(previous));
      const double slope = squared_norm(threads, block.of(optimizer.last_gradient()));
      if (slope > 0) rate = std::sqrt(moved / slope);
    }
    values.push_back(rate);
  }
  return values;
}

}  // namespace ravine
