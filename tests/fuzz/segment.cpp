#include "ravine/results/segment_file.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "fuzz/sealed_file.hpp"
#include "ravine/core/digest.hpp"
#include "ravine/io/gzip.hpp"

namespace ravine::fuzz {
namespace {

/// The lines that `text` itself says are its index: a number, and that many more.
std::string index_of(const std::string& text) {
  const unsigned long lines = std::strtoul(text.c_str(), nullptr, 10);
  std::size_t end = 0;
  for (unsigned long line = 0; line <= lines && end < text.size(); ++line)
    end = std::min(text.find('\n', end), text.size() - 1) + 1;
  return text.substr(0, end);
}

}  // namespace

// The input is what follows the seal, which is right: an index in text, then trials.
void segment(Input input) {
  static const MemoryFile file(".segment");
  const std::string label = sha256_hex(index_of(std::string(as_text(input))));
  const std::vector<std::byte> image = write_sealed(file, input, kSegmentFile, label);

  for (const SegmentEntry& trial : intact_trials(image, "some.segment"))
    require(read_part(file.path(), trial).size() == trial.length, "an intact trial is whole");
  std::uint64_t end = image.size();
  const auto entries = read_segment_index(file.path());
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    require(entry->offset + entry->length == end, "trials follow each other to the end");
    require(read_part(file.path(), *entry).size() == entry->length, "an accepted trial is there");
    end = entry->offset;
  }
}

}  // namespace ravine::fuzz
