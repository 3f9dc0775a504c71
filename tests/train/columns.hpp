#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "ravine/results/record.hpp"

namespace ravine {

/// The column of that name: of a curve, or of a table beside it.
inline const Column& column_of(const std::vector<Column>& columns, std::string_view name) {
  for (const Column& column : columns)
    if (column.name == name) return column;
  throw std::runtime_error("no column " + std::string(name));
}

inline const std::vector<double>& values_of(const std::vector<Column>& columns,
                                            std::string_view name) {
  return column_of(columns, name).values;
}

}  // namespace ravine
