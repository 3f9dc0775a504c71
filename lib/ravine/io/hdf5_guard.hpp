#pragma once

#include <cstddef>
#include <memory_resource>
#include <string>

#include "ravine/io/hdf5_support.hpp"

/// What is asked of a file before it is read; not installed. A seal tells an accident, but anybody
/// can seal a file: sizes and links in it are promises. Call under Lock.
namespace ravine::hdf5 {

/// Bytes of the file that an object is in.
std::size_t file_bytes(hid_t object);

/// Throws Error if a column promises more rows than its file can hold: numbers are packed as
/// tightly as DEFLATE can (1032 : 1), texts are not packed and take 16 bytes each. Rows that were
/// never written count, too: columns beside them have stored theirs. So memory is bounded by the
/// size of the file.
void expect_possible_rows(hid_t column, std::size_t rows);

/// Throws Error unless a column is stored as ravine does it: in this file, in chunks of moderate
/// size, with no filters but shuffle and deflate.
void expect_plain_storage(hid_t column);

/// Throws Error for a soft or external link, which leads elsewhere, even into another file.
void expect_hard_link(hid_t group, const std::string& name);

/// Takes the texts of one read, and not more bytes of them than the file has: each is stored once.
/// All are freed together, even if the read ends half-way.
class TextMemory {
 public:
  explicit TextMemory(std::size_t most_bytes) : left_(most_bytes) {}
  /// Properties of a transfer into this memory.
  Handle transfer_properties();

 private:
  static void* take(std::size_t bytes, void* self);

  std::size_t left_;
  std::pmr::monotonic_buffer_resource memory_;
};

}  // namespace ravine::hdf5
