#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "ravine/data/dataset.hpp"

namespace ravine::detail {

/// The examples of files before they are split: first those for training, then the test file's.
struct Examples {
  Features features;
  std::vector<std::int32_t> labels;
  std::vector<float> targets;
  std::size_t classes = 0;
  bool guessed_classes = false;     // nobody said that the whole numbers are classes
  std::size_t train_rows = 0;       // the rest is a test file
  double full_scale = 1;            // scale=unit divides by it
  std::size_t validation_tail = 0;  // validation is that many last training rows, unpermuted
  std::string digests;              // SHA-256 of the stored files, one per line
  std::string understood;           // of an own file: rows, features, target's column, header
};

/// The names of the sets that read_named knows, as in the catalogue.
std::vector<std::string> named_sets();
bool is_named(std::string_view name);
/// Reads a catalogued set from below the data directory.
Examples read_named(std::string_view name, const std::string& directory);

/// Whether a name is the path of a table or sparse text, *.csv, *.libsvm, *.svm, in any case, also
/// with .gz, or of IDX images (is_idx_path).
bool is_data_path(std::string_view name);
/// Reads request.name, from the working directory or below the data directory.
Examples read_path(const DataRequest& request);
/// Throws Error if a request chooses columns of what is no .csv file.
void refuse_table_keys(const DataRequest& request);

}  // namespace ravine::detail
