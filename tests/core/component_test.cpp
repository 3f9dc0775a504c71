#include "ravine/core/catalog.hpp"

#include <gtest/gtest.h>

namespace ravine {
namespace {

struct Shape {
  std::string text;
};

struct Circle {
  static constexpr std::string_view kName = "circle";
  double radius = 1;
  std::int64_t segments = 12;
  bool filled = false;
  std::string colour = "red";
  template <class F>
  void fields(F&& field) {
    field("radius", radius, "(0, inf)", "distance from the centre");
    field("segments", segments, "[3, 1000]", "corners of the polygon");
    field("filled", filled, "", "whether the inside is drawn");
    field("colour", colour, "red|green", "colour of the line");
  }
};

Catalog<Shape> shapes() {
  Catalog<Shape> catalog("shape");
  catalog.add(catalog_entry<Shape, Circle>("a circle", "Euclid", [](Circle circle) {
    return std::make_unique<Shape>(Shape{fmt::format("{}", circle.radius)});
  }));
  catalog.alias("dot", "circle(radius=0.1, filled=true)", "a small circle");
  return catalog;
}

std::string message(const std::string& text) {
  try {
    shapes().canonical(text);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Component, ParsesAndPrints) {
  const Component c = Component::parse(" momentum( alpha = sutskever(max=0.99) , b=2) ");
  EXPECT_EQ(c.name, "momentum");
  EXPECT_EQ(*c.find("alpha"), "sutskever(max=0.99)");
  EXPECT_EQ(c.text(), "momentum(alpha=sutskever(max=0.99), b=2)");
  for (const char* bad : {"", "a b", "a(b)", "a(b=1", "a(b=1)c", "a(b=1,b=2)", "a(=1)", "a((b=1)"})
    EXPECT_THROW(Component::parse(bad), Error) << bad;
}

TEST(Component, ValuesMayBeQuoted) {
  const Component c =
      Component::parse("mlp(data=\"a, b(1.csv\", hidden=\"4\", x=\"say \"\"hi\"\"\")");
  EXPECT_EQ(*c.find("data"), "a, b(1.csv");
  EXPECT_EQ(*c.find("hidden"), "4");
  EXPECT_EQ(*c.find("x"), "say \"hi\"");
  EXPECT_EQ(c.text(), "mlp(data=\"a, b(1.csv\", hidden=4, x=say \"hi\")");
  // Quotes only where they are needed: texts of before there were quotes stay as they are.
  for (const char* plain : {"a(b=c(d=e, f=g))", "a(b=x(1).csv, c=it\"s)", "a(b=c d, e=)"})
    EXPECT_EQ(Component::parse(plain).text(), plain);
  for (const char* value : {"a,b", "a(", ")", " a ", "\"", "\"a\"", "a\"\",", "f(x=\"a", "=\"(,"}) {
    const Component one{"m", {{"key", value}, {"other", "1"}}};
    const Component again = Component::parse(one.text());
    EXPECT_EQ(again.arguments, one.arguments) << one.text();
    const Component outer{"o", {{"inner", one.text()}}};
    EXPECT_EQ(*Component::parse(outer.text()).find("inner"), one.text());
  }
  for (const char* bad : {"a(b=\"c)", "a(b=\"c\"d)", "a(b=\"c\" \"d\")"})
    EXPECT_THROW(Component::parse(bad), Error) << bad;
}

TEST(Catalog, CanonicalTextFillsDefaultsAndReadsBackAsItself) {
  const std::string text = shapes().canonical("circle(segments=5)");
  EXPECT_EQ(text, "circle(radius=1, segments=5, filled=false, colour=red)");
  EXPECT_EQ(shapes().canonical(text), text);
  EXPECT_EQ(shapes().make("circle(radius=2.5)")->text, "2.5");
}

TEST(Catalog, AliasesExpandAndMayBeOverridden) {
  EXPECT_EQ(shapes().canonical("dot(colour=green)"),
            "circle(radius=0.1, segments=12, filled=true, colour=green)");
}

TEST(Catalog, RefusalsNameTheValueTheRuleAndTheNearest) {
  EXPECT_EQ(message("circel"),
            "unknown shape 'circel' (did you mean 'circle'?): choose one of circle, dot");
  EXPECT_EQ(message("circle(radius=0)"), "circle(radius) is 0: it must be in (0, inf)");
  EXPECT_EQ(message("circle(segments=2)"), "circle(segments) is 2: it must be in [3, 1000]");
  EXPECT_EQ(message("circle(radius=nan)"), "circle(radius) is nan: it must be a finite number");
  EXPECT_EQ(message("circle(filled=yes)"), "circle(filled) is 'yes': it must be true or false");
  EXPECT_NE(message("circle(radios=1)").find("did you mean 'radius'?"), std::string::npos);
  EXPECT_NE(message("circle(colour=gren)").find("did you mean 'green'?"), std::string::npos);
}

// 1.4e-45 is the least number above 0 in float; what fits no double is refused in both precisions.
TEST(Component, NumbersThatRealCannotHoldAreRefused) {
  for (const char* fits : {"circle(radius=1e-38)", "circle(radius=1.4e-45)", "circle(radius=3e38)"})
    EXPECT_EQ(message(fits), "") << fits;
  for (const char* neither : {"circle(radius=1e-400)", "circle(radius=1e400)"})
    EXPECT_NE(message(neither).find("it must be a number that fits 64 bits"), std::string::npos)
        << message(neither);
  EXPECT_NO_THROW(check_precision("x", 0));
#ifdef RAVINE_DOUBLE
  EXPECT_EQ(message("circle(radius=1e-320)"), "");
  EXPECT_EQ(message("circle(radius=1e300)"), "");
  EXPECT_NO_THROW(check_precision("x", -1e-320));
#else
  EXPECT_EQ(message("circle(radius=1e-320)"),
            "circle(radius) is 1e-320, which float precision rounds to 0: give a magnitude of at "
            "least 1.4e-45");
  EXPECT_EQ(message("circle(radius=1e39)"),
            "circle(radius) is 1e+39: at most 3.4e+38 fits float precision");
  EXPECT_THROW(check_precision("x", -1e-320), Error);
  EXPECT_THROW(check_precision("x", -1e39), Error);
#endif
}

}  // namespace
}  // namespace ravine
