#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ravine/export.hpp"

namespace ravine {

/// What a user wrote, flag by flag: the command line, and below it the file of --config. The one
/// reader of both; scripts ask a suite (--print-output) instead of reading again.
class RAVINE_EXPORT Configuration {
 public:
  /// Throws Error for unknown flags, missing values, flags given twice that are not lists, switches
  /// that are neither on nor off, and files that cannot be read.
  Configuration(int argc, const char* const* argv);

  bool has(const std::string& flag) const { return values_.contains(flag); }
  std::optional<std::string> text(const std::string& flag) const;
  /// All values of a flag that may be repeated, or the names after --components.
  std::vector<std::string> texts(const std::string& flag) const;
  std::optional<std::int64_t> whole(const std::string& flag) const;
  /// Whether a switch such as --fresh is there and on; throws Error for what is neither on nor off.
  bool is_on(const std::string& flag) const;

  /// All flags with what they mean, for --help.
  static std::string help();

 private:
  void add_file(const std::string& path);

  std::map<std::string, std::vector<std::string>> values_;
};

}  // namespace ravine
