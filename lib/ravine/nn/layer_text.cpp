#include <algorithm>
#include <cctype>
#include <utility>

#include "ravine/core/error.hpp"
#include "ravine/core/text.hpp"
#include "ravine/nn/layer_recipe.hpp"

namespace ravine {
namespace {

constexpr std::size_t kMostLayers = 10000, kDeepest = 100;

bool is_container(const CatalogEntry<LayerRecipe>& entry) {
  return !entry.fields.empty() && entry.fields.front().key == "layers";
}

class LayerParser {
 public:
  LayerParser(std::string_view text, const LayerCatalog& catalog)
      : text_(text), catalog_(catalog) {}

  LayerList whole() {
    LayerList layers = list();
    if (at_ < text_.size()) refuse(at_, "unexpected ')'");
    return layers;
  }

 private:
  // An error that names its position already.
  struct Misplaced : Error {
    using Error::Error;
  };
  [[noreturn]] void refuse(std::size_t where, std::string_view why) const {
    throw Misplaced(fmt::format("layers is '{}': {} at position {}", text_, why, where + 1));
  }
  char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_blanks() {
    while (std::isspace(static_cast<unsigned char>(next()))) ++at_;
  }

  // Up to the end of the text or a parenthesis that closes.
  LayerList list() {
    const std::size_t begin = at_;
    LayerList layers;
    for (skip_blanks(); at_ < text_.size() && next() != ')'; skip_blanks()) {
      const std::size_t where = at_;
      const std::size_t count = repetitions();
      const LayerList once = next() == '(' ? group() : LayerList{layer()};
      if (layers.size() + count * once.size() > kMostLayers)
        refuse(where, fmt::format("more than {} layers", kMostLayers));
      for (std::size_t i = 0; i < count; ++i) layers.insert(layers.end(), once.begin(), once.end());
    }
    if (layers.empty()) refuse(begin, "a layer is missing");
    return layers;
  }

  std::size_t repetitions() {
    const std::size_t begin = at_;
    std::size_t count = 0;
    for (; next() >= '0' && next() <= '9'; ++at_)
      count = std::min(10 * count + static_cast<std::size_t>(next() - '0'), 2 * kMostLayers);
    if (at_ == begin) return 1;
    skip_blanks();
    if (next() != '*') refuse(begin, "a number without '*', as in 3*dense(100),");
    if (count == 0) refuse(begin, "a repetition of 0");
    ++at_;
    skip_blanks();
    return count;
  }

  LayerList group() {
    const std::size_t open = at_++;
    if (++depth_ > kDeepest) refuse(open, fmt::format("more than {} open parentheses", kDeepest));
    LayerList layers = list();
    if (next() != ')') refuse(open, "an unclosed '('");
    ++at_;
    --depth_;
    return layers;
  }

  NamedLayer layer() {
    const std::size_t begin = at_;
    while (std::isalnum(static_cast<unsigned char>(next())) || next() == '_') ++at_;
    Component component{std::string(text_.substr(begin, at_ - begin)), {}};
    if (component.name.empty())
      refuse(begin, fmt::format("'{}', where a layer is expected,", next()));
    try {
      component = catalog_.expand(std::move(component));
      const CatalogEntry<LayerRecipe>& entry = catalog_.entry(component.name);
      return is_container(entry) ? container(entry, component) : leaf(entry, component);
    } catch (const Misplaced&) {
      throw;
    } catch (const Error& error) {
      throw Misplaced(
          fmt::format("layers is '{}': {} (at position {})", text_, error.what(), begin + 1));
    }
  }

  NamedLayer container(const CatalogEntry<LayerRecipe>& entry, const Component& component) {
    if (next() != '(') fail("{} needs layers: write {}(dense(100) relu)", entry.name, entry.name);
    LayerList layers = group();
    std::shared_ptr<LayerRecipe> recipe = entry.make(component, catalog_);
    std::string text = fmt::format("{}({})", entry.name, write_layers(layers));
    recipe->contain(std::move(layers));
    return {std::move(text), std::move(recipe)};
  }

  NamedLayer leaf(const CatalogEntry<LayerRecipe>& entry, Component component) {
    if (next() == '(') {
      for (const std::string& argument : split_outside_parentheses(arguments(), ',')) {
        const std::size_t equals = argument.find('=');
        const bool first = equals == std::string::npos;
        if (first && (entry.fields.empty() || !component.arguments.empty()))
          fail("{} cannot take '{}': write key=value", entry.name, argument);
        const std::string key =
            first ? entry.fields.front().key : std::string(trim(argument.substr(0, equals)));
        component.arguments.emplace_back(key, trim(first ? argument : argument.substr(equals + 1)));
      }
    }
    std::string text = entry.name;
    for (const auto& [key, value] : entry.canonical(component, catalog_))
      text += text.size() == entry.name.size() ? "(" + value : ", " + key + "=" + value;
    if (text.size() > entry.name.size()) text += ")";
    return {std::move(text), entry.make(component, catalog_)};
  }

  std::string_view arguments() {
    const std::size_t open = at_;
    int depth = 0;
    for (; at_ < text_.size(); ++at_) {
      depth += next() == '(' ? 1 : next() == ')' ? -1 : 0;
      if (depth == 0) {
        ++at_;
        return text_.substr(open + 1, at_ - open - 2);
      }
    }
    refuse(open, "an unclosed '('");
  }

  std::string_view text_;
  const LayerCatalog& catalog_;
  std::size_t at_ = 0, depth_ = 0;
};

// How often layers[at, at + period) come one behind the other from `at` on.
std::size_t repetitions_at(const LayerList& layers, std::size_t at, std::size_t period) {
  const auto same = [&](std::size_t i) { return layers[i].text == layers[i - period].text; };
  std::size_t end = at + period;
  while (end < layers.size() && same(end)) ++end;
  return (end - at) / period;
}

}  // namespace

void LayerRecipe::contain(LayerList) { fail("this layer does not contain others"); }

LayerList parse_layers(std::string_view text, const LayerCatalog& catalog) {
  return LayerParser(text, catalog).whole();
}

// At each layer, the period that covers most from there on, and the shortest of those.
std::string write_layers(const LayerList& layers) {
  constexpr std::size_t kLongestPeriod = 16;
  std::string text;
  for (std::size_t at = 0; at < layers.size();) {
    std::size_t period = 1, count = 1;
    for (std::size_t p = 1; p <= std::min(kLongestPeriod, (layers.size() - at) / 2); ++p) {
      const std::size_t n = repetitions_at(layers, at, p);
      if (n > 1 && (count == 1 || n * p > count * period)) period = p, count = n;
    }
    if (!text.empty()) text += ' ';
    const auto first = layers.begin() + static_cast<std::ptrdiff_t>(at);
    const LayerList once(first, first + static_cast<std::ptrdiff_t>(period));
    if (count == 1)
      text += once.front().text;
    else if (period == 1)
      text += fmt::format("{}*{}", count, once.front().text);
    else
      text += fmt::format("{}*({})", count, write_layers(once));
    at += count * period;
  }
  return text;
}

}  // namespace ravine
