#include <gtest/gtest.h>

#include <string>

#include "ravine/core/error.hpp"
#include "ravine/core/shape.hpp"
#include "ravine/nn/layer_recipe.hpp"

namespace ravine {
namespace {

std::string canonical(const std::string& text) {
  try {
    return write_layers(parse_layers(text));
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(LayerText, LayersHaveOneText) {
  EXPECT_EQ(canonical("  dense(100)\trelu dense "), "dense(100) relu dense(outputs)");
  EXPECT_EQ(canonical("dense( units = 0100 ) dropout(p=5e-1)"), "dense(100) dropout(0.5)");
  EXPECT_EQ(canonical("3*(dense(100) relu) dense(10)"), "3*(dense(100) relu) dense(10)");
  EXPECT_EQ(canonical("dense(100) relu 2 * (dense(100) relu) dense(10)"),
            "3*(dense(100) relu) dense(10)");
  EXPECT_EQ(canonical("dense(5) dense(5) dense(5)"), "3*dense(5)");
  EXPECT_EQ(canonical("2*(2*(dense(5) norm) relu)"), "2*(2*(dense(5) norm) relu)");
  EXPECT_EQ(canonical("(dense(5) (relu))"), "dense(5) relu");
  EXPECT_EQ(canonical("residual( dense(5) dense(5) residual(relu) )"),
            "residual(2*dense(5) residual(relu))");
  for (const char* text : {"3*(dense(100) relu) dense(10)", "2*(2*(dense(5) norm) relu)",
                           "residual(2*dense(5) residual(relu))", "sequential(tanh) dropout(0.25)"})
    EXPECT_EQ(canonical(canonical(text)), canonical(text));
}

TEST(LayerText, RefusalsNameThePositionAndTheNearestLayer) {
  EXPECT_TRUE(canonical("dense(100) rely dense")
                  .starts_with("layers is 'dense(100) rely dense': unknown layer 'rely' (did you "
                               "mean 'relu'?): choose one of dense, norm, "));
  EXPECT_TRUE(canonical("dense(100) rely dense").ends_with("(at position 12)"));
  EXPECT_TRUE(canonical("residual(dense(5) desne(3))").ends_with("(at position 19)"));
  EXPECT_NE(canonical("residual(dense(5) desne(3))").find("did you mean 'dense'"),
            std::string::npos);
  EXPECT_EQ(canonical("dense(10"), "layers is 'dense(10': an unclosed '(' at position 6");
  EXPECT_EQ(canonical("residual(relu"), "layers is 'residual(relu': an unclosed '(' at position 9");
  EXPECT_EQ(canonical("relu)"), "layers is 'relu)': unexpected ')' at position 5");
  EXPECT_EQ(canonical("3 relu"),
            "layers is '3 relu': a number without '*', as in 3*dense(100), at position 1");
  EXPECT_EQ(canonical("0*relu"), "layers is '0*relu': a repetition of 0 at position 1");
  EXPECT_EQ(canonical("relu, relu"),
            "layers is 'relu, relu': ',', where a layer is expected, at position 5");
  EXPECT_EQ(canonical(" "), "layers is ' ': a layer is missing at position 1");
  EXPECT_EQ(canonical("residual()"), "layers is 'residual()': a layer is missing at position 10");
  EXPECT_NE(canonical("99999*99999*relu").find("layers is"), std::string::npos);
  EXPECT_NE(canonical("20000*relu").find("more than 10000 layers at position 1"),
            std::string::npos);
  EXPECT_NE(canonical("dropout(1)").find("it must be in [0, 1) (at position 1)"),
            std::string::npos);
  EXPECT_NE(canonical("dense(0)").find("dense(units) is 0: it must be in"), std::string::npos);
  EXPECT_NE(canonical("dense(unit=3)").find("did you mean 'units'"), std::string::npos);
  EXPECT_NE(canonical("relu(3)").find("relu cannot take '3'"), std::string::npos);
  EXPECT_NE(canonical("residual").find("residual needs layers"), std::string::npos);
  EXPECT_NE(canonical(std::string(100000, '(')).find("more than 100 open parentheses"),
            std::string::npos);
  EXPECT_THROW(layer_catalog().make("relu")->contain({}), Error);
}

TEST(Shape, IsAValueOfAnyRank) {
  EXPECT_EQ(Shape::image(3, 32, 32).size(), 3072u);
  EXPECT_EQ(Shape::image(3, 32, 32).text(), "image(3, 32, 32)");
  EXPECT_EQ(Shape::sequence(64, 128).text(), "sequence(64, 128)");
  EXPECT_EQ(Shape::vector(10).text(), "vector(10)");
  EXPECT_EQ(Shape({2, 3, 4, 5}).text(), "shape(2, 3, 4, 5)");
  EXPECT_EQ(Shape({2, 3, 4, 5}).size(), 120u);
  EXPECT_EQ(Shape().size(), 0u);
  EXPECT_NE(Shape::sequence(4, 3), Shape::sequence(3, 4));
  EXPECT_THROW(Shape::image(1, 0, 3), Error);
  EXPECT_THROW(Shape::sequence(std::size_t{1} << 30, std::size_t{1} << 30), Error);
}

}  // namespace
}  // namespace ravine
