#include "ravine/results/progress_file.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <span>
#include <string>

#include "ravine/core/error.hpp"
#include "ravine/core/text.hpp"
#include "ravine/io/atomic_file.hpp"
#include "ravine/io/files.hpp"

namespace ravine {
namespace {

namespace fs = std::filesystem;

std::optional<ProgressNote> parse_progress(const fs::path& path) {
  std::ifstream file(path);
  ProgressNote note;
  bool planned = false;
  for (std::string line; std::getline(file, line);) {
    const std::size_t sign = line.find('=');
    if (sign == std::string::npos) return std::nullopt;
    const std::string key = line.substr(0, sign), value = line.substr(sign + 1);
    if (key == "planned") {
      const auto trials = parse_integer(value, key);
      if (trials < 0) return std::nullopt;
      note.planned = static_cast<std::size_t>(trials);
      planned = true;
    } else if (key == "seconds_left") {
      note.seconds_left = parse_double(value, key);
    }
  }
  if (!planned) return std::nullopt;
  return note;
}

}  // namespace

void write_progress(const fs::path& spool, const ProgressNote& note) {
  std::string text = fmt::format("planned={}\n", note.planned);
  if (note.seconds_left) text += fmt::format("seconds_left={:.0f}\n", *note.seconds_left);
  try {
    const fs::path path = spool / kProgressFile;
    expect_plain_file(path);
    replace_file(path, std::as_bytes(std::span(text)));
  } catch (const Error&) {
    // A full disk is met, and told, by whoever stores results.
  }
}

std::optional<ProgressNote> read_progress(const fs::path& spool) {
  const fs::path path = spool / kProgressFile;
  try {
    if (!fs::is_regular_file(fs::symlink_status(path))) return std::nullopt;
    auto note = parse_progress(path);
    if (!note || !note->seconds_left) return note;
    const std::chrono::duration<double> age =
        fs::file_time_type::clock::now() - fs::last_write_time(path);
    note->seconds_left = std::max(0.0, *note->seconds_left - std::max(0.0, age.count()));
    return note;
  } catch (const Error&) {
    return std::nullopt;
  } catch (const fs::filesystem_error&) {
    return std::nullopt;
  }
}

}  // namespace ravine
