#include "ravine/io/gzip.hpp"

#include <sys/mman.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "ravine/core/error.hpp"
#include "ravine/core/memory.hpp"

namespace ravine {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 22;  // inflated at a time
constexpr std::size_t kSmallestGzip = 18;             // header and trailer of an empty member

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

class Inflater {
 public:
  Inflater() {
    constexpr int kGzipOnly = 15 + 16;  // zlib: largest window, gzip wrapper required
    if (inflateInit2(&stream_, kGzipOnly) != Z_OK) fail_io("zlib could not start: out of memory?");
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream_); }
  z_stream& operator*() { return stream_; }
  z_stream* operator->() { return &stream_; }

 private:
  z_stream stream_{};
};

// The trailer's size (modulo 2^32) is right for nearly every file; a lie costs only a larger or a
// second allocation, bounded by what DEFLATE can reach (1032 : 1).
std::size_t expected_size(std::span<const std::uint8_t> bytes, std::size_t limit) {
  std::size_t size = 0;
  for (std::size_t i = 1; i <= 4; ++i) size = size << 8 | bytes[bytes.size() - i];
  return std::min({size, bytes.size() * 1032, limit});
}

// One call of the system instead of an exception per page of 4 kB, which costs a fifth of the time
// in a virtual machine. Only a wish: older kernels know it not.
void make_present([[maybe_unused]] std::uint8_t* begin, [[maybe_unused]] std::size_t size) {
#ifdef MADV_POPULATE_WRITE
  constexpr std::uintptr_t kPage = 4096;
  const auto first = reinterpret_cast<std::uintptr_t>(begin) & ~(kPage - 1);
  const auto last = (reinterpret_cast<std::uintptr_t>(begin) + size) & ~(kPage - 1);
  if (last > first) ::madvise(reinterpret_cast<void*>(first), last - first, MADV_POPULATE_WRITE);
#endif
}

// The bytes and what they become, text or pixels: about as much again. Small files need no
// question.
void expect_room(std::size_t bytes, std::string_view name) {
  constexpr std::size_t kSmall = std::size_t{1} << 20;
  if (bytes <= kSmall) return;
  const MemoryLimit limit = available_memory();
  const double need = 2.0 * static_cast<double>(bytes);
  if (need > limit.bytes)
    fail(
        "'{}' takes about {} of memory while it is read, but {} are {}: use a smaller file, or "
        "raise "
        "the limit",
        name, format_memory(need), format_memory(limit.bytes), limit.source);
}

constexpr uInt clamp_to_uint(std::size_t count) {
  return static_cast<uInt>(std::min<std::size_t>(count, std::size_t{1} << 30));
}

}  // namespace

Bytes read_file(const std::filesystem::path& path, std::size_t limit) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) fail("'{}' does not exist", path.string());
  if (!std::filesystem::is_regular_file(status))
    fail("'{}' is not a regular file: give the path of a data file", path.string());
  const auto size = std::filesystem::file_size(path, error);
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  if (error || !file) fail("'{}' cannot be read: {}", path.string(), std::strerror(errno));
  if (size > limit)
    fail("'{}' has {} bytes, but a data file may have at most {}", path.string(), size, limit);
  expect_room(size, path.string());
  Bytes bytes(size);
  make_present(bytes.data(), size);
  const std::size_t got = std::fread(bytes.data(), 1, bytes.size(), file.get());
  if (got != size)
    fail_io("'{}' ended after {} of {} bytes during reading", path.string(), got, size);
  return bytes;
}

bool is_gzip(std::span<const std::uint8_t> bytes) {
  return bytes.size() >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

Bytes gunzip(std::span<const std::uint8_t> bytes, std::string_view name, std::size_t limit) {
  if (bytes.size() < kSmallestGzip) fail("'{}' is a truncated gzip file: fetch it again", name);
  Inflater stream;
  // One byte more than expected: zlib always has room to find the end, and a full buffer means
  // that more is coming.
  const std::size_t expected = expected_size(bytes, limit) + 1;
  expect_room(expected, name);
  Bytes content;
  content.reserve(expected + expected / 4);
  content.resize(expected);
  std::size_t used = 0, made = 0;
  while (true) {
    stream->next_in = const_cast<Bytef*>(bytes.data() + used);
    stream->avail_in = clamp_to_uint(bytes.size() - used);
    stream->next_out = content.data() + made;
    const std::size_t piece = std::min(content.size() - made, kPiece);
    make_present(stream->next_out, piece);
    stream->avail_out = static_cast<uInt>(piece);
    const int result = inflate(&*stream, Z_NO_FLUSH);
    used = static_cast<std::size_t>(stream->next_in - bytes.data());
    made = static_cast<std::size_t>(stream->next_out - content.data());
    if (made > limit)
      fail("'{}' inflates to more than {} bytes, the limit of a data file", name, limit);
    if (result == Z_STREAM_END) {
      if (used == bytes.size()) break;
      if (!is_gzip(bytes.subspan(used)))
        fail("'{}' has {} extra bytes after its gzip content: fetch it again", name,
             bytes.size() - used);
      inflateReset(&*stream);
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      fail("'{}' is a corrupt gzip file ({}): fetch it again", name,
           stream->msg ? stream->msg : "bad data");
    } else if (used == bytes.size() && stream->avail_out > 0) {
      fail("'{}' is a truncated gzip file: fetch it again", name);
    }
    if (made == content.size()) content.resize(std::min(limit, 2 * made) + 1);
  }
  content.resize(made);
  return content;
}

}  // namespace ravine
