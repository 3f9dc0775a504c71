#include "fuzz/data_file.hpp"

#include <vector>

#include "fuzz/memory_file.hpp"

namespace ravine::fuzz {
namespace {

void check_ranges(const Dataset& data) {
  const std::size_t rows = data.features.rows;
  require(data.train.begin == 0 && data.train.end == data.validation.begin &&
              data.validation.end == data.test.begin && data.test.end == rows,
          "the parts make up the whole");
  require(data.train.size() > 0, "there are training examples");
  const bool classes = data.classes > 0;
  require(data.labels.size() == (classes ? rows : 0), "a label for each row");
  require(data.targets.size() == (classes ? 0 : rows), "or a target for each row");
  for (const std::int32_t label : data.labels)
    require(label >= 0 && static_cast<std::size_t>(label) < data.classes, "labels are classes");
}

void check_sparse(const Features& features) {
  const SparseRows& sparse = features.sparse;
  require(sparse.row_start.size() == features.rows + 1, "a start for each row");
  require(sparse.columns.size() == sparse.values.size(), "a value for each column");
  require(sparse.row_start.back() == static_cast<std::int64_t>(sparse.columns.size()),
          "the rows hold all values");
  for (const std::int32_t column : sparse.columns)
    require(column >= 0 && static_cast<std::size_t>(column) < features.cols, "columns are inside");
}

}  // namespace

void load_data_file(Input input, std::string_view ending) {
  if (input.empty()) return;
  const unsigned options = input[0];
  static const MemoryFile file(ending);
  file.write(input.subspan(1));
  DataRequest request{.name = file.path().string()};
  const bool csv = ending == ".csv";
  if (csv) request.target = options & 1u ? "first" : options & 64u ? "x" : "last";
  if (csv) request.header = options & 32u ? "yes" : "auto";
  request.scale = options & 2u ? "standardize" : "unit";
  request.full = (options & 4u) != 0;
  request.task = options & 8u ? "regression" : options & 16u ? "classes" : "auto";
  const auto data = data_catalog().load(request);
  check_ranges(*data);
  if (data->features.is_sparse()) return check_sparse(data->features);
  require(data->features.dense.size() == data->features.rows * data->features.cols, "a full table");
  const std::vector<std::int32_t> last = {static_cast<std::int32_t>(data->features.rows) - 1};
  std::vector<Real> row(data->features.cols);
  gather(data->features, last, row.data());
}

}  // namespace ravine::fuzz
