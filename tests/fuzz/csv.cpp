#include "fuzz/data_file.hpp"

namespace ravine::fuzz {

void csv(Input input) { load_data_file(input, ".csv"); }

}  // namespace ravine::fuzz
