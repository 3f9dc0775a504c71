#include "ravine/plan/search_space.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "ravine/core/portable.hpp"
#include "ravine/core/random.hpp"
#include "ravine/core/text.hpp"

namespace ravine {
namespace {

constexpr int kLeastRates = 5, kMostLevels = 3;
constexpr std::uint64_t kSearchSeed = 0;
// So many draws, or halvings of a grid's gaps, in a row find nothing new only in an exhausted
// space.
constexpr int kMostDraws = 10'000, kMostHalvings = 12;

// What is searched: a field by its path ("inner.beta1"), or the learning rate, whose path is empty.
struct Dimension {
  std::string path;
  SearchRange range;
};

double three_digits(double value) {
  return parse_double(fmt::format("{:.3g}", value), "a value of the search");
}

double between_logs(double low, double high, double u) {
  return portable_exp((1 - u) * portable_log(low) + u * portable_log(high));
}

SearchRange between(const std::vector<double>& rates) {
  const auto [low, high] = std::minmax_element(rates.begin(), rates.end());
  return SearchRange::parse(fmt::format("log({}, {})", *low, *high));
}

// The fields that `component` leaves open, and those of the components that it holds; `path` leads
// to it from the optimizer `whole`, which `text` names.
void add_fields(std::vector<Dimension>& space, const std::string& text, const Component& whole,
                const Catalog<Optimizer>& optimizers, const std::string& path,
                const Component& component, const AnyCatalog& catalog, const Search& search) {
  for (const FieldDoc& field : catalog.row(component.name).fields) {
    if (component.find(field.key)) continue;
    const SearchChoice* given = search.find(text, whole, path + field.key, optimizers);
    if (given || !field.search.empty())
      space.push_back({path + field.key, SearchRange::parse(given ? given->range : field.search)});
  }
  for (const AnyCatalog::Held& one : catalog.held(component))
    if (!one.field.numeric)
      add_fields(space, text, whole, optimizers, path + one.field.key + ".",
                 one.catalog.expand(one.text), one.catalog, search);
}

// All dimensions of an optimizer's space, its learning rate first.
std::vector<Dimension> dimensions(const std::string& text, const Component& component,
                                  const Catalog<Optimizer>& catalog,
                                  const std::vector<double>& rates, const Search& search) {
  std::vector<Dimension> space;
  const SearchChoice* rate = search.find(text, component, "", catalog);
  if (rate && rate->range != kFixedRate)
    space.push_back({"", SearchRange::parse(rate->range)});
  else if (!rate && !rates.empty())
    space.push_back({"", between(rates)});
  else if (!rate)
    space.push_back({"", SearchRange::parse(catalog.learning_rate(text).search)});
  add_fields(space, text, component, catalog, "", component, catalog, search);
  return space;
}

// Distinct settings, up to the budget.
class Settings {
 public:
  Settings(const std::string& text, const Component& component, const Catalog<Optimizer>& catalog,
           std::vector<Dimension> space, int budget)
      : text_(text),
        component_(component),
        catalog_(catalog),
        space_(std::move(space)),
        budget_(budget),
        rate_(catalog.learning_rate(text).customary) {
    keep({text, rate_});
    if (space_.empty() || !space_.front().path.empty()) return;
    const SearchRange& rates = space_.front().range;
    if (rates.at(0) != rates.at(1)) return;
    rate_ = rates.at(0);  // a single rate leaves a grid to the fields
    space_.erase(space_.begin());
  }

  void draw_all();
  void lay_grid();
  std::vector<Setting> take() { return std::move(all_); }

 private:
  bool keep(Setting setting);
  bool keep(const std::vector<double>& values);
  [[noreturn]] void refuse() const;

  const std::string& text_;
  const Component& component_;
  const Catalog<Optimizer>& catalog_;
  std::vector<Dimension> space_;
  int budget_;
  double rate_;  // where it is not searched
  std::vector<Setting> all_;
  std::set<std::pair<std::string, double>> seen_;  // canonical texts with their rates
};

// Whether it is a new one.
bool Settings::keep(Setting setting) {
  if (!seen_.emplace(catalog_.canonical(setting.optimizer), setting.learning_rate).second)
    return false;
  all_.push_back(std::move(setting));
  return true;
}

bool Settings::keep(const std::vector<double>& values) {
  Component chosen = component_;
  double rate = rate_;
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (space_[k].path.empty())
      rate = values[k];
    else
      chosen = catalog_.with(std::move(chosen), space_[k].path, format_number(values[k]));
  }
  return keep({chosen.text(), rate});
}

void Settings::refuse() const {
  fail(
      "the search space of {} holds only about {} settings that differ in three digits, but "
      "--budget gives every optimizer {}: lower the budget or widen the space, for example with "
      "--search \"{}=log(1e-4, 1)\"",
      text_, all_.size(), budget_, Component::parse(text_).name);
}

void Settings::draw_all() {
  for (int i = 0; i + 1 < budget_; ++i) {
    RandomStream random(kSearchSeed, Purpose::kTuning, static_cast<std::uint64_t>(i));
    bool found = false;
    for (int draw = 0; draw < kMostDraws && !found; ++draw) {
      const double u = random.uniform();  // drawn in any case: the fields' draws stay the same
      std::vector<double> values;
      for (const Dimension& one : space_)
        values.push_back(one.range.at(one.path.empty() ? u : random.uniform()));
      found = keep(values);
    }
    if (!found) refuse();
  }
}

// Values that each dimension behind the first takes, and their combinations.
std::pair<int, int> grid_levels(int count, std::size_t fields) {
  std::pair<int, int> best(1, 1);
  for (int m = 2; m <= kMostLevels; ++m) {
    int product = 1;
    for (std::size_t k = 0; k < fields && product <= count; ++k) product *= m;
    if (product > 1 && product * kLeastRates <= count) best = {m, product};
  }
  return best;
}

void Settings::lay_grid() {
  if (space_.empty()) refuse();
  const int count = budget_ - 1;
  const auto [levels, combinations] = grid_levels(count, space_.size() - 1);
  if (levels == 1) space_.resize(1);
  for (int c = 0; c < combinations; ++c) {
    std::vector<double> values(1);
    for (std::size_t k = 1, rest = static_cast<std::size_t>(c); k < space_.size(); ++k) {
      const auto m = static_cast<std::size_t>(levels);
      values.push_back(space_[k].range.at(static_cast<double>(rest % m) / (levels - 1)));
      rest /= m;
    }
    // The first combinations take one rate more where the budget does not divide.
    const int share = count / combinations + (c < count % combinations);
    const auto try_at = [&](double u) {
      values[0] = space_[0].range.at(u);
      return keep(values);
    };
    int found = 0, gaps = std::max(share - 1, 1);
    if (share == 1)
      found = try_at(0.5);
    else
      for (int i = 0; i < share; ++i) found += try_at(static_cast<double>(i) / gaps);
    for (int halving = 0; halving < kMostHalvings && found < share; ++halving) {
      gaps *= 2;
      for (int i = 1; i < gaps && found < share; i += 2)
        found += try_at(static_cast<double>(i) / gaps);
    }
    if (found < share) refuse();
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
    fail("'{}' is not a search scale: write log(a, b), one_minus_log(a, b) or linear(a, b)", text);
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
  if (!std::isfinite(range.low_) || !std::isfinite(range.high_))
    fail("'{}' has an end that is not finite: write two numbers, the low one first", text);
  if (range.low_ > range.high_)
    fail("'{}' has its ends in the wrong order: write the low one first", text);
  if (!(range.at(0) < range.at(1)))
    fail("the ends of '{}' agree to three digits, the resolution of a search: move them apart",
         text);
  return range;
}

double SearchRange::at(double u) const {
  if (scale_ == Scale::kLog) return three_digits(between_logs(low_, high_, u));
  if (scale_ == Scale::kLinear) return three_digits((1 - u) * low_ + u * high_);
  const double rest = three_digits(between_logs(1 - low_, 1 - high_, u));
  return parse_double(fmt::format("{:.12g}", 1 - rest), "a value of the search");
}

bool has_rate_range(const std::string& text, const std::vector<double>& rates, const Search& search,
                    const Catalog<Optimizer>& catalog) {
  return !catalog.learning_rate(text).search.empty() || !rates.empty() ||
         search.find(text, catalog.expand(text), "", catalog);
}

std::vector<Setting> settings(const std::string& text, const std::vector<double>& rates,
                              const Search& search, const Catalog<Optimizer>& catalog) {
  const Component component = catalog.expand(text);
  if (!has_rate_range(text, rates, search, catalog))
    fail(
        "{} does not declare a range for its learning rate, so it cannot be tuned like the others: "
        "give one, such as --search \"{}=log(1e-4, 1)\", or declare it (kLearningRate)",
        text, component.name);
  Settings all(text, component, catalog, dimensions(text, component, catalog, rates, search),
               search.budget);
  if (search.method == Search::Method::kRandom)
    all.draw_all();
  else
    all.lay_grid();
  return all.take();
}

}  // namespace ravine
