#include "ravine/cli/config_file.hpp"

#include <algorithm>
#include <span>

#include "ravine/core/error.hpp"
#include "ravine/core/text.hpp"
#include "ravine/io/descriptor.hpp"

namespace ravine {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 20;

std::string_view without_comment(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i)
    if (line[i] == '#' && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t'))
      return line.substr(0, i);
  return line;
}

bool is_binary(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < ' ' && c != '\t' && c != '\r' && c != '\n') || c == 127;
  });
}

}  // namespace

std::vector<ConfigLine> parse_settings(std::string_view text, const std::string& path) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (is_binary(text))
    fail("the config file '{}' is binary: it must be text, one flag = value per line", path);
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  std::vector<ConfigLine> settings;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trim(without_comment(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || equals == 0)
      fail("line {} of '{}' is '{}': write flag = value", number, path, line);
    const std::string_view value = trim(line.substr(equals + 1));
    if (value.size() > 1 && value.front() == '"' && value.back() == '"')
      fail("line {} of '{}' has the value {}: write it without the quotes", number, path, value);
    settings.push_back({std::string(trim(line.substr(0, equals))), std::string(value), number});
  }
  if (settings.empty())
    fail(
        "the config file '{}' sets nothing: write one flag = value per line, or leave out --config",
        path);
  return settings;
}

std::vector<ConfigLine> read_settings(const std::string& path) {
  std::string text(kMostBytes + 1, '\0');
  try {
    // Not a stream: that takes a folder for an empty file, and waits for a pipe.
    const Descriptor file = open_regular(path);
    text.resize(file.read_at(0, std::as_writable_bytes(std::span(text))));
  } catch (const Error& error) {
    fail("--config {}: {}", path, error.what());
  }
  if (text.size() > kMostBytes)
    fail("the config file '{}' is longer than 1 MiB: it must be text, one flag = value per line",
         path);
  return parse_settings(text, path);
}

}  // namespace ravine
