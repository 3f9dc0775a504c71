#include "ravine/results/plan_file.hpp"

#include <algorithm>
#include <span>

#include "ravine/core/error.hpp"
#include "ravine/core/text.hpp"
#include "ravine/io/atomic_file.hpp"
#include "ravine/io/files.hpp"
#include "ravine/io/sealed_file.hpp"
#include "ravine/results/output_names.hpp"

namespace ravine {

std::filesystem::path plan_path(const std::filesystem::path& output) {
  std::filesystem::path path = whole_output(output);
  if (path.extension() == ".h5") path.replace_extension();
  return path += ".plan";
}

namespace {

/// The suite of a plan that is there: "" without one, and for those that do not say (ravine 0.1).
/// Throws Error for what is not a plan, even a damaged one: it belongs to somebody else.
std::string suite_of_plan(const std::filesystem::path& path) {
  expect_plain_file(path);
  if (!is_there(path)) return "";
  const std::vector<std::byte> bytes = read_bytes(path);
  const ClaimedSeal claimed = claimed_seal(bytes);
  if (claimed.bytes == 0)
    fail("{} is not a plan of ravine: move it away or choose another --output", path.string());
  return claimed.label;
}

}  // namespace

void write_plan(const std::filesystem::path& path, const std::vector<PlanLine>& plan,
                const std::string& suite) {
  const std::string before = suite_of_plan(path);
  if (!before.empty() && before != suite)
    fail("{} is the plan of the suite {}, but this is {}: choose another --output", path.string(),
         before, suite);
  std::vector<std::byte> bytes(kSealBytes);
  for (const PlanLine& trial : plan) {
    const std::string line = fmt::format("{}\t{}\t{}\n", trial.id, trial.gigaflops, trial.text);
    const auto text = std::as_bytes(std::span(line));
    bytes.insert(bytes.end(), text.begin(), text.end());
  }
  seal(bytes, kPlanFile, suite);
  if (is_there(path) && read_bytes(path) == bytes) return;
  replace_file(path, bytes);
}

std::vector<PlanLine> read_plan(const std::filesystem::path& path) {
  const std::vector<std::byte> bytes = read_bytes(path);
  verify(bytes, kPlanFile, path.string());
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  text.remove_prefix(kSealBytes);
  std::vector<PlanLine> plan;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const auto first = line.find('\t'), second = line.find('\t', first + 1);
    if (second == std::string_view::npos) fail("{} is not a valid plan: remove it", path.string());
    plan.push_back({std::string(line.substr(0, first)),
                    parse_double(line.substr(first + 1, second - first - 1), "the work of a trial"),
                    std::string(line.substr(second + 1))});
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return plan;
}

}  // namespace ravine
