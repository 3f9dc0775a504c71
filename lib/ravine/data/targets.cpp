#include "ravine/data/targets.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "ravine/core/component.hpp"
#include "ravine/core/error.hpp"
#include "ravine/data/libsvm.hpp"
#include "ravine/data/numbers.hpp"

namespace ravine::detail {
namespace {

constexpr std::size_t kMostClasses = 1000;  // more is a mistaken column, such as an id
constexpr std::size_t kMostGuessedClasses = 100;

template <class T>
std::vector<T> distinct(std::vector<T> values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

template <class T>
void assign_classes(const std::vector<T>& values, std::string_view name, Examples& examples) {
  const std::vector<T> classes = distinct(values);
  if (classes.size() < 2 || classes.size() > kMostClasses)
    fail(
        "the targets of '{}' have {} distinct value{}: use 2 to {} classes, or set "
        "task=regression, or target= for another column",
        name, classes.size(), classes.size() == 1 ? "" : "s", kMostClasses);
  examples.classes = classes.size();
  examples.labels.reserve(values.size());
  for (const T& value : values) {
    const auto at = std::lower_bound(classes.begin(), classes.end(), value);
    examples.labels.push_back(static_cast<std::int32_t>(at - classes.begin()));
  }
}

bool looks_like_classes(const std::vector<double>& values) {
  const bool whole =
      std::all_of(values.begin(), values.end(), [](double v) { return v == std::floor(v); });
  return whole && distinct(values).size() <= kMostGuessedClasses;
}

}  // namespace

Task parse_task(const std::string& word) {
  check_choice("task", word, "auto|classes|regression");
  if (word == "classes") return Task::kClasses;
  return word == "regression" ? Task::kRegression : Task::kAuto;
}

void assign_targets(const std::vector<double>& values, Task task, std::string_view name,
                    Examples& examples) {
  if (task == Task::kAuto) {
    examples.guessed_classes = looks_like_classes(values);
    task = examples.guessed_classes ? Task::kClasses : Task::kRegression;
  }
  if (task == Task::kClasses) return assign_classes(values, name, examples);
  examples.targets.reserve(values.size());
  for (double value : values) examples.targets.push_back(static_cast<float>(value));
}

namespace {

// Names such as 100, 200, 300 cannot be told from a row: whoever reads this can.
std::string header_or_first_row(const CsvTable& table) {
  if (table.header) return "line 1 is a header";
  constexpr std::size_t kShown = 3;
  const auto shown_values = std::span(table.values).first(std::min(kShown, table.cols));
  return fmt::format("no header: line 1 is a row, features {}{}, target {}",
                     fmt::join(shown_values, ", "), table.cols > kShown ? ", ..." : "",
                     shown(table.targets.front()));
}

}  // namespace

void read_csv_examples(std::span<const TextFile> files, const CsvOptions& options,
                       Examples& examples) {
  CsvTable table;
  for (const TextFile& file : files) {
    parse_csv(file.text, file.name, options, table);
    if (examples.train_rows == 0) examples.train_rows = table.rows;
  }
  if (table.words) {
    assign_classes(table.targets, files[0].name, examples);
  } else {
    std::vector<double> values(table.rows);
    for (std::size_t i = 0; i < table.rows; ++i) read_cell(table.targets[i], values[i]);
    assign_targets(values, options.task, files[0].name, examples);
  }
  const std::string line1 = header_or_first_row(table);
  examples.features.rows = table.rows;
  examples.features.cols = table.cols;
  examples.features.dense = std::move(table.values);
  examples.understood =
      fmt::format("{} rows, {} feature{}, target: column {}{}, {}", table.rows, table.cols,
                  table.cols == 1 ? "" : "s", table.target_column + 1,
                  table.header ? fmt::format(" '{}'", shown(table.target_name)) : "", line1);
}

void read_libsvm_examples(std::span<const TextFile> files, Task task, double least_positive,
                          Examples& examples) {
  LibsvmRows data;
  for (const TextFile& file : files) {
    parse_libsvm(file.text, file.name, data);
    if (examples.train_rows == 0) examples.train_rows = data.labels.size();
  }
  if (least_positive > 0)
    for (double& label : data.labels) label = label >= least_positive ? 1 : 0;
  if (data.rows.columns.empty()) fail("none of the rows of '{}' has an index:value", files[0].name);
  check_columns(data, files[0].name);
  assign_targets(data.labels, task, files[0].name, examples);
  examples.features.rows = data.labels.size();
  examples.features.cols = number_from_zero(data);
  examples.understood =
      fmt::format("{} rows, {} features (sparse)", examples.features.rows, examples.features.cols);
  examples.features.sparse = std::move(data.rows);
}

}  // namespace ravine::detail
