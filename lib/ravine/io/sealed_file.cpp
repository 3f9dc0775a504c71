#include "ravine/io/sealed_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <vector>

#include "ravine/core/digest.hpp"
#include "ravine/core/error.hpp"
#include "ravine/io/files.hpp"

namespace ravine {
namespace {

using Digest = std::array<std::byte, 32>;

struct SealBlock {
  std::array<char, 8> magic{};
  std::uint32_t version = 0, zero = 0;
  std::uint64_t length = 0;
  Digest digest{};
  std::array<char, 32> kind{};
  std::array<char, 64> label{};
  std::array<char, 360> rest{};
};
static_assert(sizeof(SealBlock) == kSealBytes);

constexpr std::uint32_t kVersion = 1;

template <std::size_t N>
std::string text_of(const std::array<char, N>& field) {
  return {field.begin(), std::find(field.begin(), field.end(), '\0')};
}

template <std::size_t N>
void set_text(std::array<char, N>& field, std::string_view text) {
  if (text.size() > N) fail("'{}' does not fit into the {} bytes of a seal", text, N);
  std::copy(text.begin(), text.end(), field.begin());
}

SealBlock make_block(std::uint64_t length, std::string_view kind, std::string_view label) {
  SealBlock block;
  block.magic = kSealMagic;
  block.version = kVersion;
  block.length = length;
  set_text(block.kind, kind);
  set_text(block.label, label);
  return block;
}

/// Digest of a seal and of `length` bytes, of which next(buffer) gives some more each time.
template <class Next>
Digest digest_of(SealBlock block, Next&& next) {
  block.digest = {};
  Sha256 digest;
  digest.update(std::as_bytes(std::span(&block, 1)));
  std::uint64_t left = block.length;
  while (left > 0) {
    const std::span<const std::byte> piece = next(left);
    digest.update(piece);
    left -= piece.size();
  }
  return digest.finish();
}

class Stream {
 public:
  Stream(const std::filesystem::path& path, std::ios::openmode mode) : path_(path) {
    errno = 0;
    file_.open(path, mode | std::ios::binary);
    if (!file_) fail_system(errno, "open", path);
    size_ = static_cast<std::uint64_t>(file_.seekg(0, std::ios::end).tellg());
    if (!file_) fail_system(EINVAL, "read", path);
    file_.seekg(0);
  }
  std::uint64_t size() const { return size_; }

  std::span<const std::byte> read(std::uint64_t most) {
    buffer_.resize(std::min<std::uint64_t>(most, std::uint64_t{1} << 20));
    errno = 0;
    file_.read(reinterpret_cast<char*>(buffer_.data()),
               static_cast<std::streamsize>(buffer_.size()));
    // Shorter than a moment ago: somebody is at work on it.
    if (!file_) fail_system(errno ? errno : EIO, "read", path_);
    return buffer_;
  }
  void write_block(const SealBlock& block) {
    errno = 0;
    file_.seekp(0);
    file_.write(reinterpret_cast<const char*>(&block), sizeof block).flush();
    if (!file_) fail_system(errno ? errno : EIO, "write", path_);
  }

 private:
  std::filesystem::path path_;
  std::fstream file_;
  std::uint64_t size_ = 0;
  std::vector<std::byte> buffer_;
};

void check_size(std::uint64_t size, std::string_view name) {
  if (size < kSealBytes)
    fail("{} is truncated or no ravine file: it has {} bytes; remove it or restore a copy", name,
         size);
}

/// Everything that the seal alone can tell.
void check_block(const SealBlock& block, std::uint64_t size, std::string_view name) {
  if (block.magic != kSealMagic)
    fail("{} is no ravine file: it does not start with a ravine seal; name another file", name);
  if (block.version != kVersion)
    fail("{} has a seal of version {}, this program reads version {}: use the ravine that wrote it",
         name, block.version, kVersion);
  const std::uint64_t follows = size - kSealBytes;
  if (follows < block.length)
    fail("{} is truncated: {} of {} bytes are missing; remove it or restore a copy", name,
         block.length - follows, block.length + kSealBytes);
  if (follows > block.length)
    fail("{} was altered: {} bytes were added at its end; remove it or restore a copy", name,
         follows - block.length);
}

SealInfo check_content(const SealBlock& block, const Digest& digest, std::string_view kind,
                       std::string_view name) {
  if (digest != block.digest)
    fail("{} was altered: its content does not match its SHA-256; remove it or restore a copy",
         name);
  if (!kind.empty() && text_of(block.kind) != kind)
    fail("{} is a {} file, not a {} file; name another file", name, text_of(block.kind), kind);
  return {text_of(block.kind), text_of(block.label)};
}

}  // namespace

void seal(const std::filesystem::path& path, std::string_view kind, std::string_view label) {
  Stream file(path, std::ios::in | std::ios::out);
  check_size(file.size(), path.string());
  SealBlock block = make_block(file.size() - kSealBytes, kind, label);
  file.read(kSealBytes);
  block.digest = digest_of(block, [&](std::uint64_t left) { return file.read(left); });
  file.write_block(block);
}

void seal(std::span<std::byte> image, std::string_view kind, std::string_view label) {
  check_size(image.size(), "the file");
  SealBlock block = make_block(image.size() - kSealBytes, kind, label);
  const std::span<const std::byte> content = image.subspan(kSealBytes);
  block.digest = digest_of(block, [&](std::uint64_t) { return content; });
  std::memcpy(image.data(), &block, sizeof block);
}

SealInfo verify(const std::filesystem::path& path, std::string_view kind) {
  const std::string name = path.string();
  if (std::filesystem::is_directory(path)) fail("{} is a folder: name a file", name);
  Stream file(path, std::ios::in);
  check_size(file.size(), name);
  SealBlock block;
  std::memcpy(&block, file.read(sizeof block).data(), sizeof block);
  check_block(block, file.size(), name);
  const Digest digest = digest_of(block, [&](std::uint64_t left) { return file.read(left); });
  return check_content(block, digest, kind, name);
}

SealInfo verify(std::span<const std::byte> image, std::string_view kind, std::string_view name) {
  check_size(image.size(), name);
  SealBlock block;
  std::memcpy(&block, image.data(), sizeof block);
  check_block(block, image.size(), name);
  const std::span<const std::byte> content = image.subspan(kSealBytes);
  const Digest digest = digest_of(block, [&](std::uint64_t) { return content; });
  return check_content(block, digest, kind, name);
}

ClaimedSeal claimed_seal(std::span<const std::byte> bytes) {
  if (bytes.size() < kSealBytes) return {};
  SealBlock block;
  std::memcpy(&block, bytes.data(), sizeof block);
  constexpr std::uint64_t kMost = std::uint64_t{1} << 62;
  if (block.magic != kSealMagic || block.length > kMost) return {};
  return {kSealBytes + block.length, text_of(block.label)};
}

}  // namespace ravine
