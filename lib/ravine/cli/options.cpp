#include "ravine/cli/options.hpp"

#include <algorithm>
#include <array>

#include "ravine/core/component.hpp"
#include "ravine/results/output_names.hpp"

namespace ravine {
namespace {

constexpr std::int64_t kMostSeeds = 1'000'000;

}  // namespace

std::string flag_of(std::string_view field, const FieldUse& use) {
  if (use.flag) return use.flag;
  std::string flag(field);
  std::ranges::replace(flag, '_', '-');
  return flag;
}

std::vector<double> parse_learning_rates(std::string_view text) {
  std::vector<double> rates;
  for (const std::string& piece : split_outside_parentheses(text, ',')) {
    if (piece.rfind("log(", 0) != 0 || piece.back() != ')') {
      rates.push_back(parse_double(piece, "--learning-rate"));
      check_range("--learning-rate", rates.back(), "[0, inf)");
      check_precision("--learning-rate", rates.back());
      continue;
    }
    const auto parts = split_outside_parentheses(piece.substr(4, piece.size() - 5), ',');
    if (parts.size() != 3)
      fail("--learning-rate is '{}': write log(low, high, count), such as log(1e-4, 1, 9)", piece);
    const double low = parse_double(parts[0], "the low end of log()");
    const double high = parse_double(parts[1], "the high end of log()");
    const std::int64_t count = parse_integer(parts[2], "the count of log()");
    check_range("the low end of log()", low, "(0, inf)");
    check_range("the high end of log()", high, "(0, inf)");
    check_precision("the low end of log()", low);
    check_precision("the high end of log()", high);
    check_range("the count of log()", static_cast<double>(count), "[1, 10000]");
    if (count == 1 && low != high)
      fail("--learning-rate is '{}': a single rate cannot be at both ends; write {} or {}", piece,
           format_number(low), format_number(high));
    for (double rate : log_spaced(low, high, static_cast<int>(count))) rates.push_back(rate);
  }
  if (rates.empty()) fail("--learning-rate is empty: write 0.1,0.01 or log(1e-4, 1, 9)");
  return rates;
}

std::vector<std::int64_t> parse_seeds(std::string_view text) {
  const auto colon = text.find(':');
  std::int64_t first = 0, last = 0;
  if (colon == std::string_view::npos) {
    last = parse_integer(text, "--seeds");
  } else {
    first = parse_integer(text.substr(0, colon), "the first seed");
    last = parse_integer(text.substr(colon + 1), "the end of --seeds");
  }
  if (first >= 0 && last > first && last - first > kMostSeeds)
    fail("--seeds is '{}': {} seeds are the most; shorten the range", text, kMostSeeds);
  if (first < 0 || last <= first)
    fail("--seeds is '{}': write a count such as 3, or a range such as 5:8 (seeds 5, 6, 7)", text);
  std::vector<std::int64_t> seeds;
  for (std::int64_t seed = first; seed < last; ++seed) seeds.push_back(seed);
  return seeds;
}

std::vector<std::int64_t> parse_batch_sizes(std::string_view text) {
  std::vector<std::int64_t> sizes;
  for (const std::string& piece : split_outside_parentheses(text, ',')) {
    const std::int64_t size = piece == "full" ? 0 : parse_integer(piece, "--batch-size");
    if (size < 1 && piece != "full")
      fail("--batch-size is {}: it must be at least 1, or full for the whole training set", piece);
    sizes.push_back(size);
  }
  if (sizes.empty()) fail("--batch-size is empty: write 32,128 or full");
  return sizes;
}

std::pair<int, int> parse_shard(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) fail("--shard is '{}': write i/n, such as 0/4", text);
  const std::int64_t shard = parse_integer(text.substr(0, slash), "the part in --shard");
  const std::int64_t shards =
      parse_integer(text.substr(slash + 1), "the number of parts in --shard");
  check_range("the number of parts in --shard", static_cast<double>(shards), "[1, 100000]");
  if (shard < 0 || shard >= shards)
    fail("--shard is '{}': parts are counted from 0, so the last one is {}/{}", text, shards - 1,
         shards);
  return {static_cast<int>(shard), static_cast<int>(shards)};
}

std::string stage_output(const std::string& output, Stage stage) {
  if (stage == Stage::kBoth) return output;
  return with_infix(output, stage == Stage::kSearch ? "search" : "final");
}

Search::Method parse_method(std::string_view text) {
  if (text == "grid") return Search::Method::kGrid;
  if (text == "random") return Search::Method::kRandom;
  fail("--tune is '{}': it must be grid or random{}", text, did_you_mean(text, {"grid", "random"}));
}

Stage parse_stage(std::string_view text) {
  if (text == "search") return Stage::kSearch;
  if (text == "final") return Stage::kFinal;
  fail("--stage is '{}': it must be search or final{}", text,
       did_you_mean(text, {"search", "final"}));
}

Scale parse_scale(std::string_view text) {
  if (text == "quick") return Scale::kQuick;
  if (text == "standard") return Scale::kStandard;
  if (text == "paper") return Scale::kPaper;
  fail("--scale is '{}': it must be one of quick, standard, paper{}", text,
       did_you_mean(text, {"quick", "standard", "paper"}));
}

std::optional<bool> read_switch(std::string_view text) {
  for (const std::string_view word : {"true", "yes", "on", "1"})
    if (text == word) return true;
  for (const std::string_view word : {"false", "no", "off", "0"})
    if (text == word) return false;
  return std::nullopt;
}

bool parse_switch(std::string_view text, std::string_view flag) {
  if (const auto on = read_switch(text)) return *on;
  fail("{} is '{}': it must be true or false (or yes, no, on, off)", flag, text);
}

double parse_duration(std::string_view text, std::string_view flag) {
  constexpr double kLongest = 1e9;  // 31 years: what the clock can count to
  constexpr std::array<std::pair<std::string_view, double>, 6> kUnits = {
      {{"", 1}, {"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}}};
  const std::string_view all = trim(text);
  const auto last = all.find_last_of("0123456789.");
  const auto number = last == std::string_view::npos ? "" : all.substr(0, last + 1);
  const auto unit = std::ranges::find(kUnits, trim(all.substr(number.size())),
                                      &std::pair<std::string_view, double>::first);
  if (number.empty() || number.find_first_of("smhd") != std::string_view::npos ||
      unit == kUnits.end())
    fail("{} is '{}': write a number and ms, s, m, h or d, such as 90s, 15m or 2h", flag, text);
  const double seconds = unit->second * parse_double(number, flag);
  if (!(seconds > 0 && seconds <= kLongest))
    fail("{} is '{}': it must be more than 0 and at most {:.0f} s", flag, text, kLongest);
  return seconds;
}

}  // namespace ravine
