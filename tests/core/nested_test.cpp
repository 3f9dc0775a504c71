// Fields that hold components of another catalog, or of the same.
#include <gtest/gtest.h>

#include "ravine/core/catalog.hpp"
#include "support/refusal.hpp"

namespace ravine {
namespace {

struct Colour {
  static constexpr std::string_view kKind = "colour";
  double brightness;
};

struct Grey {
  static constexpr std::string_view kName = "grey";
  static constexpr int kVersion = 3;
  double level = 0.5;
  template <class F>
  void fields(F&& field) {
    field({"level", "lightness", "l"}, level, "[0, 1]", "0 is black");
  }
};

struct Figure {
  static constexpr std::string_view kKind = "figure";
  double area, brightness;
};

struct Square {
  static constexpr std::string_view kName = "square";
  static constexpr RateRange kLearningRate = {0.5, "log(0.1, 1)"};
  double side = 1;
  Nested<Colour> fill{"grey"};
  template <class F>
  void fields(F&& field) {
    field({"side", "a"}, side, "(0, inf)", "length", "log(0.1, 10)");
    field("fill", fill, "", "inside");
  }
};

struct Twice {
  static constexpr std::string_view kName = "twice";
  Nested<Figure> base{"square"};
  template <class F>
  void fields(F&& field) {
    field({"base", "of"}, base, "", "what is doubled");
  }
};

// Its default is a row that may hold it in turn.
template <class Name>
struct Around {
  static constexpr std::string_view kName = Name::kName;
  Nested<Figure> base{Name::kBase};
  template <class F>
  void fields(F&& field) {
    field("base", base, "", "what is inside");
  }
};
struct One {
  static constexpr std::string_view kName = "one";
  static constexpr const char* kBase = "other";
};
struct Other {
  static constexpr std::string_view kName = "other";
  static constexpr const char* kBase = "one";
};
struct Finite {
  static constexpr std::string_view kName = "finite";
  static constexpr const char* kBase = "twice(base=one(base=square))";
};

Catalog<Colour> colours() {
  Catalog<Colour> catalog;
  catalog.add(catalog_entry<Colour, Grey>(
      "grey", "x", [](const Grey& grey) { return std::make_unique<Colour>(Colour{grey.level}); }));
  catalog.alias("black", "grey(l=0)", "no light");
  return catalog;
}

template <class Name>
CatalogEntry<Figure> around() {
  return catalog_entry<Figure, Around<Name>>(
      "around", "x", [](Around<Name> fields) { return std::move(fields.base.made); });
}

Catalog<Figure> figures() {
  Catalog<Figure> catalog;
  catalog.nest(colours());
  catalog.add(catalog_entry<Figure, Square>("a square", "Euclid", [](Square square) {
    return std::make_unique<Figure>(
        Figure{square.side * square.side, square.fill.made->brightness});
  }));
  catalog.add(catalog_entry<Figure, Twice>("twice as large", "Euclid", [](Twice twice) {
    twice.base.made->area *= 2;
    return std::move(twice.base.made);
  }));
  catalog.alias("dark", "square(fill=black)", "a dark square");
  return catalog;
}

std::string refusal(const std::string& text) {
  return refusal_of([&] { figures().canonical(text); });
}

TEST(Nested, CanonicalTextFillsTheDefaultsOfWhatFieldsHold) {
  const std::string full = "twice(base=twice(base=square(side=3, fill=grey(level=0))))";
  EXPECT_EQ(figures().canonical("twice(base=twice(of=dark(a=3)))"), full);
  EXPECT_EQ(figures().canonical(full), full);
  EXPECT_EQ(figures().canonical("twice"), "twice(base=square(side=1, fill=grey(level=0.5)))");
  const auto made = figures().make("twice(base=twice(base=dark(side=3)))");
  EXPECT_EQ(made->area, 36);
  EXPECT_EQ(made->brightness, 0);
}

TEST(Nested, RefusalsSayWhereInTheText) {
  EXPECT_EQ(refusal("twice(base=sqare)"),
            "twice(base): unknown figure 'sqare' (did you mean 'square'?): choose one of square, "
            "twice, dark");
  EXPECT_EQ(refusal("twice(base=square(fill=grey(levl=1)))"),
            "twice(base): square(fill): grey has no parameter 'levl' (did you mean 'level'?): it "
            "takes level");
  EXPECT_EQ(refusal("square(fill=grey(level=2))"),
            "square(fill): grey(level) is 2: it must be in [0, 1]");
  EXPECT_EQ(refusal("square(fill=square)"),
            "square(fill): unknown colour 'square': choose one of grey, black");
}

TEST(Nested, RowsOfAUsersOwnMayBeInside) {
  auto mine = figures();
  auto own = colours();
  own.alias("fog", "grey(level=0.9)", "light grey");
  EXPECT_THROW(mine.make("twice(base=square(fill=fog))"), Error);
  mine.nest(own).alias("tile", "square(side=2, fill=fog)", "a tile");
  EXPECT_EQ(mine.canonical("twice(base=tile)"), "twice(base=square(side=2, fill=grey(level=0.9)))");
}

TEST(Nested, CatalogsWalkThroughWhatFieldsHold) {
  const auto catalog = figures();
  EXPECT_EQ(catalog.versions("twice(base=dark)"),
            (std::vector<std::string>{"figure 1", "figure 1", "colour 3"}));
  EXPECT_EQ(catalog.outline("twice(base=dark(side=2))"), "twice(base=square(fill=grey))");
  EXPECT_EQ(catalog.learning_rate("twice(base=twice)").customary, 0.5);
  const Component component = catalog.expand("twice(of=square(a=3))");
  const auto place = catalog.locate(component, "of.a");
  ASSERT_TRUE(place);
  EXPECT_EQ(place->path, "base.side");
  EXPECT_TRUE(place->given);
  EXPECT_FALSE(catalog.locate(component, "base.fill.l")->given);
  EXPECT_FALSE(catalog.locate(component, "base.corner"));
  EXPECT_EQ(catalog.with(component, "base.fill.lightness", "0.25").text(),
            "twice(base=square(side=3, fill=grey(level=0.25)))");
}

TEST(Catalogs, ANameThatIsTakenIsRefused) {
  auto mine = figures();
  const std::string taken =
      "there is a " + mine.kind() + " 'square' already: give yours another name";
  EXPECT_EQ(refusal_of([&] { mine.add(CatalogEntry<Figure>(mine.entry("square"))); }), taken);
  EXPECT_EQ(refusal_of([&] { mine.alias("square", "twice", ""); }), taken);
  mine.alias("box", "square", "");
  EXPECT_NE(refusal_of([&] { mine.alias("box", "twice", ""); }).find("'box' already"),
            std::string::npos);
}

TEST(Nested, DefaultsThatHoldThemselvesAreRefused) {
  auto mine = figures();
  mine.add(around<One>());  // its default is not there yet
  std::string message;
  try {
    mine.add(around<Other>());
  } catch (const Error& error) {
    message = error.what();
  }
  EXPECT_EQ(message, "other holds itself by default (other holds one): let a field's default end");
  mine.add(around<Finite>());
  EXPECT_NE(mine.canonical("finite").find("square(side=1"), std::string::npos);
}

TEST(Nested, TextsAsDeepAsTheStackAreRefused) {
  std::string text = "square";
  for (int i = 0; i < 30; ++i) text = "twice(base=" + text + ")";
  EXPECT_NE(figures().canonical(text).find("square(side=1"), std::string::npos);
  for (int i = 0; i < 1000; ++i) text = "twice(base=" + text + ")";
  EXPECT_NE(refusal(text).find("more than 32 levels"), std::string::npos);
}

TEST(Aliases, OneNameOfAFieldMayBeGiven) {
  EXPECT_EQ(figures().canonical("square(a=2)"), "square(side=2, fill=grey(level=0.5))");
  EXPECT_EQ(refusal("square(a=2, side=3)"),
            "square(a=2, side=3) gives 'side' and 'a', which are names of the same parameter: "
            "leave out one of them");
  EXPECT_NE(refusal("square(fill=grey(l=1, lightness=1))").find("names of the same parameter"),
            std::string::npos);
  // An argument to an alias overrides that of its text under any name.
  EXPECT_EQ(colours().canonical("black(level=0.25)"), "grey(level=0.25)");
}

}  // namespace
}  // namespace ravine
