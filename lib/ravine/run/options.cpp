#include "ravine/run/options.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <limits>
#include <regex>

#include "ravine/core/component.hpp"

namespace ravine {
namespace {

constexpr std::int64_t kMostSeeds = 1'000'000;

std::string name_of(const std::string& optimizer, const Catalog<Optimizer>& catalog) {
  return catalog.expand(Component::parse(optimizer)).name;
}

// Through text, so that the value is exactly the number a user would type.
double rounded(double rate, int digits) {
  return parse_double(fmt::format("{:.{}g}", rate, digits), "a learning rate");
}

// The rates at which the suite tries this optimizer, by its text or else by its rule; none for a
// rule that it does not try.
const std::vector<double>* suite_rates(const std::string& optimizer, const Grid& grid,
                                       const Catalog<Optimizer>& catalog) {
  for (const OptimizerChoice& choice : grid.optimizers)
    if (choice.optimizer == optimizer) return &choice.learning_rates;
  for (const OptimizerChoice& choice : grid.optimizers)
    if (name_of(choice.optimizer, catalog) == name_of(optimizer, catalog))
      return &choice.learning_rates;
  return nullptr;
}

// As many rates as the suite gives its own rules, so that none has more attempts than another:
// half decades around what the rule declares as customary, as suites choose them.
std::vector<double> rates_for(const std::string& optimizer, const Grid& grid,
                              const Catalog<Optimizer>& catalog) {
  if (const auto* rates = suite_rates(optimizer, grid, catalog)) return *rates;
  std::size_t most = 1;
  for (const OptimizerChoice& choice : grid.optimizers)
    most = std::max(most, choice.learning_rates.size());
  const int count = static_cast<int>(most);
  const RateRange& declared = catalog.entry(name_of(optimizer, catalog)).learning_rate;
  if (declared.search.empty()) return log_spaced(1e-4, 1, count);
  const double low = declared.customary * std::pow(10, -0.5 * ((count - 1) / 2));
  const double high = low * std::pow(10, 0.5 * (count - 1));
  return log_spaced(rounded(low, 3), rounded(high, 3), count);
}

}  // namespace

std::vector<std::string> without_own_rates(const SuiteOptions& options,
                                           const std::vector<Grid>& grids,
                                           const Catalog<Optimizer>& catalog) {
  std::vector<std::string> names;
  if (!options.learning_rates.empty() || options.tune) return names;
  for (const std::string& text : options.optimizers) {
    const auto tried = [&](const Grid& grid) {
      return suite_rates(text, grid, catalog) != nullptr;
    };
    if (catalog.entry(name_of(text, catalog)).learning_rate.search.empty() &&
        !std::all_of(grids.begin(), options.problems.empty() ? grids.end() : grids.begin() + 1,
                     tried))
      names.push_back(text);
  }
  return names;
}

std::vector<Grid> apply(const SuiteOptions& options, std::vector<Grid> grids,
                        const Catalog<Optimizer>& catalog) {
  if (!options.problems.empty()) {
    grids.resize(1);
    grids.front().problems = options.problems;
  }
  for (Grid& grid : grids) {
    const auto replace = [](auto& list, const auto& given) {
      if (!given.empty()) list = given;
    };
    if (!options.optimizers.empty()) {
      std::vector<OptimizerChoice> choices;
      for (const std::string& text : options.optimizers)
        choices.push_back({text, rates_for(text, grid, catalog)});
      grid.optimizers = std::move(choices);
    }
    for (OptimizerChoice& choice : grid.optimizers)
      replace(choice.learning_rates, options.learning_rates);
    replace(grid.schedules, options.schedules);
    replace(grid.initializers, options.initializers);
    replace(grid.batch_norms, options.batch_norms);
    replace(grid.batch_sizes, options.batch_sizes);
    replace(grid.seeds, options.seeds);
    if (options.averaging) grid.averaging = *options.averaging;
    if (options.shuffle) grid.shuffle = options.shuffle;
    if (options.keep_last) grid.keep_last = options.keep_last;
    if (options.divergence) grid.divergence = options.divergence;
    if (options.observe) grid.observe = *options.observe;
    if (options.target) grid.target = *options.target;
    if (options.record) grid.record = *options.record;
    if (options.epochs || options.steps) {
      grid.epochs = options.epochs.value_or(0);
      grid.steps = options.steps.value_or(0);
    }
  }
  return grids;
}

std::vector<double> log_spaced(double low, double high, int count) {
  // From three digits on, as many as tell neighbours apart.
  for (int digits = 3; digits <= std::numeric_limits<double>::max_digits10; ++digits) {
    std::vector<double> values = {low};
    for (int i = 1; i + 1 < count; ++i) {
      const double exact = low * std::pow(high / low, static_cast<double>(i) / (count - 1));
      values.push_back(rounded(exact, digits));
    }
    if (count > 1) values.push_back(high);
    const auto no_step = [&](double a, double b) { return low < high ? a >= b : a <= b; };
    if (std::ranges::adjacent_find(values, no_step) == values.end()) return values;
  }
  fail("log({}, {}, {}) does not have that many different values: move its ends apart",
       format_number(low), format_number(high), count);
}

std::vector<double> parse_learning_rates(std::string_view text) {
  std::vector<double> rates;
  for (const std::string& piece : split_outside_parentheses(text, ',')) {
    if (piece.rfind("log(", 0) != 0 || piece.back() != ')') {
      rates.push_back(parse_double(piece, "--learning-rate"));
      check_range("--learning-rate", rates.back(), "[0, inf)");
      if (rates.back() > std::numeric_limits<Real>::max())
        fail("--learning-rate is {}: at most {} fits {} precision", piece,
             std::numeric_limits<Real>::max(), kPrecision);
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
    check_range("the count of log()", static_cast<double>(count), "[1, 10000]");
    if (count == 1 && low != high)
      fail("--learning-rate is '{}': one rate cannot be at both ends; write {} or {}", piece,
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
  if (first < 0 || last <= first || last - first > kMostSeeds)
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

namespace {

// "results/x.h5" and "search" make "results/x.search.h5".
std::string with_infix(const std::string& output, const std::string& infix) {
  const std::filesystem::path path(output);
  const std::string name =
      fmt::format("{}.{}{}", path.stem().string(), infix, path.extension().string());
  return (path.parent_path() / name).string();
}

}  // namespace

std::string shard_output(const std::string& output, int shard, int shards) {
  return with_infix(output, fmt::format("shard-{}-of-{}", shard, shards));
}

std::filesystem::path whole_output(const std::filesystem::path& part) {
  static const std::regex shard(R"(\.shard-\d+-of-\d+(\.[^.]*)?$)");
  std::string name = part.filename().string();
  if (name.ends_with(".spool")) name.resize(name.size() - 6);
  return part.parent_path() / std::regex_replace(name, shard, "$1");
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

void check_output(const std::string& output, const std::string& suite) {
  // Temporary names beside it add the host, the process and more.
  constexpr std::size_t kLongestName = 160, kLongestFileName = 255;
  const std::filesystem::path path(output);
  const std::string name = path.filename().string();
  if (output.empty())
    fail("--output is empty: name a file such as results/{}.h5, or leave it out", suite);
  if (std::ranges::any_of(output, [](unsigned char c) { return c < ' ' || c == 127; }))
    fail("--output has a line break or another control character in it: leave that out");
  if (name.size() > kLongestName)
    fail(
        "--output names a file with {} bytes in its name: at most {} leave room in the {} of a "
        "file system for temporary names beside it",
        name.size(), kLongestName, kLongestFileName);
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  if (name.empty() || name == "." || name == ".." || std::filesystem::is_directory(status))
    fail("--output is '{}', a folder: name a file in it, such as {}", output,
         (path / (suite + ".h5")).string());
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    fail("--output is '{}', which is not an ordinary file: name a file such as results/{}.h5",
         output, suite);
}

}  // namespace ravine
