#include "ravine/problems/image_recipes.hpp"

#include <fmt/format.h>

#include "ravine/problems/network_problem.hpp"

namespace ravine {
namespace {

std::shared_ptr<const Problem> image_network(const char* family, const std::string& layers,
                                             double l2, const DataFields& data,
                                             const ProblemContext& context) {
  NetworkProblem::Options options;
  options.family = family;
  options.layers = parse_layers(layers, context.layers);
  options.l2 = l2;
  options.batch_norm = parse_batch_norm(context.batch_norm);
  return std::make_shared<NetworkProblem>(data.load(context), options);
}

// A stage of residual blocks; the first of all but the first stage halves the images.
std::string stage(int channels, std::int64_t blocks, bool halves) {
  const auto block = [&](int stride) {
    return fmt::format(
        "residual(conv({0}, stride={1}, padding=1) norm relu conv({0}, padding=1) norm) relu",
        channels, stride);
  };
  std::string text = block(halves ? 2 : 1) + " ";
  if (blocks > 1) text += fmt::format("{}*({}) ", blocks - 1, block(1));
  return text;
}

}  // namespace

std::shared_ptr<const Problem> LeNet5::build(const ProblemContext& context) const {
  return image_network("LeNet-5",
                       "conv(6, kernel=5, padding=valid) norm relu max_pool(2) "
                       "conv(16, kernel=5, padding=valid) norm relu max_pool(2) "
                       "dense(120) norm relu dense(84) norm relu dense(outputs)",
                       0, data, context);
}

TrialDefaults TwoConvTwoDense::trial_defaults() const {
  TrialDefaults defaults{.initializer = "truncated_normal(sd=0.05, bias=0.05)",
                         .batch_size = 128,
                         .keep_last = false,
                         .divergence = "never"};
  if (data.data == "fashion_mnist") defaults.shuffle = "fixed";
  return defaults;
}

std::shared_ptr<const Problem> TwoConvTwoDense::build(const ProblemContext& context) const {
  return image_network("2c2d",
                       "conv(32, kernel=5) norm relu max_pool(2, padding=same) "
                       "conv(64, kernel=5) norm relu max_pool(2, padding=same) "
                       "dense(1024) norm relu dense(outputs)",
                       0, data, context);
}

TrialDefaults ThreeConvThreeDense::trial_defaults() {
  return {.initializer = "by_kind(kernels=glorot_normal, others=glorot_uniform)",
          .batch_size = 128,
          .keep_last = false,
          .divergence = "never"};
}

std::shared_ptr<const Problem> ThreeConvThreeDense::build(const ProblemContext& context) const {
  return image_network("3c3d",
                       std::string(augment ? "random_crop(2) random_flip "
                                             "random_color(brightness=0.24705882352941178, "
                                             "saturation=0.5, contrast=0.8) "
                                           : "") +
                           "standardize_images "
                           "conv(64, kernel=5, padding=valid) norm relu "
                           "max_pool(3, stride=2, padding=same) "
                           "conv(96, kernel=3, padding=valid) norm relu "
                           "max_pool(3, stride=2, padding=same) "
                           "conv(128, kernel=3) norm relu max_pool(3, stride=2, padding=same) "
                           "dense(512) norm relu dense(256) norm relu dense(outputs)",
                       l2, data, context);
}

void ResNet::normalize() {
  data.normalize();
  if (depth % 6 != 2)
    fail("resnet(depth) is {}: a residual network has 6n + 2 layers, such as 8, 14, 20 or 32",
         depth);
}

std::shared_ptr<const Problem> ResNet::build(const ProblemContext& context) const {
  const std::int64_t blocks = (depth - 2) / 6;
  return image_network("ResNet",
                       std::string(augment ? "random_crop(4) random_flip " : "") +
                           "conv(16, padding=1) norm relu " + stage(16, blocks, false) +
                           stage(32, blocks, true) + stage(64, blocks, true) +
                           "global_mean dense(outputs)",
                       l2, data, context);
}

}  // namespace ravine
