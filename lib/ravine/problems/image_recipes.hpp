#pragma once

#include "ravine/problems/network_recipes.hpp"

namespace ravine {

/// LeNet-5 as it is trained today: convolutions of 6 and 16 kernels of 5x5, each with a max-pooling
/// of 2x2, then 120, 84 and the outputs; ReLU. 44 426 parameters on 28x28 grey images of 10
/// classes. LeCun et al. (1998), section II.B. **Deviates:** ReLU instead of tanh, maxima instead
/// of trainable means, every kernel takes all channels, softmax instead of radial basis functions,
/// no padding to 32x32.
struct LeNet5 {
  static constexpr std::string_view kName = "lenet5";
  static constexpr auto kLaterKeys = DataFields::kLaterKeys;
  DataFields data;

  static TrialDefaults trial_defaults() { return {.batch_size = 128}; }
  void normalize() { data.normalize(); }
  std::shared_ptr<const Problem> build(const ProblemContext& context) const;
  template <class F>
  void fields(F&& field) {
    data.first_field(field);
    data.last_fields(field);
  }
};

/// DeepOBS' 2c2d: convolutions of 32 and 64 kernels of 5x5, each with ReLU and a max-pooling of
/// 2x2, then 1024 and the outputs. TensorFlow's padding. 3 274 634 parameters on MNIST. Schneider
/// et al. (2019); its weights are drawn from a truncated normal with sd 0.05 and all biases begin
/// at 0.05, every epoch drops the remainder, and Fashion-MNIST is shuffled once for all epochs.
struct TwoConvTwoDense {
  static constexpr std::string_view kName = "deepobs_2c2d";
  static constexpr auto kLaterKeys = DataFields::kLaterKeys;
  DataFields data;

  TrialDefaults trial_defaults() const;
  void normalize() { data.normalize(); }
  std::shared_ptr<const Problem> build(const ProblemContext& context) const;
  template <class F>
  void fields(F&& field) {
    data.first_field(field);
    data.last_fields(field);
  }
};

/// DeepOBS' 3c3d: 64 kernels of 5x5 and 96 of 3x3 without padding and 128 of 3x3 with, each with
/// ReLU and a max-pooling of 3x3, stride 2; then 512, 256 and the outputs. Images are standardized
/// one by one. 895 210 parameters on CIFAR-10. Schneider et al. (2019), with Glorot's normal
/// distribution for kernels and his uniform one for the rest. **Deviates:** brightness changes by
/// up to 63/255 of the range of pixels, as the paper says; its code adds 63/255 to pixels up to
/// 255. The training part is measured without augmentation.
struct ThreeConvThreeDense {
  static constexpr std::string_view kName = "deepobs_3c3d";
  static constexpr int kVersion = 2;  // augments
  static constexpr auto kLaterKeys = DataFields::kLaterKeys;
  DataFields data{.data = "motifs"};
  bool augment = true;
  double l2 = 0.002;

  static TrialDefaults trial_defaults();
  void normalize() { data.normalize(); }
  std::shared_ptr<const Problem> build(const ProblemContext& context) const;
  template <class F>
  void fields(F&& field) {
    data.first_field(field);
    field("augment", augment, "",
          "whether training images are moved, mirrored and recoloured at random");
    field("l2", l2, "[0, inf)", "factor of half the sum of squared weights");
    data.last_fields(field);
  }
};

/// The residual network for CIFAR-10 of 6n + 2 layers: a convolution of 16 kernels of 3x3, n
/// residual blocks each of 16, 32 and 64, a global mean, the outputs. Shortcuts have no parameters
/// (option A). He et al. (2015), section 4.2; 269 722 parameters for depth 20 with batch
/// normalization, as published: the default.
struct ResNet {
  static constexpr std::string_view kName = "resnet";
  static constexpr int kVersion = 2;  // augments
  static constexpr auto kLaterKeys = DataFields::kLaterKeys;
  DataFields data{.data = "motifs"};
  std::int64_t depth = 8;
  bool augment = true;
  double l2 = 1e-4;

  static TrialDefaults trial_defaults() { return {.batch_norm = "hidden", .batch_size = 128}; }
  void normalize();
  std::shared_ptr<const Problem> build(const ProblemContext& context) const;
  template <class F>
  void fields(F&& field) {
    data.first_field(field);
    field("depth", depth, "[8, 1202]", "6n + 2 layers of weights: 8, 14, 20, 32, ...");
    field("augment", augment, "", "whether training images are moved and mirrored at random");
    field("l2", l2, "[0, inf)", "factor of half the sum of squared weights");
    data.last_fields(field);
  }
};

}  // namespace ravine
