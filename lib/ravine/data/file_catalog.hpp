#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "ravine/core/bytes.hpp"
#include "ravine/core/error.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// A cataloged file that is not where it was looked for: a suite may do without it.
class RAVINE_EXPORT MissingData : public Error {
 public:
  using Error::Error;
};

/// One file of datasets/catalog.tsv.
struct CatalogFile {
  std::string_view set;             // the name of the data set: "mnist"
  std::string_view file;            // below the data directory: "mnist/train-images-idx3-ubyte.gz"
  std::string_view kind;            // original | derived
  std::size_t bytes = 0;            // stored size
  std::string_view sha256;          // of the stored bytes
  std::string_view content_sha256;  // of the inflated bytes of a .gz file, "-" for others
  std::string_view url;             // serves exactly these bytes; "-" for derived files
};

/// The catalog this library was built with.
RAVINE_EXPORT std::vector<CatalogFile> file_catalog();

/// The entries of the lines of a catalog; they point into `text`. Throws Error for a bad line.
RAVINE_EXPORT std::vector<CatalogFile> parse_file_catalog(std::string_view text);

/// Throws Error unless `stored`, read from `path`, is the file of `entry`: as cataloged, or the
/// same content unpacked. The message names file, expected, found and the remedy.
RAVINE_EXPORT void verify(const CatalogFile& entry, const std::filesystem::path& path,
                          std::span<const std::uint8_t> stored);

/// Finds, reads, verifies and inflates a file below the data directory: `directory/file`,
/// or `directory/` with the bare file name, each as cataloged or unpacked (without .gz).
/// Throws MissingData if there is none and Error if it is not the right one, with the remedy.
RAVINE_EXPORT Bytes read_cataloged(const CatalogFile& entry,
                                   const std::filesystem::path& directory);

}  // namespace ravine
