#include "ravine/run/search_space.hpp"

#include <algorithm>
#include <utility>

#include "ravine/core/portable.hpp"
#include "ravine/core/random.hpp"
#include "ravine/core/text.hpp"

namespace ravine {
namespace {

constexpr int kLeastRates = 5, kMostLevels = 3;
constexpr std::uint64_t kSearchSeed = 0;

struct Dimension {
  std::string key;
  SearchRange range;
};

double three_digits(double value) {
  return parse_double(fmt::format("{:.3g}", value), "a value of the search");
}

double between_logs(double low, double high, double u) {
  return portable_exp((1 - u) * portable_log(low) + u * portable_log(high));
}

// What an optimizer searches besides its learning rate.
std::vector<Dimension> dimensions(const Component& component, const std::vector<FieldDoc>& fields) {
  std::vector<Dimension> found;
  for (const FieldDoc& field : fields)
    if (!field.search.empty() && !component.find(field.key))
      found.push_back({field.key, SearchRange::parse(field.search)});
  return found;
}

SearchRange rate_range(const std::vector<double>& rates, std::string_view declared) {
  if (rates.empty()) return SearchRange::parse(declared);
  const auto [low, high] = std::minmax_element(rates.begin(), rates.end());
  return SearchRange::parse(fmt::format("log({}, {})", *low, *high));
}

Setting setting_at(const Component& component, const std::vector<Dimension>& fields,
                   const std::vector<double>& values, double learning_rate) {
  Component chosen = component;
  for (std::size_t k = 0; k < values.size(); ++k)
    chosen.arguments.emplace_back(fields[k].key, format_number(values[k]));
  return {chosen.text(), learning_rate};
}

void add_random(std::vector<Setting>& all, int count, const Component& component,
                const std::vector<Dimension>& fields, const SearchRange* rate, double customary) {
  for (int i = 0; i < count; ++i) {
    RandomStream random(kSearchSeed, Purpose::kTuning, static_cast<std::uint64_t>(i));
    const double u = random.uniform();  // drawn in any case: the fields' draws stay the same
    std::vector<double> values;
    for (const Dimension& field : fields) values.push_back(field.range.at(random.uniform()));
    all.push_back(setting_at(component, fields, values, rate ? rate->at(u) : customary));
  }
}

int integer_root_levels(int count, std::size_t fields) {
  int levels = 1, combinations = 1;
  for (int m = 2; m <= kMostLevels; ++m) {
    int product = 1;
    for (std::size_t k = 0; k < fields && product <= count; ++k) product *= m;
    if (product * kLeastRates <= count) levels = m, combinations = product;
  }
  return combinations > 1 ? levels : 1;
}

void add_grid(std::vector<Setting>& all, int count, const Component& component,
              std::vector<Dimension> fields, const SearchRange* rate, double customary) {
  const int levels = integer_root_levels(count, fields.size());
  if (levels == 1) fields.clear();
  int combinations = 1;
  for (std::size_t k = 0; k < fields.size(); ++k) combinations *= levels;
  for (int c = 0; c < combinations; ++c) {
    std::vector<double> values;
    for (int rest = c; const Dimension& field : fields) {
      values.push_back(field.range.at(static_cast<double>(rest % levels) / (levels - 1)));
      rest /= levels;
    }
    // The first combinations take one rate more where the budget does not divide.
    const int share = rate ? count / combinations + (c < count % combinations) : 1;
    for (int i = 0; i < share; ++i) {
      const double u = share == 1 ? 0.5 : static_cast<double>(i) / (share - 1);
      all.push_back(setting_at(component, fields, values, rate ? rate->at(u) : customary));
    }
  }
}

}  // namespace

SearchRange SearchRange::parse(std::string_view text) {
  const auto open = text.find('(');
  const std::string_view name = text.substr(0, open);
  SearchRange range;
  if (name == "log")
    range.scale_ = Scale::kLog;
  else if (name == "one_minus_log")
    range.scale_ = Scale::kOneMinusLog;
  else if (name != "linear" || open == std::string_view::npos)
    fail("'{}' is no scale of a search: write log(a, b), one_minus_log(a, b) or linear(a, b)",
         text);
  const auto ends =
      open == std::string_view::npos || text.back() != ')'
          ? std::vector<std::string>{}
          : split_outside_parentheses(text.substr(open + 1, text.size() - open - 2), ',');
  if (ends.size() != 2) fail("'{}' needs two ends, such as log(1e-4, 1)", text);
  range.low_ = parse_double(ends[0], "the low end of a search");
  range.high_ = parse_double(ends[1], "the high end of a search");
  if (range.scale_ == Scale::kLog) check_range("the low end of log()", range.low_, "(0, inf)");
  if (range.scale_ == Scale::kOneMinusLog)
    check_range("the high end of one_minus_log()", range.high_, "(-inf, 1)");
  if (range.low_ > range.high_)
    fail("'{}' has its ends in the wrong order: write the low one first", text);
  return range;
}

double SearchRange::at(double u) const {
  if (scale_ == Scale::kLog) return three_digits(between_logs(low_, high_, u));
  if (scale_ == Scale::kLinear) return three_digits((1 - u) * low_ + u * high_);
  const double rest = three_digits(between_logs(1 - low_, 1 - high_, u));
  return parse_double(fmt::format("{:.12g}", 1 - rest), "a value of the search");
}

std::vector<Setting> settings(const std::string& text, const std::vector<double>& rates,
                              const Search& search, const Catalog<Optimizer>& catalog) {
  const Component component = catalog.expand(Component::parse(text));
  const auto& entry = catalog.entry(component.name);
  const double customary = entry.learning_rate.customary;
  const std::vector<Dimension> fields = dimensions(component, entry.fields);
  std::vector<Setting> all = {{text, customary}};
  SearchRange range;
  const bool tunes_rate = !rates.empty() || !entry.learning_rate.search.empty();
  if (tunes_rate) range = rate_range(rates, entry.learning_rate.search);
  if (!tunes_rate && fields.empty()) return all;
  const SearchRange* rate = tunes_rate ? &range : nullptr;
  const int count = search.budget - 1;
  if (search.method == Search::Method::kRandom)
    add_random(all, count, component, fields, rate, customary);
  else
    add_grid(all, count, component, fields, rate, customary);
  return all;
}

}  // namespace ravine
