#include "ravine/results/segment_file.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>

#include "ravine/core/digest.hpp"
#include "ravine/core/error.hpp"
#include "ravine/io/descriptor.hpp"
#include "ravine/io/sealed_file.hpp"
#include "ravine/results/record_file.hpp"

namespace ravine {
namespace {

constexpr std::size_t kMostEntries = 1'000'000;

[[noreturn]] void fail_index(const std::filesystem::path& path) {
  fail("{} has a damaged index: it is not a segment of trials, or was altered", path.string());
}

}  // namespace

std::vector<std::byte> encode_segment(std::vector<SegmentEntry>& entries,
                                      const std::vector<std::vector<std::byte>>& images) {
  std::string index = fmt::format("{}\n", entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    entries[i].length = images[i].size();
    index += fmt::format("{} {} {} {}\n", entries[i].id, entries[i].build_id, entries[i].outcome,
                         entries[i].length);
  }
  std::uint64_t offset = kSealBytes + index.size();
  for (SegmentEntry& entry : entries) {
    entry.offset = offset;
    offset += entry.length;
  }
  std::vector<std::byte> segment(kSealBytes);
  segment.reserve(offset);
  const auto text = std::as_bytes(std::span(index));
  segment.insert(segment.end(), text.begin(), text.end());
  for (const auto& image : images) segment.insert(segment.end(), image.begin(), image.end());
  seal(segment, kSegmentFile, sha256_hex(index));
  return segment;
}

namespace {

/// The lines of an open file, one after the other, from an offset on.
class Lines {
 public:
  Lines(const Descriptor& file, std::uint64_t offset) : file_(file), offset_(offset) {}

  /// Nothing if the file ends before the line does.
  std::optional<std::string> next() {
    std::size_t end = 0;
    while ((end = rest_.find('\n', end)) == std::string::npos) {
      end = rest_.size();
      if (!read_more()) return std::nullopt;
    }
    std::string line = rest_.substr(0, end);
    rest_.erase(0, end + 1);
    return line;
  }

 private:
  bool read_more() {
    std::array<char, 1 << 14> more{};
    const std::size_t size = file_.read_at(offset_, std::as_writable_bytes(std::span(more)));
    rest_.append(more.data(), size);
    offset_ += size;
    return size > 0 && rest_.size() < kLongestLine + more.size();
  }

  static constexpr std::size_t kLongestLine = 1 << 14;
  const Descriptor& file_;
  std::uint64_t offset_;
  std::string rest_;
};

}  // namespace

std::vector<SegmentEntry> read_segment_index(const std::filesystem::path& path) {
  const Descriptor file = open_regular(path);
  std::array<std::byte, kSealBytes> first{};
  if (file.read_at(0, first) != first.size()) fail_index(path);
  const ClaimedSeal claimed = claimed_seal(first);
  std::string index;
  std::size_t count = 0;
  Lines lines(file, kSealBytes);
  const auto next_line = [&] {
    const std::optional<std::string> line = lines.next();
    if (!line) fail_index(path);
    index += *line + '\n';
    return std::istringstream(*line);
  };
  if (!(next_line() >> count) || count > kMostEntries) fail_index(path);
  std::vector<SegmentEntry> entries;
  for (std::size_t i = 0; i < count; ++i) {
    SegmentEntry entry;
    if (!(next_line() >> entry.id >> entry.build_id >> entry.outcome >> entry.length))
      fail_index(path);
    entries.push_back(std::move(entry));
  }
  if (sha256_hex(index) != claimed.label) fail_index(path);
  std::uint64_t offset = kSealBytes + index.size();
  for (SegmentEntry& entry : entries) {
    // Lengths are promises, too: their sum must not wrap around.
    if (offset > claimed.bytes || entry.length > claimed.bytes - offset) fail_index(path);
    entry.offset = offset;
    offset += entry.length;
  }
  if (offset != claimed.bytes || offset != file.size()) fail_index(path);
  return entries;
}

std::vector<SegmentEntry> intact_trials(std::span<const std::byte> segment, std::string_view name) {
  std::vector<SegmentEntry> intact;
  const auto magic = std::as_bytes(std::span(kSealMagic));
  auto at = segment.begin() + static_cast<std::ptrdiff_t>(std::min(kSealBytes, segment.size()));
  while ((at = std::search(at, segment.end(), magic.begin(), magic.end())) != segment.end()) {
    const auto rest = std::span(at, segment.end());
    const std::size_t length = claimed_seal(rest).bytes;
    ++at;
    if (length == 0 || length > rest.size()) continue;
    try {
      const TrialRecord record = decode_record(rest.first(length), name);
      const auto offset = static_cast<std::uint64_t>(rest.data() - segment.data());
      intact.push_back({record.id, record.build_id, outcome_of(record), offset, length});
      at += static_cast<std::ptrdiff_t>(length) - 1;
    } catch (const Error&) {
      // This one is damaged: look for the next.
    }
  }
  return intact;
}

std::vector<std::byte> read_part(const std::filesystem::path& path, const SegmentEntry& entry) {
  const Descriptor file = open_regular(path);
  std::vector<std::byte> bytes(entry.length);
  if (file.read_at(entry.offset, bytes) != bytes.size())
    fail("{} ends before trial {} does", path.string(), entry.id);
  return bytes;
}

}  // namespace ravine
