#include "ravine/results/spool_folder.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <regex>
#include <span>

#include "ravine/core/error.hpp"
#include "ravine/io/atomic_file.hpp"
#include "ravine/io/files.hpp"
#include "ravine/results/attempts.hpp"
#include "ravine/results/progress_file.hpp"

namespace ravine {
namespace {

using Path = std::filesystem::path;

bool is_plain(const Path& path) {
  return std::filesystem::is_regular_file(std::filesystem::symlink_status(path));
}

}  // namespace

int segment_number(const Path& path) {
  int number = 0;
  const std::string stem = path.stem().string();
  if (path.extension() != ".segment" ||
      !std::ranges::all_of(stem, [](unsigned char character) { return std::isdigit(character); }))
    return 0;
  std::from_chars(stem.data(), stem.data() + stem.size(), number);
  return number;
}

SpoolFile spool_file(const Path& path) {
  static const std::regex trial(R"([0-9a-f]{16}\.h5)"), checkpoint(R"([0-9a-f]{16}\.checkpoint)");
  static const std::regex set_aside(
      R"(([0-9a-f]{16}\.(h5|checkpoint)|\d+\.segment)\.damaged(-\d+)?)");
  const std::string name = path.filename().string();
  if (std::regex_match(name, trial)) return SpoolFile::kTrial;
  if (segment_number(path) > 0) return SpoolFile::kSegment;
  if (std::regex_match(name, checkpoint)) return SpoolFile::kCheckpoint;
  if (name == kAttemptsFile) return SpoolFile::kAttempts;
  if (name == kSuiteFile) return SpoolFile::kSuite;
  if (name == kProgressFile) return SpoolFile::kProgress;
  if (is_temporary(path)) return SpoolFile::kTemporary;
  if (std::regex_match(name, set_aside)) return SpoolFile::kSetAside;
  return SpoolFile::kForeign;
}

std::vector<Path> spool_files(const Path& folder, SpoolFile kind) {
  std::vector<Path> files = list_folder(folder);
  std::erase_if(files,
                [&](const Path& path) { return spool_file(path) != kind || !is_plain(path); });
  return files;
}

std::string suite_of_spool(const Path& folder) {
  const Path path = folder / kSuiteFile;
  expect_plain_file(path);
  if (!is_there(path)) return "";
  const std::vector<std::byte> bytes = read_bytes(path);
  std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  static const std::regex form(R"([A-Za-z0-9_.-]+\n)");
  if (!std::regex_match(text, form))
    fail("{} does not name a suite: it is not ravine's; move it away or choose another output",
         path.string());
  text.pop_back();
  return text;
}

void expect_spool(const Path& folder) {
  if (!std::ranges::any_of(list_folder(folder), [](const Path& path) {
        const SpoolFile kind = spool_file(path);
        return kind == SpoolFile::kTrial || kind == SpoolFile::kSegment ||
               kind == SpoolFile::kSuite;
      }))
    fail(
        "{} is a folder, but not a spool: it holds no trials and does not name a suite; name "
        "result files, or the folders *.spool beside them",
        folder.string());
}

void claim_spool(const Path& folder, const std::string& suite) {
  if (std::filesystem::is_symlink(folder))
    fail(
        "{} is a symbolic link, which ravine does not follow: remove it or choose another --output",
        folder.string());
  if (std::filesystem::is_directory(folder)) {
    const std::vector<Path> files = list_folder(folder);
    if (!files.empty() && std::ranges::all_of(files, [](const Path& path) {
          return spool_file(path) == SpoolFile::kForeign;
        }))
      fail("{} is not a spool of ravine: it holds other files; choose another --output",
           folder.string());
  }
  create_folders(folder);
  if (::access(folder.c_str(), W_OK | X_OK) != 0) fail_system(errno, "write into", folder);
  const std::string before = suite_of_spool(folder);
  if (!before.empty() && !suite.empty() && before != suite)
    fail(
        "{} holds trials of the suite {}, but this is {}: choose another --output, or finish that "
        "run",
        folder.string(), before, suite);
  if (!before.empty() || suite.empty()) return;
  if (std::ranges::any_of(list_folder(folder), [](const Path& path) {
        const SpoolFile kind = spool_file(path);
        return kind == SpoolFile::kTrial || kind == SpoolFile::kSegment;
      }))
    fail(
        "{} holds trials of an unknown suite: pack them with 'ravine-results merge OUT {} --suite "
        "NAME', or choose another --output",
        folder.string(), folder.string());
  const std::string line = suite + "\n";
  replace_file(folder / kSuiteFile, std::as_bytes(std::span(line)));
}

void remove_empty_spool(const Path& folder) {
  if (!is_there(folder)) return;
  const std::vector<Path> files = list_folder(folder);
  const auto goes = [](const Path& path) {
    const SpoolFile kind = is_plain(path) ? spool_file(path) : SpoolFile::kForeign;
    return kind == SpoolFile::kAttempts || kind == SpoolFile::kSuite ||
           kind == SpoolFile::kProgress || kind == SpoolFile::kTemporary;
  };
  if (!std::ranges::all_of(files, goes)) return;
  for (const Path& path : files) remove_file(path);
  std::error_code ignored;
  std::filesystem::remove(folder, ignored);
}

}  // namespace ravine
