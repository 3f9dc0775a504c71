#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "ravine/core/component.hpp"
#include "ravine/core/digest.hpp"
#include "ravine/core/error.hpp"
#include "ravine/core/text.hpp"
#include "ravine/data/examples.hpp"
#include "ravine/data/idx_sets.hpp"
#include "ravine/data/prepare.hpp"
#include "ravine/data/sources.hpp"
#include "ravine/data/targets.hpp"
#include "ravine/data/text.hpp"
#include "ravine/io/gzip.hpp"

namespace ravine::detail {
namespace {

bool has_ending(std::string_view name, std::string_view ending) {
  const std::string lower = lower_case(name);
  std::string_view file = lower;
  if (file.ends_with(".gz")) file.remove_suffix(3);
  return file.ends_with(ending);
}

bool is_csv(std::string_view name) { return has_ending(name, ".csv"); }

bool is_text(std::string_view name) { return has_ending(name, ".txt"); }

std::string locate(const DataRequest& request) {
  const std::filesystem::path here = request.name;
  const std::filesystem::path below = std::filesystem::path(request.directory) / here;
  std::error_code error;
  return !std::filesystem::exists(here, error) && std::filesystem::exists(below, error)
             ? below.string()
             : request.name;
}

Examples read_text_path(const DataRequest& request, const std::string& path) {
  const Task task = parse_task(request.task);
  const Bytes stored = read_file(path);
  Examples examples;
  examples.digests = sha256_hex(as_text(stored)) + "\n" + "task=" + request.task;
  const Bytes inflated = is_gzip(stored) ? gunzip(stored, path) : Bytes{};
  const TextFile file = {path, as_text(is_gzip(stored) ? inflated : stored)};
  if (is_csv(request.name)) {
    examples.digests += " target=" + request.target;
    if (request.header != "auto") examples.digests += " header=" + request.header;
    read_csv_examples({&file, 1},
                      {.target = request.target, .header = request.header, .task = task}, examples);
  } else {
    read_libsvm_examples({&file, 1}, task, 0, examples);
  }
  examples.digests += "\n";
  return examples;
}

Examples read_examples(const DataRequest& request, const std::string& path) {
  if (!is_csv(request.name)) refuse_table_keys(request);
  if (!is_idx_path(request.name)) return read_text_path(request, path);
  if (request.task != "auto")
    fail("task={} is for tables and sparse texts: the images of '{}' have classes", request.task,
         request.name);
  return read_idx_path(path);
}

Dataset read_plain_text(const DataRequest& request, const std::string& path) {
  refuse_table_keys(request);
  if (request.task != "auto")
    fail("task={} is for tables and sparse texts: the targets of '{}' are its next characters",
         request.task, request.name);
  const Bytes stored = read_file(path);
  const Bytes inflated = is_gzip(stored) ? gunzip(stored, path) : Bytes{};
  const Bytes& text = is_gzip(stored) ? inflated : stored;
  Dataset data = cut_text(text, static_cast<std::size_t>(request.context), request.name);
  data.digest = fmt::format("{}\ncontext={}\n", sha256_hex(as_text(stored)), request.context);
  data.understood = fmt::format("{} bytes, {} of them different, {} examples of {}", text.size(),
                                data.classes, data.features.rows, request.context);
  return data;
}

// What a reader understood, and what the targets became.
std::string understood(const Examples& examples) {
  if (examples.classes == 0) return examples.understood + ", regression";
  return fmt::format("{}, {} classes{}", examples.understood, examples.classes,
                     examples.guessed_classes ? " (task=regression if these are quantities)" : "");
}

}  // namespace

bool is_data_path(std::string_view name) {
  constexpr std::array<std::string_view, 4> kEndings = {".csv", ".libsvm", ".svm", ".txt"};
  return is_idx_path(name) ||
         std::any_of(kEndings.begin(), kEndings.end(),
                     [&](std::string_view ending) { return has_ending(name, ending); });
}

Dataset read_path(const DataRequest& request) {
  if (is_text(request.name)) return read_plain_text(request, locate(request));
  Examples examples = read_examples(request, locate(request));
  std::string how = understood(examples);
  Dataset data = split(std::move(examples), request.full);
  data.understood = std::move(how);
  return data;
}

void refuse_table_keys(const DataRequest& request) {
  if (request.target != "last")
    fail("target={} is for .csv files: '{}' has no columns to choose from", request.target,
         request.name);
  if (request.header != "auto")
    fail("header={} is for .csv files: '{}' is not one", request.header, request.name);
}

}  // namespace ravine::detail
