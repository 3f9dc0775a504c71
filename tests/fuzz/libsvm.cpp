#include "fuzz/data_file.hpp"

namespace ravine::fuzz {

void libsvm(Input input) { load_data_file(input, ".libsvm"); }

}  // namespace ravine::fuzz
