#include "ravine/io/hdf5_guard.hpp"

#include <algorithm>
#include <new>

#include "ravine/core/error.hpp"

namespace ravine::hdf5 {
namespace {

constexpr std::size_t kNumbersPerByte = 1032 / 8, kBytesPerText = 16;
constexpr hsize_t kLargestChunk = hsize_t{1} << 16;  // rows; ravine's own have 8192

bool is_known_filter(H5Z_filter_t filter) {
  return filter == H5Z_FILTER_SHUFFLE || filter == H5Z_FILTER_DEFLATE;
}

bool has_known_filters(hid_t properties) {
  const int count = H5Pget_nfilters(properties);
  for (int i = 0; i < count; ++i) {
    unsigned flags = 0;
    std::size_t values = 0;
    if (!is_known_filter(H5Pget_filter2(properties, static_cast<unsigned>(i), &flags, &values,
                                        nullptr, 0, nullptr, nullptr)))
      return false;
  }
  return count >= 0;
}

bool has_plain_layout(hid_t properties) {
  switch (H5Pget_layout(properties)) {
    case H5D_COMPACT:
      return true;
    case H5D_CONTIGUOUS:
      return H5Pget_external_count(properties) == 0;
    case H5D_CHUNKED: {
      hsize_t rows = 0;
      return H5Pget_chunk(properties, 1, &rows) == 1 && rows <= kLargestChunk;
    }
    default:
      return false;
  }
}

}  // namespace

std::size_t file_bytes(hid_t object) {
  const Handle file(H5Iget_file_id(object));
  hsize_t bytes = 0;
  check(H5Fget_filesize(file.get(), &bytes), "read the size of", [&] { return name_of(object); });
  return bytes;
}

void expect_possible_rows(hid_t column, std::size_t rows) {
  const std::size_t bytes = file_bytes(column);
  const Handle type(H5Dget_type(column));
  const bool is_text = H5Tget_class(type.get()) == H5T_STRING;
  if (is_text ? rows > bytes / kBytesPerText : rows / kNumbersPerByte > bytes)
    fail(
        "{} has {} rows, more than a file of {} bytes can hold: the file is not in ravine's format",
        name_of(column), rows, bytes);
}

void expect_plain_storage(hid_t column) {
  const Handle properties(H5Dget_create_plist(column));
  if (!has_plain_layout(properties.get()) || !has_known_filters(properties.get()))
    fail("{} is stored in a way that ravine never uses: the file is not in ravine's format",
         name_of(column));
}

void expect_hard_link(hid_t group, const std::string& name) {
  H5L_info_t info;
  check(H5Lget_info(group, name.c_str(), &info, H5P_DEFAULT), "open",
        [&] { return name_of(group) + "/" + name; });
  if (info.type != H5L_TYPE_HARD)
    fail("{}/{} is a link to another object: the file is not in ravine's format", name_of(group),
         name);
}

void* TextMemory::take(std::size_t bytes, void* self) {
  auto& memory = *static_cast<TextMemory*>(self);
  if (bytes > memory.left_) return nullptr;
  memory.left_ -= bytes;
  try {
    return memory.memory_.allocate(bytes, 1);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

Handle TextMemory::transfer_properties() {
  Handle properties = text_transfer();
  H5Pset_vlen_mem_manager(
      properties.get(), take, this, [](void*, void*) {}, this);
  return properties;
}

}  // namespace ravine::hdf5
