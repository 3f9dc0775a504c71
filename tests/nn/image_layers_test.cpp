#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "nn/network_objective.hpp"
#include "ravine/core/error.hpp"
#include "ravine/nn/layers/pool.hpp"
#include "ravine/testing/gradient_check.hpp"
#include "support/refusal.hpp"

namespace ravine {
namespace {

TestNetwork on_images(Shape image, std::string layers, std::size_t outputs,
                      BatchNormPlacement batch_norm = BatchNormPlacement::kOff) {
  TestNetwork net(image.size(), std::move(layers), outputs, batch_norm);
  net.options.input = std::move(image);
  return net;
}

#ifdef RAVINE_DOUBLE  // differences need its precision
struct Composition {
  Shape image;
  const char* layers;
};

// Sizes at which no two pixels under a maximum are as good as equal.
const Composition kImageCompositions[] = {
    {Shape::image(1, 9, 7), "conv(4, kernel=3) tanh dense"},
    {Shape::image(2, 9, 7), "conv(3, kernel=5, padding=valid) norm sigmoid max_pool(2) dense"},
    {Shape::image(3, 8, 9),
     "conv(4, kernel=4, stride=2) norm softplus conv(5, kernel=2, stride=3, padding=1) tanh "
     "dense"},
    {Shape::image(2, 11, 9),
     "conv(3) tanh max_pool(3, stride=2, padding=same) conv(4) softsign "
     "mean_pool(3, stride=1, padding=1) flatten dense"},
    {Shape::image(2, 7, 7),
     "max_pool(2, stride=1) conv(3) residual(conv(3) norm tanh conv(3)) "
     "dropout(0.2) global_mean dense"},
    {Shape::image(2, 6, 5),
     "dense(12) tanh reshape(3, height=2, width=2) conv(4, kernel=2) tanh "
     "dense"},
    {Shape::image(3, 5, 5),
     "conv(3) residual(norm mean_pool(3, stride=1, padding=same)) norm "
     "sigmoid dense"},
};

TEST(ImageLayers, GradientsAndCurvatureAgreeWithCentralDifferences) {
  for (const auto& [image, layers] : kImageCompositions) {
    const bool normalized = std::string(layers).find("norm") != std::string::npos;
    for (const auto placement : {BatchNormPlacement::kOff, BatchNormPlacement::kHidden}) {
      if (!normalized && placement == BatchNormPlacement::kHidden) continue;
      NetworkObjective objective(on_images(image, layers, 5, placement), "softmax", 7);
      const GradientCheck worst = check_gradient(objective, objective.theta);
      EXPECT_LT(worst.max_relative_error, 1e-6) << layers << ": " << worst.index;
      AlignedVector<Real> v(objective.theta.size());
      RandomStream stream(3, Purpose::kTest);
      for (const Block& block : objective.network.layout().blocks())
        for (Real& x : block.of(std::span(v))) x = static_cast<Real>(stream.normal());
      EXPECT_LT(check_hessian_vector(objective, objective.theta, v), 1e-6) << layers;
    }
  }
}
#endif

TEST(ImageLayers, ChannelsAreNormalizedOverAllPositions) {
  const TestNetwork net = on_images(Shape::image(2, 6, 5), "conv(4, kernel=3) norm tanh dense", 3,
                                    BatchNormPlacement::kHidden);
  NetworkObjective objective(net, "softmax", 7);
  const Network& network = objective.network;
  EXPECT_EQ(network.statistics_size(), 2u * 4);
  EXPECT_EQ(network.layout().block("batch_norm0/gain").cols, 4u);
  // channel order, conv, norm
  const auto y = network.forward(objective.pass, objective.theta,
                                 {.dense = objective.inputs.view()}, objective.workspace, 3);
  const auto theta = std::span<const Real>(objective.theta);
  const auto gain = network.layout().block("batch_norm0/gain").of(theta);
  const auto bias = network.layout().block("batch_norm0/bias").of(theta);
  for (std::size_t c = 0; c < 4; ++c) {
    double sum = 0, squares = 0;
    for (std::size_t i = c; i < y.size(); i += 4) sum += y.data[i];
    const double m = static_cast<double>(y.size()) / 4, mean = sum / m;
    for (std::size_t i = c; i < y.size(); i += 4)
      squares += (y.data[i] - mean) * (y.data[i] - mean);
    EXPECT_NEAR(mean, bias[c], 1e-5);
    EXPECT_NEAR(squares / m, gain[c] * gain[c], 1e-3);
  }
}

// The input of a network is normalized element by element, as an image of a perceptron is.
TEST(ImageLayers, InputsAreNormalizedPixelByPixel) {
  const TestNetwork net = on_images(Shape::image(2, 6, 5), "norm conv(4) norm relu dense", 3,
                                    BatchNormPlacement::kInputAndHidden);
  EXPECT_EQ(net.make().statistics_size(), 2u * (2 * 6 * 5 + 4));
}

TEST(ImageLayers, KernelsAreInitializedByTheirFans) {
  const TestNetwork net =
      on_images(Shape::image(8, 6, 5), "conv(64, kernel=5) relu conv(32, kernel=3) dense", 3);
  const Network network = net.make();
  const Block& first = network.layout().block("conv0/kernel");
  EXPECT_EQ(first.rows, 25u * 8);
  EXPECT_EQ(first.cols, 64u);
  EXPECT_EQ(first.kind, BlockKind::kKernel);
  const auto variance = [&](const char* initializer) {
    AlignedVector<Real> theta(network.layout().size());
    network.initialize(*initializer_catalog().make(initializer), 4, theta);
    double squares = 0;
    for (const Real w : first.of(std::span<const Real>(theta))) squares += double{w} * double{w};
    return squares / static_cast<double>(first.size());
  };
  EXPECT_NEAR(variance("he"), 2.0 / 200, 0.05 * 2 / 200);
  const double glorot = 2.0 / (25 * 8 + 25 * 64);
  EXPECT_NEAR(variance("glorot_normal"), glorot, 0.05 * glorot);
  EXPECT_NEAR(variance("glorot_uniform"), glorot, 0.05 * glorot);
  EXPECT_NEAR(variance("by_kind(kernels=he, others=constant)"), 2.0 / 200, 0.05 * 2 / 200);
  EXPECT_NEAR(variance("by_kind(kernels=constant, others=he)"), 0, 1e-12);
  // Columns of an orthogonal kernel are orthonormal; a sparse one has k weights for each unit.
  EXPECT_NEAR(variance("orthogonal"), 1.0 / 200, 1e-6);
  EXPECT_LT(variance("sparse(k=5)"), 5 * 1.5 / 200);
}

TEST(ImageLayers, SameBitsForAnyThreads) {
  const TestNetwork net = on_images(
      Shape::image(3, 20, 21),
      "conv(30, kernel=5) norm relu max_pool(3, stride=2, padding=same) residual(conv(30) relu) "
      "mean_pool(2) conv(40, stride=2) dense",
      10, BatchNormPlacement::kHidden);
  NetworkObjective one(net, "softmax", 33);
  const std::vector<Real> gradient = one.gradient();
  AlignedVector<Real> product(one.theta.size()), same(product.size());
  one.hessian_vector(one.theta, one.theta, product);
  for (int threads : {2, 3, 4}) {
    NetworkObjective many(net, "softmax", 33, {threads});
    EXPECT_EQ(many.gradient(), gradient);
    many.hessian_vector(many.theta, many.theta, same);
    EXPECT_EQ(same, product);
  }
}

std::string refusal(Shape image, const char* layers, std::size_t outputs = 3) {
  return refusal_of([&] { on_images(std::move(image), layers, outputs).make(); });
}

TEST(ImageLayers, RefusesWhatDoesNotFit) {
  EXPECT_EQ(refusal(Shape::vector(30), "conv(4) dense"),
            "conv needs images, but gets vector(30): choose image data, or put reshape in front");
  EXPECT_EQ(
      refusal(Shape::image(1, 4, 9), "conv(4, kernel=5, padding=valid) dense"),
      "conv with a window of 5 and padding=valid does not fit into image(1, 4, 9): use a smaller "
      "window or padding=same");
  EXPECT_EQ(
      refusal(Shape::image(1, 4, 9), "max_pool(2, padding=2) dense"),
      "max_pool with a window of 2 and padding=2 would see windows of zeros alone: use a padding "
      "below 2");
  EXPECT_NE(refusal(Shape::image(1, 4, 9), "conv(4, padding=full) dense")
                .find("conv(padding) is 'full': use same, valid or a number of pixels"),
            std::string::npos);
  EXPECT_EQ(refusal(Shape::image(1, 4, 9), "dense(10) reshape(2, height=3, width=3) dense"),
            "vector(10) has 10 elements and cannot become image(2, 3, 3), which has 18");
  EXPECT_EQ(refusal(Shape::image(3, 4, 9), "residual(conv(3)) dense"),
            "residual cannot add images as the data store them to those of its layers: put a "
            "convolution in front");
  EXPECT_EQ(refusal(Shape::image(1, 4, 9), "residual(conv(1)) dense"), "");
}

double loss_of(Shape image, std::string layers, std::size_t outputs, BatchNormPlacement placement) {
  NetworkObjective objective(on_images(std::move(image), std::move(layers), outputs, placement),
                             "squared", 4);
  return objective.evaluate(objective.theta, {});
}

// Where elements lie is the business of layers: shapes that stay the same change nothing.
TEST(ImageLayers, ShapesKeepThePixels) {
  const Shape image = Shape::image(3, 4, 5);
  using Placement = BatchNormPlacement;
  const std::string conv = "conv(2, kernel=2) tanh dense", same = "reshape(3, height=4, width=5) ";
  const auto loss = [&](const std::string& layers, std::size_t outputs = 6,
                        Placement placement = Placement::kOff) {
    return loss_of(image, layers, outputs, placement);
  };
  EXPECT_EQ(loss(same + conv), loss(conv));
  EXPECT_EQ(loss("flatten " + same + conv), loss(conv));
  for (const char* before : {"standardize_images ", "dropout(0.3) ", "tanh "})
    EXPECT_EQ(loss(before + same + conv), loss(before + conv)) << before;
  EXPECT_EQ(loss("norm " + same + conv, 6, Placement::kInputAndHidden),
            loss("norm " + conv, 6, Placement::kInputAndHidden));
  // Targets have the order of data sets, behind flatten too.
  EXPECT_EQ(loss("conv(4) tanh conv(3) flatten", 60), loss("conv(4) tanh conv(3)", 60));
  EXPECT_EQ(loss("conv(3) flatten reshape(3, height=4, width=5) conv(3)", 60),
            loss("conv(3) conv(3)", 60));
  EXPECT_NE(loss("conv(3) flatten reshape(3, height=5, width=4) conv(3)", 60),
            loss("conv(3) conv(3)", 60));
}

// Wherever it stands in the window; other channels keep their maxima.
TEST(ImageLayers, AMaximumDoesNotHideWhatIsNotANumber) {
  const Window window{
      .height = 2, .width = 2, .channels = 3, .kernel_height = 2, .kernel_width = 2};
  const Pool pool(Pooling::kMax, Shape::image(3, 2, 2), window, Shape::image(3, 1, 1));
  for (std::size_t pixel = 0; pixel < 4; ++pixel) {
    std::vector<Real> x, y(3), dy = {5, 6, 7}, dx(12, Real(9));
    for (int i = 0; i < 12; ++i) x.push_back(static_cast<Real>(i * 5 % 12));
    x[3 * pixel + 1] = std::numeric_limits<Real>::quiet_NaN();
    const LayerState state{
        .x = {.dense = {x.data(), 1, 12}}, .y = {y.data(), 1, 3}, .statistics = {}};
    pool.forward({.threads = {1}}, {}, state);
    EXPECT_TRUE(std::isnan(y[1])) << pixel;
    for (const std::size_t c : {0u, 2u})
      EXPECT_EQ(y[c], std::max({x[c], x[c + 3], x[c + 6], x[c + 9]}));
    pool.backward({.threads = {1}}, {}, state, {dy.data(), 1, 3}, {dx.data(), 1, 12}, {});
    for (std::size_t i = 0; i < 12; ++i) {
      const bool taken = i % 3 == 1 ? i == 3 * pixel + 1 : x[i] == y[i % 3];
      EXPECT_EQ(dx[i], taken ? dy[i % 3] : Real(0)) << i;
    }
  }
}

TEST(ImageLayers, HaveOneText) {
  EXPECT_EQ(write_layers(parse_layers("conv(32,kernel=5) max_pool mean_pool(3, stride=2, "
                                      "padding=0) global_mean")),
            "conv(32, kernel=5, stride=1, padding=same) max_pool(2, stride=2, padding=valid) "
            "mean_pool(3, stride=2, padding=valid) global_mean");
}

}  // namespace
}  // namespace ravine
