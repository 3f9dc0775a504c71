#include "ravine/nn/image_layers.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "ravine/nn/layer_entry.hpp"
#include "ravine/nn/layers/augmentation.hpp"
#include "ravine/nn/layers/conv.hpp"
#include "ravine/nn/layers/image.hpp"
#include "ravine/nn/layers/image_scaling.hpp"
#include "ravine/nn/layers/pool.hpp"

namespace ravine {
namespace {

constexpr const char* kCount = "[1, 1000000]";
constexpr const char* kPaddingMeaning =
    "same (TensorFlow's), valid (none) or pixels on every side (PyTorch's)";

struct ConvKind {
  static constexpr std::string_view kName = "conv";
  std::int64_t channels = 16, kernel = 3, stride = 1;
  std::string padding = "same";

  void normalize() { padding = canonical_padding(kName, padding); }
  void build(NetworkBuilder& network) const {
    const Shape in = network.image(kName);
    const Window window = make_window(kName, in, static_cast<std::size_t>(kernel),
                                      static_cast<std::size_t>(stride), padding);
    network.add(std::make_unique<Conv>(network.next_index(kName), in, window,
                                       static_cast<std::size_t>(channels),
                                       !network.bias_is_superfluous(), network.layout()));
  }
  template <class F>
  void fields(F&& field) {
    field("channels", channels, kCount, "number of kernels, and so of channels that come out");
    field("kernel", kernel, "[1, 1000]", "height and width of each kernel");
    field("stride", stride, "[1, 1000]", "pixels from one position to the next");
    field("padding", padding, "", kPaddingMeaning);
  }
};

template <Pooling kPooling>
struct PoolKind {
  static constexpr std::string_view kName = kPooling == Pooling::kMax ? "max_pool" : "mean_pool";
  std::int64_t size = 2, stride = 0;
  std::string padding = "valid";

  void normalize() {
    padding = canonical_padding(kName, padding);
    if (stride == 0) stride = size;
  }
  void build(NetworkBuilder& network) const {
    const Shape in = network.image(kName);
    const Window window = make_window(kName, in, static_cast<std::size_t>(size),
                                      static_cast<std::size_t>(stride), padding);
    network.add(std::make_unique<Pool>(kPooling, in, window,
                                       Shape::image(in[0], window.out_height, window.out_width)));
  }
  template <class F>
  void fields(F&& field) {
    field("size", size, "[1, 1000]", "height and width of the window");
    field("stride", stride, "[0, 1000]", "pixels from one position to the next; 0 = size");
    field("padding", padding, "", kPaddingMeaning);
  }
};

struct GlobalMeanKind {
  static constexpr std::string_view kName = "global_mean";
  void build(NetworkBuilder& network) const {
    const Shape in = network.image(kName);
    const Window window{.height = in[1],
                        .width = in[2],
                        .channels = in[0],
                        .kernel_height = in[1],
                        .kernel_width = in[2]};
    network.add(std::make_unique<Pool>(Pooling::kMean, in, window, Shape::vector(in[0])));
  }
  template <class F>
  void fields(F&&) {}
};

// Throws Error behind weights.
void check_in_front(const NetworkBuilder& network, std::string_view who) {
  if (!network.is_constant())
    fail("{} stands behind weights, but no derivative passes through it: put it in front", who);
}

struct ImageScalingKind {
  static constexpr std::string_view kName = "standardize_images";
  void build(NetworkBuilder& network) const {
    check_in_front(network, kName);
    network.add(std::make_unique<ImageScaling>(network.shape()));
  }
  template <class F>
  void fields(F&&) {}
};

// Augmenting layers draw from streams of their own, by their position among all of them.
template <class T, class... Arguments>
void add_augmentation(NetworkBuilder& network, std::string_view who, Arguments... arguments) {
  check_in_front(network, who);
  const Shape image = network.image(who);
  network.add(std::make_unique<T>(network.next_index("augmentation"), image, arguments...));
}

struct RandomCropKind {
  static constexpr std::string_view kName = "random_crop";
  std::int64_t padding = 4;
  void build(NetworkBuilder& network) const {
    add_augmentation<RandomCrop>(network, kName, static_cast<std::size_t>(padding));
  }
  template <class F>
  void fields(F&& field) {
    field("padding", padding, "[0, 1000]", "pixels of 0 on every side");
  }
};

struct RandomFlipKind {
  static constexpr std::string_view kName = "random_flip";
  void build(NetworkBuilder& network) const { add_augmentation<RandomFlip>(network, kName); }
  template <class F>
  void fields(F&&) {}
};

struct RandomColorKind {
  static constexpr std::string_view kName = "random_color";
  RandomColor::Ranges ranges{.brightness = 0.25, .saturation = 0.5, .contrast = 0.8};
  void build(NetworkBuilder& network) const {
    if (network.image(kName)[0] != 3)
      fail("{} needs images of 3 channels, but these have {}", kName, network.image(kName)[0]);
    add_augmentation<RandomColor>(network, kName, ranges);
  }
  template <class F>
  void fields(F&& field) {
    field("brightness", ranges.brightness, "[0, inf)", "greatest change of all channels");
    field("saturation", ranges.saturation, "[0, 1]", "greatest change of the factor 1");
    field("contrast", ranges.contrast, "[0, 1]", "greatest change of the factor 1");
  }
};

struct FlattenKind {
  static constexpr std::string_view kName = "flatten";
  void build(NetworkBuilder& network) const {
    network.reshape(Shape::vector(network.shape().size()));
  }
  template <class F>
  void fields(F&&) {}
};

struct ReshapeKind {
  static constexpr std::string_view kName = "reshape";
  std::int64_t channels = 1, height = 1, width = 1;
  void build(NetworkBuilder& network) const {
    network.reshape(Shape::image(static_cast<std::size_t>(channels),
                                 static_cast<std::size_t>(height),
                                 static_cast<std::size_t>(width)));
  }
  template <class F>
  void fields(F&& field) {
    field("channels", channels, kCount, "of the image");
    field("height", height, kCount, "of the image");
    field("width", width, kCount, "of the image");
  }
};

}  // namespace

void add_image_layers(LayerCatalog& catalog) {
  catalog.add(layer_entry<ConvKind>("convolution of images", "LeCun et al. 1998"));
  catalog.add(layer_entry<PoolKind<Pooling::kMax>>("maximum of each window, channel by channel",
                                                   "Ranzato et al. 2007"));
  catalog.add(layer_entry<PoolKind<Pooling::kMean>>("mean of each window, channel by channel",
                                                    "LeCun et al. 1998"));
  catalog.add(layer_entry<GlobalMeanKind>("mean of each channel", "Lin et al. 2013"));
  catalog.add(layer_entry<ImageScalingKind>("takes mean and deviation of each image away", ""));
  catalog.add(layer_entry<RandomCropKind>("moves each training image", "Krizhevsky et al. 2012"));
  catalog.add(
      layer_entry<RandomFlipKind>("mirrors every other training image", "Krizhevsky et al. 2012"));
  catalog.add(layer_entry<RandomColorKind>("changes the colours of each training image",
                                           "Schneider et al. 2019"));
  catalog.add(layer_entry<FlattenKind>("takes images for vectors", ""));
  catalog.add(layer_entry<ReshapeKind>("takes vectors for images", ""));
}

}  // namespace ravine
