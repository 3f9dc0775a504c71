#include <vector>

#include "fuzz/memory_file.hpp"
#include "fuzz/targets.hpp"
#include "ravine/data/data_catalog.hpp"

namespace ravine::fuzz {

// The first byte is the context, the rest the file.
void text(Input input) {
  if (input.empty()) return;
  static const MemoryFile file(".txt");
  file.write(input.subspan(1));
  const auto data =
      data_catalog().load({.name = file.path().string(), .context = std::int64_t{input[0]}});
  const std::size_t rows = data->features.rows, context = input[0];
  require(data->train.begin == 0 && data->train.end == data->validation.begin &&
              data->validation.end == rows && data->test.size() == 0,
          "the parts make up the whole");
  require(data->train.size() > 0 && data->validation.size() > 0, "no part is empty");
  require(data->features.cols == context && data->positions == context, "a label for each token");
  require(data->features.tokens.size() == rows * context, "all tokens are there");
  require(data->labels.size() == rows * context, "and all labels");
  for (const std::int32_t label : data->labels)
    require(label >= 0 && static_cast<std::size_t>(label) < data->classes, "labels are tokens");
  for (std::size_t i = 1; i < data->labels.size(); ++i)
    require(data->features.tokens[i] == data->labels[i - 1], "a label is the next token");
}

}  // namespace ravine::fuzz
