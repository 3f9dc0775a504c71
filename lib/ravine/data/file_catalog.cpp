#include "ravine/data/file_catalog.hpp"

#include <utility>

#include "ravine/core/digest.hpp"
#include "ravine/core/error.hpp"
#include "ravine/core/text.hpp"
#include "ravine/data/catalog_text.hpp"
#include "ravine/data/text_lines.hpp"
#include "ravine/io/gzip.hpp"

namespace ravine {
namespace {

constexpr std::string_view kGzip = ".gz";

bool is_packed(const CatalogFile& entry) { return entry.file.ends_with(kGzip); }

std::vector<std::filesystem::path> places(const CatalogFile& entry,
                                          const std::filesystem::path& directory) {
  const std::filesystem::path below = entry.file;
  std::vector<std::filesystem::path> found;
  for (const auto& file : {below, below.filename()}) {
    found.push_back(directory / file);
    if (is_packed(entry)) found.push_back((directory / file).replace_extension());
  }
  return found;
}

}  // namespace

std::vector<CatalogFile> file_catalog() { return parse_file_catalog(kCatalogText); }

std::vector<CatalogFile> parse_file_catalog(std::string_view text) {
  constexpr std::size_t kColumns = 7;
  std::vector<CatalogFile> entries;
  detail::TextLines lines(text);
  std::string_view line;
  bool header = true;
  while (lines.next(line)) {
    line = trim(line);
    if (line.empty() || line.front() == '#') continue;
    if (std::exchange(header, false)) continue;
    std::vector<std::string_view> fields;
    for (std::size_t end = 0; end != std::string_view::npos;) {
      end = line.find('\t');
      fields.push_back(line.substr(0, end));
      line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    }
    if (fields.size() != kColumns)
      fail("line {} of the catalog has {} columns instead of {}", lines.number(), fields.size(),
           kColumns);
    entries.push_back({fields[0], fields[1], fields[2],
                       static_cast<std::size_t>(parse_integer(fields[3], "bytes")), fields[4],
                       fields[5], fields[6]});
  }
  return entries;
}

void verify(const CatalogFile& entry, const std::filesystem::path& path,
            std::span<const std::uint8_t> stored) {
  const bool unpacked = is_packed(entry) && !is_gzip(stored) && path.extension() != kGzip;
  if (!unpacked && stored.size() != entry.bytes)
    fail("'{}' has {} bytes, but {} of '{}' has {}: replace it with scripts/fetch_datasets {}",
         path.string(), stored.size(), entry.file, entry.set, entry.bytes, entry.set);
  const std::string_view expected = unpacked ? entry.content_sha256 : entry.sha256;
  const std::string found = sha256_hex(as_text(stored));
  if (found != expected)
    fail("'{}' has SHA-256 {}, but {} of '{}' has {}: replace it with scripts/fetch_datasets {}",
         path.string(), found, entry.file, entry.set, expected, entry.set);
}

Bytes read_cataloged(const CatalogFile& entry, const std::filesystem::path& directory) {
  if (directory.empty())
    throw MissingData(
        fmt::format("the files of data set '{}' are missing: pass --data-dir or set "
                    "RAVINE_DATA_DIR (scripts/fetch_datasets {} downloads them to datasets/)",
                    entry.set, entry.set));
  for (const auto& path : places(entry, directory)) {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) continue;
    Bytes stored = read_file(path);
    verify(entry, path, stored);
    return is_gzip(stored) ? gunzip(stored, path.string()) : std::move(stored);
  }
  throw MissingData(
      fmt::format("'{}' does not exist: download it with scripts/fetch_datasets {}, or point "
                  "--data-dir or RAVINE_DATA_DIR at the folder that contains it",
                  (directory / entry.file).string(), entry.set));
}

}  // namespace ravine
