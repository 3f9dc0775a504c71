#include "ravine/data/data_name.hpp"

#include "ravine/data/sources.hpp"

namespace ravine {

std::string data_file_name(const std::string& name) {
  if (!detail::is_data_path(name) || name.size() < 2) return name;
  const auto slash = name.find_last_of('/', name.size() - 2);  // not one at the end
  return slash == std::string::npos ? name : name.substr(slash + 1);
}

}  // namespace ravine
