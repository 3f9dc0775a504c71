#include "ravine/core/text.hpp"

#include <gtest/gtest.h>

#include "ravine/core/error.hpp"

namespace ravine {
namespace {

TEST(Text, SplitsOutsideParenthesesOnly) {
  EXPECT_EQ(split_outside_parentheses("a, b(c=1, d=2) ,e", ','),
            (std::vector<std::string>{"a", "b(c=1, d=2)", "e"}));
  EXPECT_TRUE(split_outside_parentheses("  ", ',').empty());
  EXPECT_THROW(split_outside_parentheses("a(b", ','), Error);
  EXPECT_THROW(split_outside_parentheses("a)b", ','), Error);
}

TEST(Text, SuggestsTheNearestWord) {
  EXPECT_EQ(did_you_mean("adma", {"adam", "sgd"}), " (did you mean 'adam'?)");
  EXPECT_EQ(did_you_mean("zzzzzz", {"adam", "sgd"}), "");
}

TEST(Text, NumbersReadBackAsWritten) {
  EXPECT_EQ(format_number(0.1), "0.1");
  EXPECT_EQ(parse_double(format_number(1.0 / 3), "x"), 1.0 / 3);
  EXPECT_THROW(parse_double("1e", "x"), Error);
  EXPECT_THROW(parse_double("", "x"), Error);
  EXPECT_THROW(parse_integer("1.5", "x"), Error);
}

}  // namespace
}  // namespace ravine
