#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ravine/export.hpp"

namespace ravine {

/// One line "key = value" of a file of --config.
struct ConfigLine {
  std::string key, value;
  int line = 0;
};

/// The settings in the text of a configuration file: one `flag = value` per line, blanks around
/// both dropped; `#` starts a comment at the beginning of a line or after a blank, so that
/// `run#1.h5` is a value. A UTF-8 byte order mark and the line ends of other systems are
/// understood. Throws Error, with the line and `path`, for anything else, and if there is no
/// setting at all.
RAVINE_EXPORT std::vector<ConfigLine> parse_settings(std::string_view text,
                                                     const std::string& path);

/// The settings in the file `path`; throws Error if it cannot be read, is a folder, binary, or
/// larger than any configuration.
RAVINE_EXPORT std::vector<ConfigLine> read_settings(const std::string& path);

}  // namespace ravine
