#pragma once

#include <string>
#include <string_view>

#include "ravine/core/bytes.hpp"
#include "ravine/data/examples.hpp"

namespace ravine::detail {

struct NamedFile {
  std::string name;
  Bytes content;
};

/// Appends a pair of IDX files to `examples`. Takes the content of the first image file, in which
/// there is room for that of the second. Throws Error where the files do not belong together.
void append_images(NamedFile& image_file, const NamedFile& label_file, Examples& examples);

/// Whether a name means IDX images: a folder, written with a slash at its end, or the file of the
/// training images, *images-idx3-ubyte or *images.idx3-ubyte, also with .gz.
bool is_idx_path(std::string_view name);

/// Reads the images that `path` names with their labels, *labels-idx1-ubyte. The test file is
/// called t10k or test where that of the training images is called train; without it there is one
/// file to split. A folder must hold one set. Throws Error for what is missing or does not fit.
Examples read_idx_path(const std::string& path);

}  // namespace ravine::detail
