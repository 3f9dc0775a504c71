#pragma once

#include <cstddef>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "ravine/run/record.hpp"

/// What `ravine-results show` says about the trials of one problem and optimizer.
struct Group {
  std::map<std::string, std::size_t> outcomes;
  std::string metric;  // the one that decides, "" if no trial measured any
  double best = std::numeric_limits<double>::quiet_NaN();           // its best last value
  double learning_rate = std::numeric_limits<double>::quiet_NaN();  // of that trial
};

/// Counts outcomes and finds the best trial of every problem and optimizer, trial by trial.
class Summary {
 public:
  void add(const ravine::TrialRecord& record);
  void print() const;

 private:
  std::map<std::pair<std::string, std::string>, Group> groups_;
};
