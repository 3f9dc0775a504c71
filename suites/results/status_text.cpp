#include "status_text.hpp"

#include <cmath>
#include <cstddef>
#include <optional>
#include <string_view>

#include "ravine/core/error.hpp"
#include "ravine/run/progress_display.hpp"

namespace {

using ravine::OutputStatus;

std::string json_text(std::string_view text) {
  std::string json = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\')
      json += '\\', json += letter;
    else if (static_cast<unsigned char>(letter) < 0x20 || letter == 127)
      json += fmt::format("\\u{:04x}", static_cast<unsigned char>(letter));
    else
      json += letter;
  }
  return json + '"';
}

template <class Items, class Text>
std::string list(const Items& items, Text&& text) {
  std::string json = "[";
  for (const auto& item : items) json += (json.size() > 1 ? ", " : "") + text(item);
  return json + ']';
}

std::string number(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? fmt::format("{:.0f}", *value) : "null";
}

std::string known(const std::string& text) {
  return text.empty() || text == "?" ? "null" : json_text(text);
}

std::string holder(const std::optional<ravine::RunHolder>& one) {
  if (!one) return "null";
  return fmt::format(
      R"({{"host": {}, "pid": {}, "job": {}, "elapsed_seconds": {}, "silent_seconds": {}}})",
      known(one->host), known(one->pid), known(one->job), number(one->elapsed_seconds),
      number(one->silent_seconds));
}

std::string object(const OutputStatus& one) {
  const std::string planned = one.planned ? fmt::format("{}", *one.planned) : "null";
  return fmt::format(
      R"({{"output": {}, "suite": {}, "state": {}, "planned": {}, "finished": {}, "diverged": {}, )"
      R"("failed": {}, "seconds_left": {}, "attempts": {}, "holder": {}, "damaged": {}, )"
      R"("missing": {}, "shards": {}}})",
      json_text(one.output.string()), known(one.suite), json_text(one.state), planned, one.finished,
      one.diverged, one.failed, number(one.seconds_left), one.attempts, holder(one.holder),
      list(one.damaged, json_text),
      list(one.missing,
           [](const ravine::PlanLine& line) {
             return fmt::format(R"({{"id": {}, "text": {}}})", json_text(line.id),
                                json_text(line.text));
           }),
      list(one.shards, object));
}

std::string line(const OutputStatus& one) {
  const std::string planned = one.planned ? fmt::format(" of {}", *one.planned) : "";
  std::string text = fmt::format("{}: {}, {}{} trials finished", one.output.string(), one.state,
                                 one.finished, planned);
  if (one.diverged > 0) text += fmt::format(", {} diverged", one.diverged);
  if (one.failed > 0) text += fmt::format(", {} failed", one.failed);
  if (one.holder) text += fmt::format(", by process {} on {}", one.holder->pid, one.holder->host);
  if (one.seconds_left)
    text += fmt::format(", about {} left", ravine::format_duration(*one.seconds_left));
  text += '\n';
  for (const std::string& sentence : one.damaged) text += "  does not count: " + sentence + '\n';
  for (const OutputStatus& shard : one.shards) text += "  " + line(shard);
  return text;
}

}  // namespace

std::string status_lines(const std::vector<OutputStatus>& outputs) {
  std::string text;
  for (const OutputStatus& one : outputs) text += line(one);
  return text;
}

std::string status_json(const std::vector<OutputStatus>& outputs) {
  return fmt::format(R"({{"format": "ravine-status", "format_version": 1, "outputs": {}}})",
                     list(outputs, object)) +
         '\n';
}
