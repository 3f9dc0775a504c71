#include "ravine/io/sealed_file.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <vector>

#include "ravine/core/digest.hpp"
#include "ravine/core/error.hpp"
#include "ravine/io/descriptor.hpp"
#include "ravine/io/failures.hpp"

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

constexpr std::uint32_t kSealVersion = 1;

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
  block.version = kSealVersion;
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

/// Reads a file from its beginning to its end.
class Stream {
 public:
  explicit Stream(const std::filesystem::path& path, int flags = 0)
      : file_(open_regular(path, flags)), size_(file_.size()) {}
  std::uint64_t size() const { return size_; }

  std::span<const std::byte> read(std::uint64_t most) {
    buffer_.resize(std::min<std::uint64_t>(most, std::uint64_t{1} << 20));
    // Shorter than a moment ago: somebody is at work on it.
    if (file_.read_at(at_, buffer_) != buffer_.size()) fail_system(EIO, "read", file_.path());
    at_ += buffer_.size();
    return buffer_;
  }
  void write_block(const SealBlock& block) {
    file_.write_at(0, std::as_bytes(std::span(&block, 1)));
  }

 private:
  Descriptor file_;
  std::uint64_t size_, at_ = 0;
  std::vector<std::byte> buffer_;
};

void check_size(std::uint64_t size, std::string_view name) {
  if (size < kSealBytes)
    fail("{} is truncated or not a ravine file: it has {} bytes; remove it or restore a copy", name,
         size);
}

/// Everything that the seal alone can tell.
void check_block(const SealBlock& block, std::uint64_t size, std::string_view name) {
  if (block.magic != kSealMagic)
    fail("{} is not a ravine file: it does not start with a ravine seal; name another file", name);
  // A flipped bit makes 3, 5, 9, ... of 1, and never the next version.
  if (block.version == kSealVersion + 1)
    fail_version(name, "a seal of version", block.version, kSealVersion);
  if (block.version != kSealVersion)
    fail("{} has a seal of version {}, which does not exist: remove it or restore a copy", name,
         block.version);
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

void fail_version(std::string_view name, std::string_view what, std::int64_t version,
                  std::int64_t known) {
  const std::string sentence =
      fmt::format("{} has {} {}, but this program reads version {}: use the ravine that wrote it",
                  name, what, version, known);
  if (version > known) throw VersionError(sentence);
  throw Error(sentence);
}

void seal(const std::filesystem::path& path, std::string_view kind, std::string_view label) {
  Stream file(path, O_RDWR);
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
  Stream file(path);
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
