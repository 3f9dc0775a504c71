#include <algorithm>
#include <array>
#include <filesystem>

#include "ravine/core/component.hpp"
#include "ravine/core/digest.hpp"
#include "ravine/data/examples.hpp"
#include "ravine/data/targets.hpp"
#include "ravine/io/gzip.hpp"

namespace ravine::detail {
namespace {

std::string_view without_gz(std::string_view name) {
  if (name.ends_with(".gz")) name.remove_suffix(3);
  return name;
}

bool is_csv(std::string_view name) { return without_gz(name).ends_with(".csv"); }

std::filesystem::path locate(const DataRequest& request) {
  const std::filesystem::path here = request.name;
  const std::filesystem::path below = std::filesystem::path(request.directory) / here;
  std::error_code error;
  return !std::filesystem::exists(here, error) && std::filesystem::exists(below, error) ? below
                                                                                        : here;
}

}  // namespace

bool is_data_path(std::string_view name) {
  constexpr std::array<std::string_view, 3> kEndings = {".csv", ".libsvm", ".svm"};
  return std::any_of(kEndings.begin(), kEndings.end(),
                     [&](std::string_view ending) { return without_gz(name).ends_with(ending); });
}

Examples read_path(const DataRequest& request) {
  check_choice("target", request.target, "last|first");
  const Task task = parse_task(request.task);
  const std::string path = locate(request).string();
  const Bytes stored = read_file(path);
  Examples examples;
  examples.digests = sha256_hex(as_text(stored)) + "\n" + "task=" + request.task;
  const Bytes inflated = is_gzip(stored) ? gunzip(stored, path) : Bytes{};
  const TextFile file = {path, as_text(is_gzip(stored) ? inflated : stored)};
  if (is_csv(request.name)) {
    examples.digests += " target=" + request.target;
    read_csv_examples({&file, 1}, {.target_first = request.target == "first"}, task, examples);
  } else {
    read_libsvm_examples({&file, 1}, task, 0, examples);
  }
  examples.digests += "\n";
  return examples;
}

}  // namespace ravine::detail
