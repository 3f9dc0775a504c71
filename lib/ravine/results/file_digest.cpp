#include <algorithm>
#include <array>
#include <map>

#include "ravine/core/digest.hpp"
#include "ravine/results/result_file.hpp"

namespace ravine {

struct FileDigest::Lines {
  struct Line {
    std::array<char, 16> id;
    std::array<char, 64> digest;
    bool operator<(const Line& other) const { return id < other.id; }
  };
  std::vector<Line> lines;
  std::map<std::string, std::string> checks;  // id, digest
};

FileDigest::FileDigest() : lines_(std::make_unique<Lines>()) {}
FileDigest::~FileDigest() = default;

void FileDigest::add(const TrialRecord& record) {
  Lines::Line line{};
  record.id.copy(line.id.data(), line.id.size());
  record_digest(record).copy(line.digest.data(), line.digest.size());
  lines_->lines.push_back(line);
}

void FileDigest::add(const Check& check) { lines_->checks[check.id] = check_digest(check); }

std::string FileDigest::finish() {
  std::sort(lines_->lines.begin(), lines_->lines.end());
  Sha256 digest;
  for (const Lines::Line& line : lines_->lines) {
    digest.update(std::string_view(line.id.data(), line.id.size()));
    digest.update(" ");
    digest.update(std::string_view(line.digest.data(), line.digest.size()));
    digest.update("\n");
  }
  for (const auto& [id, check] : lines_->checks) digest.update("check " + id + " " + check + "\n");
  return digest.finish_hex();
}

}  // namespace ravine
