#include "ravine/train/catalogs.hpp"

namespace ravine {

std::shared_ptr<const Problem> Catalogs::make_problem(std::string_view text,
                                                      const std::string& batch_norm,
                                                      const std::string& data_directory) const {
  return problems.make(text)->build({.data_sets = data_sets,
                                     .layers = layers,
                                     .data_directory = data_directory,
                                     .batch_norm = batch_norm});
}

}  // namespace ravine
