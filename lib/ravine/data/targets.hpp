#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "ravine/data/csv.hpp"
#include "ravine/data/examples.hpp"

namespace ravine::detail {

enum class Task { kAuto, kClasses, kRegression };

/// auto | classes | regression. Throws Error for other words.
Task parse_task(const std::string& word);

/// Numbers become class indices by ascending value, or regression targets. Task::kAuto takes them
/// for classes if they are at most 100 distinct whole numbers.
void assign_targets(const std::vector<double>& values, Task task, std::string_view name,
                    Examples& examples);

/// The same for targets as written: all numbers, or names of classes in ascending byte order.
void assign_targets(const std::vector<std::string_view>& words, Task task, std::string_view name,
                    Examples& examples);

struct TextFile {
  std::string_view name, text;
};

/// Reads a training file and perhaps a test file into one matrix of examples.
void read_csv_examples(std::span<const TextFile> files, const CsvOptions& options, Task task,
                       Examples& examples);
/// `least_positive` > 0: labels are ratings, of class 1 from that value on and else of class 0.
void read_libsvm_examples(std::span<const TextFile> files, Task task, double least_positive,
                          Examples& examples);

}  // namespace ravine::detail
