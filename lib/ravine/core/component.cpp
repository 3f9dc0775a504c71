#include "ravine/core/component.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ravine/core/real.hpp"

namespace ravine {
namespace {

bool is_name(std::string_view text) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  return !text.empty() && text.find_first_not_of(kAllowed) == std::string_view::npos;
}

std::string unquoted(std::string_view value, std::string_view text) {
  if (!value.starts_with('"')) return std::string(value);
  if (closing_quote(value, 0) != value.size() - 1)
    fail(
        "'{}' in '{}' continues after its closing quote: quote the whole value, and double any "
        "quotes inside it",
        value, text);
  std::string plain;
  for (std::size_t i = 1; i + 1 < value.size(); ++i) {
    plain += value[i];
    if (value[i] == '"') ++i;
  }
  return plain;
}

// Components in components are read recursively: a text must not decide how much stack that takes.
void check_depth(std::string_view text) {
  constexpr int kDeepest = 32;
  int depth = 0;
  for (const char c : text) {
    depth += (c == '(') - (c == ')');
    if (depth > kDeepest)
      fail("'{}...' nests components more than {} levels deep: nest fewer", text.substr(0, 60),
           kDeepest);
  }
}

bool reads_back(std::string_view value) {
  if (trim(value) != value || value.starts_with('"')) return false;
  if (value.find_first_of(",()\"") == std::string_view::npos) return true;
  try {
    return split_outside_parentheses(value, ',').size() == 1;
  } catch (const Error&) {
    return false;
  }
}

std::string quoted_if_needed(const std::string& value) {
  if (reads_back(value)) return value;
  std::string text = "\"";
  for (const char c : value) text += c == '"' ? std::string(2, c) : std::string(1, c);
  return text + "\"";
}

}  // namespace

Component Component::parse(std::string_view text) {
  text = trim(text);
  const auto open = text.find('(');
  Component component;
  component.name = std::string(trim(text.substr(0, open)));
  if (!is_name(component.name))
    fail("'{}' is not a component: write name or name(key=value, ...)", text);
  if (open == std::string_view::npos) return component;
  check_depth(text);
  if (text.back() != ')') fail("'{}' does not end with ')': write name(key=value, ...)", text);
  const std::string_view inside = text.substr(open + 1, text.size() - open - 2);
  for (const std::string& argument : split_outside_parentheses(inside, ',')) {
    const auto equals = argument.find('=');
    const std::string key(trim(std::string_view(argument).substr(0, equals)));
    if (equals == std::string::npos || !is_name(key))
      fail("'{}' in '{}' is not an argument: write key=value, or key=\"value\" if it has commas",
           argument, text);
    if (component.find(key)) fail("'{}' is given twice in '{}': give each key once", key, text);
    const std::string_view value = trim(std::string_view(argument).substr(equals + 1));
    component.arguments.emplace_back(key, unquoted(value, text));
  }
  return component;
}

std::string Component::text() const {
  if (arguments.empty()) return name;
  std::string text = name + "(";
  for (const auto& [key, value] : arguments) {
    if (text.back() != '(') text += ", ";
    text += key;
    text += "=";
    text += quoted_if_needed(value);
  }
  return text + ")";
}

const std::string* Component::find(std::string_view key) const {
  const auto found = std::find_if(arguments.begin(), arguments.end(),
                                  [&](const auto& argument) { return argument.first == key; });
  return found == arguments.end() ? nullptr : &found->second;
}

void rename_alias(Component& component, std::string_view name, std::string_view alias) {
  if (alias.empty()) return;
  for (auto& [key, value] : component.arguments) {
    if (key != alias) continue;
    if (component.find(name))
      fail("{} gives '{}' and '{}', which are names of the same parameter: leave out one of them",
           component.text(), name, alias);
    key = name;
  }
}

void check_range(std::string_view what, double value, std::string_view rule) {
  if (!std::isfinite(value))
    fail("{} is {}: it must be a finite number", what, format_number(value));
  if (rule.empty()) return;
  const auto comma = rule.find(',');
  const auto bound = [](std::string_view text) {
    text = trim(text);
    if (text == "inf") return std::numeric_limits<double>::infinity();
    if (text == "-inf") return -std::numeric_limits<double>::infinity();
    return parse_double(text, "the bound of a rule");
  };
  const double low = bound(rule.substr(1, comma - 1));
  const double high = bound(rule.substr(comma + 1, rule.size() - comma - 2));
  const bool above = rule.front() == '[' ? value >= low : value > low;
  const bool below = rule.back() == ']' ? value <= high : value < high;
  if (!above || !below) fail("{} is {}: it must be in {}", what, format_number(value), rule);
}

void check_precision(std::string_view what, double value) {
  using Limits = std::numeric_limits<Real>;
  if (std::abs(value) > Limits::max())
    fail("{} is {}: at most {:.3g} fits {} precision", what, format_number(value), Limits::max(),
         kPrecision);
  if (value != 0 && static_cast<Real>(value) == 0)
    fail("{} is {}, which {} precision rounds to 0: give a magnitude of at least {:.2g}", what,
         format_number(value), kPrecision, Limits::denorm_min());
}

void check_choice(std::string_view what, const std::string& value, std::string_view rule) {
  if (rule.empty()) return;
  const std::vector<std::string> known = split_outside_parentheses(rule, '|');
  if (std::find(known.begin(), known.end(), value) == known.end())
    fail("{} is '{}': it must be one of {}{}", what, value, fmt::join(known, ", "),
         did_you_mean(value, known));
}

namespace detail {

std::string path_of(const Component& component, std::string_view key) {
  return fmt::format("{}({})", component.name, key);
}

void read_field(std::string_view what, const std::string& text, std::string_view rule,
                double& value) {
  const double number = parse_double(text, what);
  check_range(what, number, rule);
  check_precision(what, number);
  value = number;
}

void read_field(std::string_view what, const std::string& text, std::string_view rule,
                std::int64_t& value) {
  const std::int64_t number = parse_integer(text, what);
  check_range(what, static_cast<double>(number), rule);
  value = number;
}

void read_field(std::string_view what, const std::string& text, std::string_view, bool& value) {
  if (text != "true" && text != "false") fail("{} is '{}': it must be true or false", what, text);
  value = text == "true";
}

void read_field(std::string_view what, const std::string& text, std::string_view rule,
                std::string& value) {
  check_choice(what, text, rule);
  value = text;
}

std::string write_field(double value) { return format_number(value); }
std::string write_field(std::int64_t value) { return fmt::format("{}", value); }
std::string write_field(bool value) { return value ? "true" : "false"; }
std::string write_field(const std::string& value) { return value; }

void refuse_unknown_keys(const Component& component, const std::vector<std::string>& known) {
  for (const auto& [key, value] : component.arguments) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    if (known.empty()) fail("{} takes no arguments, but '{}' was given", component.name, key);
    fail("{} has no parameter '{}'{}: it takes {}", component.name, key, did_you_mean(key, known),
         fmt::join(known, ", "));
  }
}

}  // namespace detail
}  // namespace ravine
