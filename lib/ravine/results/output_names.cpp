#include "ravine/results/output_names.hpp"

#include <algorithm>
#include <regex>

#include "ravine/core/error.hpp"

namespace ravine {

std::string with_infix(const std::string& output, const std::string& infix) {
  const std::filesystem::path path(output);
  const std::string name =
      fmt::format("{}.{}{}", path.stem().string(), infix, path.extension().string());
  return (path.parent_path() / name).string();
}

std::string shard_output(const std::string& output, int shard, int shards) {
  return with_infix(output, fmt::format("shard-{}-of-{}", shard, shards));
}

std::filesystem::path whole_output(const std::filesystem::path& part) {
  static const std::regex shard(R"(\.shard-\d+-of-\d+(\.[^.]*)?$)");
  std::string name = part.filename().string();
  if (name.ends_with(".spool")) name.resize(name.size() - 6);
  return part.parent_path() / std::regex_replace(name, shard, "$1");
}

void check_output(const std::string& output, const std::string& suite) {
  // Temporary names beside it add the host, the process and more.
  constexpr std::size_t kLongestName = 160, kLongestFileName = 255;
  const std::filesystem::path path(output);
  const std::string name = path.filename().string();
  if (output.empty())
    fail("--output is empty: name a file such as results/{}.h5, or leave it out", suite);
  if (std::ranges::any_of(output, [](unsigned char c) { return c < ' ' || c == 127; }))
    fail("--output contains a line break or another control character: leave that out");
  if (name.size() > kLongestName)
    fail(
        "--output names a file with {} bytes in its name: at most {} leave room in the {} of a "
        "file system for temporary names beside it",
        name.size(), kLongestName, kLongestFileName);
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  if (name.empty() || name == "." || name == ".." || std::filesystem::is_directory(status))
    fail("--output is '{}', a folder: name a file in it, such as {}", output,
         (path / (suite + ".h5")).string());
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    fail("--output is '{}', which is not an ordinary file: name a file such as results/{}.h5",
         output, suite);
}

}  // namespace ravine
