#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "ravine/core/metrics.hpp"
#include "ravine/results/record.hpp"

/// What `ravine-results show` says of a result file: for every problem and every series of trials
/// that differ in nothing but learning rate and seed, the rate that validation chose, and what the
/// test part says of it over all seeds. The rules are those of the Python analysis
/// (ravine/study/selection.py):
///
///   criterion   the first of validation accuracy, validation loss and objective that the problem
///               measures; the last value of a trial counts
///   choice      the rate with the fewest missed seeds, then the best median of the criterion, then
///               the smallest
///   reported    the first of test accuracy, test loss and the criterion that the problem measures
///
/// A trial misses if it diverged, failed, or has no finite last value: it counts as worse than any
/// other and is never left out. Of a tuned run the final stage is shown.
class Summary {
 public:
  void add(const ravine::TrialRecord& record);
  void print() const;

 private:
  /// A learning rate of a series; of a search each setting is one, named by its optimizer.
  using Candidate = std::pair<double, std::string>;
  using Values =
      std::array<double, ravine::kMetrics.size()>;  // the last of each metric, NaN for a miss
  using Fields = std::map<std::string, std::string>;
  struct Series {
    std::string name;  // the optimizer, or the contest of a tuned run and its role
    Fields fields;     // all else that is the same for its trials
    std::map<Candidate, std::vector<Values>> trials = {};
    std::map<std::string, std::size_t> outcomes = {};
  };
  struct Problem {
    std::string text;
    std::vector<Series> series = {};
    std::array<bool, ravine::kMetrics.size()> measured = {};
  };

  static Series& series_of(Problem& problem, const ravine::TrialRecord& record);
  static void print(const Problem& problem);
  static std::string describe(const Series& series, std::size_t criterion, std::size_t metric);

  std::vector<Problem> problems_;
};
