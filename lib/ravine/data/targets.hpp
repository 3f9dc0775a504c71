#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ravine/data/csv.hpp"
#include "ravine/data/examples.hpp"

namespace ravine::detail {

/// auto | classes | regression. Throws Error for other words.
Task parse_task(const std::string& word);

/// Numbers become class indices by ascending value, or regression targets. Task::kAuto takes them
/// for classes if they are at most 100 distinct whole numbers, and says that it guessed.
void assign_targets(const std::vector<double>& values, Task task, std::string_view name,
                    Examples& examples);

struct TextFile {
  std::string_view name, text;
};

/// Reads a training file and perhaps a test file into one matrix of examples. Words are names of
/// classes, in ascending byte order.
void read_csv_examples(std::span<const TextFile> files, const CsvOptions& options,
                       Examples& examples);
/// `least_positive` > 0: labels are ratings, of class 1 from that value on and else of class 0.
void read_libsvm_examples(std::span<const TextFile> files, Task task, double least_positive,
                          Examples& examples);

}  // namespace ravine::detail
