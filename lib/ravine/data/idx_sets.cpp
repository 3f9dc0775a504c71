#include "ravine/data/idx_sets.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "ravine/core/digest.hpp"
#include "ravine/core/error.hpp"
#include "ravine/core/text.hpp"
#include "ravine/data/idx.hpp"
#include "ravine/data/targets.hpp"
#include "ravine/io/gzip.hpp"

namespace ravine::detail {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kGz = ".gz";

bool is_image_file(std::string_view path) {
  std::string name = lower_case(path.substr(path.find_last_of('/') + 1));
  if (name.ends_with(kGz)) name.resize(name.size() - kGz.size());
  return name.ends_with("images-idx3-ubyte") || name.ends_with("images.idx3-ubyte");
}

// The name of a file that belongs to another: its last `from` replaced, "" without one.
std::string sibling(std::string name, std::string_view from, std::string_view to) {
  const std::size_t at = name.rfind(from);
  return at == std::string::npos ? "" : name.replace(at, from.size(), to);
}

// The file, or the same one packed or unpacked.
fs::path existing(const fs::path& folder, const std::string& name) {
  std::vector<std::string> names = {name, name + std::string(kGz)};
  if (name.ends_with(kGz)) names[1] = name.substr(0, name.size() - kGz.size());
  for (const std::string& one : names) {
    std::error_code error;
    if (!name.empty() && fs::exists(folder / one, error)) return folder / one;
  }
  return {};
}

fs::path training_images_in(const fs::path& folder) {
  std::error_code error;
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    std::string name = entry.path().filename().string();
    const bool test =
        name.find("t10k") != std::string::npos ||
        (name.find("test") != std::string::npos && name.find("train") == std::string::npos);
    if (is_image_file(name) && !test) names.push_back(std::move(name));
  }
  if (error) fail("cannot read the folder '{}': {}", folder.string(), error.message());
  std::sort(names.begin(), names.end());
  // Of a file and its .gz the file is taken.
  std::erase_if(names, [&](const std::string& name) {
    return name.ends_with(kGz) &&
           std::ranges::count(names, name.substr(0, name.size() - kGz.size())) > 0;
  });
  if (names.empty())
    fail(
        "'{}' does not contain *train-images-idx3-ubyte, with or without .gz: is it the right "
        "folder?",
        folder.string());
  if (names.size() > 1)
    fail("'{}' has {} sets of images: name the images of one, such as data={}", folder.string(),
         names.size(), (folder / names.front()).string());
  return folder / names.front();
}

NamedFile read_unpacked(const fs::path& path, std::string& digests) {
  NamedFile file{path.string(), read_file(path)};
  if (is_gzip(file.content)) file.content = gunzip(file.content, file.name);
  digests += sha256_hex(as_text(file.content)) + "\n";
  return file;
}

void append_pair(const fs::path& images, Examples& examples) {
  const std::string name = images.filename().string();
  const std::string labels_name = sibling(sibling(name, "images", "labels"), "idx3", "idx1");
  const fs::path labels = existing(images.parent_path(), labels_name);
  if (labels.empty())
    fail("'{}' has no labels: put '{}' beside it", images.string(),
         labels_name.empty() ? "*labels-idx1-ubyte" : labels_name);
  NamedFile image_file = read_unpacked(images, examples.digests);
  append_images(image_file, read_unpacked(labels, examples.digests), examples);
}

}  // namespace

void append_images(NamedFile& image_file, const NamedFile& label_file, Examples& examples) {
  const IdxImages images = parse_idx_images(image_file.content, image_file.name);
  const auto labels = parse_idx_labels(label_file.content, label_file.name);
  Features& features = examples.features;
  const std::size_t cols = images.rows * images.cols;
  if (labels.size() != images.count || (features.rows > 0 && features.cols != cols))
    fail("'{}' and '{}' do not belong together: fetch both again", image_file.name,
         label_file.name);
  features.cols = cols;
  if (cols > 0) features.shape = Shape::image(1, images.rows, images.cols);
  features.rows += images.count;
  if (features.pixels.empty()) {
    image_file.content.erase(image_file.content.begin(),
                             image_file.content.end() - std::ssize(images.pixels));
    features.pixels = std::move(image_file.content);
  } else {
    features.pixels.insert(features.pixels.end(), images.pixels.begin(), images.pixels.end());
  }
  examples.labels.insert(examples.labels.end(), labels.begin(), labels.end());
}

bool is_idx_path(std::string_view name) { return name.ends_with('/') || is_image_file(name); }

Examples read_idx_path(const std::string& path) {
  const fs::path images = path.ends_with('/') ? training_images_in(path) : fs::path(path);
  const std::string name = images.filename().string();
  fs::path test;
  for (const char* word : {"t10k", "test"})
    if (test.empty()) test = existing(images.parent_path(), sibling(name, "train", word));
  Examples examples;
  append_pair(images, examples);
  examples.train_rows = examples.features.rows;
  if (!test.empty()) append_pair(test, examples);
  const std::vector<double> labels(examples.labels.begin(), examples.labels.end());
  examples.labels.clear();
  assign_targets(labels, Task::kClasses, path, examples);
  examples.full_scale = 255;
  examples.understood =
      fmt::format("{} training and {} test images of {} pixels", examples.train_rows,
                  examples.features.rows - examples.train_rows, examples.features.cols);
  return examples;
}

}  // namespace ravine::detail
