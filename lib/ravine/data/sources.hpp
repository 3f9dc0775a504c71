#pragma once

#include <string_view>
#include <vector>

#include "ravine/data/data_catalog.hpp"
#include "ravine/data/dataset.hpp"

namespace ravine::detail {

/// The sets that need no files.
std::vector<DataSource> generated_sets();
/// The sets of datasets/catalog.tsv, and cifar10.
std::vector<DataSource> named_sets();

/// Whether a name is the path of a table, sparse text or text, *.csv, *.libsvm, *.svm, *.txt, in
/// any case, also with .gz, or of IDX images (is_idx_path).
bool is_data_path(std::string_view name);
/// Reads request.name, from the working directory or below the data directory.
Dataset read_path(const DataRequest& request);
/// Throws Error if a request chooses columns of what is not a .csv file.
void refuse_table_keys(const DataRequest& request);

}  // namespace ravine::detail
