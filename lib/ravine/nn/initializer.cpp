#include "ravine/nn/initializer.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>

#include "ravine/nn/orthogonal.hpp"

namespace ravine {
namespace {

// m inputs, n outputs, as in the lecture and in Glorot & Bengio.

void fill_uniform(double bound, RandomStream& stream, std::span<Real> w) {
  for (Real& value : w) value = static_cast<Real>(stream.uniform(-bound, bound));
}

void fill_normal(double sd, RandomStream& stream, std::span<Real> w) {
  for (Real& value : w) value = static_cast<Real>(sd * stream.normal());
}

struct NoFields {
  template <class F>
  void fields(F&&) {}
};

struct Constant {
  static constexpr std::string_view kName = "constant";
  double value = 0;
  double bias = 0;
  void draw(std::size_t, std::size_t, RandomStream&, std::span<Real> w) const {
    std::ranges::fill(w, static_cast<Real>(value));
  }
  template <class F>
  void fields(F&& field) {
    field("value", value, "", "of every weight");
    field("bias", bias, "", "of every bias");
  }
};

struct Uniform : NoFields {
  static constexpr std::string_view kName = "uniform";
  void draw(std::size_t m, std::size_t, RandomStream& stream, std::span<Real> w) const {
    fill_uniform(1 / std::sqrt(static_cast<double>(m)), stream, w);
  }
};

struct GlorotUniform : NoFields {
  static constexpr std::string_view kName = "glorot_uniform";
  static constexpr bool kDrawsByFans = true;
  void draw(std::size_t m, std::size_t n, RandomStream& stream, std::span<Real> w) const {
    fill_uniform(std::sqrt(6 / static_cast<double>(m + n)), stream, w);
  }
};

// **Deviates** from Glorot & Bengio on purpose: 6 / sqrt(m + n), as the lecture's slide prints it,
// where the paper has sqrt(6): weights are sqrt(6) = 2.45 times too large.
struct XavierSlide : NoFields {
  static constexpr std::string_view kName = "xavier_slide";
  static constexpr bool kDrawsByFans = true;
  void draw(std::size_t m, std::size_t n, RandomStream& stream, std::span<Real> w) const {
    fill_uniform(6 / std::sqrt(static_cast<double>(m + n)), stream, w);
  }
};

struct GlorotNormal : NoFields {
  static constexpr std::string_view kName = "glorot_normal";
  static constexpr bool kDrawsByFans = true;
  void draw(std::size_t m, std::size_t n, RandomStream& stream, std::span<Real> w) const {
    fill_normal(std::sqrt(2 / static_cast<double>(m + n)), stream, w);
  }
};

struct He : NoFields {
  static constexpr std::string_view kName = "he";
  void draw(std::size_t m, std::size_t, RandomStream& stream, std::span<Real> w) const {
    fill_normal(std::sqrt(2 / static_cast<double>(m)), stream, w);
  }
};

struct Orthogonal {
  static constexpr std::string_view kName = "orthogonal";
  double gain = 1;
  void draw(std::size_t m, std::size_t n, RandomStream& stream, std::span<Real> w) const {
    draw_orthogonal(m, n, gain, stream, w);
  }
  template <class F>
  void fields(F&& field) {
    field("gain", gain, "(0, inf)", "every singular value");
  }
};

// Inputs are drawn with replacement and a later draw overwrites an earlier one, as in Martens'
// released code: up to k distinct inputs per unit.
struct Sparse {
  static constexpr std::string_view kName = "sparse";
  std::int64_t k = 15;
  double scale = 1;
  double bias = 0;
  void draw(std::size_t m, std::size_t n, RandomStream& stream, std::span<Real> w) const {
    std::ranges::fill(w, Real(0));
    for (std::size_t j = 0; j < n; ++j)
      for (std::int64_t draw = 0; draw < k; ++draw) {
        const std::size_t i = stream.below(static_cast<std::uint32_t>(m));
        w[i * n + j] = static_cast<Real>(scale * stream.normal());
      }
  }
  template <class F>
  void fields(F&& field) {
    field("k", k, "[1, 1000000]", "incoming weights drawn for each unit");
    field("scale", scale, "(0, inf)", "standard deviation of the drawn weights");
    field("bias", bias, "", "of every bias (Martens: 0.5 for tanh units)");
  }
};

struct Normal {
  static constexpr std::string_view kName = "normal";
  double sd = 0.1;
  double bias = 0;
  void draw(std::size_t, std::size_t, RandomStream& stream, std::span<Real> w) const {
    fill_normal(sd, stream, w);
  }
  template <class F>
  void fields(F&& field) {
    field("sd", sd, "(0, inf)", "standard deviation");
    field("bias", bias, "", "of every bias");
  }
};

struct TruncatedNormal {
  static constexpr std::string_view kName = "truncated_normal";
  double sd = 0.03;
  double bias = 0;
  void draw(std::size_t, std::size_t, RandomStream& stream, std::span<Real> w) const {
    for (Real& value : w) {
      double z = stream.normal();
      while (std::abs(z) > 2) z = stream.normal();
      value = static_cast<Real>(sd * z);
    }
  }
  template <class F>
  void fields(F&& field) {
    field("sd", sd, "(0, inf)", "standard deviation before the cut at 2 sd");
    field("bias", bias, "", "of every bias");
  }
};

struct ByKind {
  static constexpr std::string_view kName = "by_kind";
  Nested<Initializer> kernels{"glorot_normal"};
  Nested<Initializer> others{"glorot_uniform"};
  template <class F>
  void fields(F&& field) {
    field("kernels", kernels, "", "initializer of convolutions");
    field("others", others, "", "initializer of all other weights, and of biases");
  }
};

class InitializerByKind final : public Initializer {
 public:
  explicit InitializerByKind(ByKind kinds) : kinds_(std::move(kinds)) {}
  void weights(std::size_t in, std::size_t out, RandomStream& stream,
               std::span<Real> w) const override {
    kinds_.others.made->weights(in, out, stream, w);
  }
  void kernel(std::size_t in, std::size_t out, std::size_t taps, RandomStream& stream,
              std::span<Real> w) const override {
    kinds_.kernels.made->kernel(in, out, taps, stream, w);
  }
  double bias() const override { return kinds_.others.made->bias(); }

 private:
  ByKind kinds_;
};

Catalog<Initializer> make_catalog() {
  Catalog<Initializer> catalog("initializer");
  catalog.add(initializer_entry<Constant>("all weights equal: hidden units never become different",
                                          "lecture L28 (symmetry quiz)"));
  catalog.add(initializer_entry<Uniform>("U(-1/sqrt(m), 1/sqrt(m)), m inputs", "lecture L29"));
  catalog.add(
      initializer_entry<GlorotUniform>("U(-b, b), b = sqrt(6 / (m + n)), m inputs, n outputs",
                                       "Glorot & Bengio 2010, eq. 16; lecture L30"));
  catalog.add(initializer_entry<XavierSlide>(
      "U(-b, b), b = 6 / sqrt(m + n): a misprint, 2.45 times too large", "lecture L30 as printed"));
  catalog.add(initializer_entry<GlorotNormal>("N(0, 2 / (m + n))",
                                              "Glorot & Bengio 2010, eq. 12; lecture L30"));
  catalog.add(initializer_entry<He>("N(0, 2 / m), for ReLU", "He et al. 2015, eq. 10"));
  catalog.add(initializer_entry<Orthogonal>("gain times a random (semi-)orthogonal matrix",
                                            "Saxe et al. 2013; lecture L31"));
  catalog.add(
      initializer_entry<Sparse>("k incoming weights N(0, scale^2) for each unit, the others 0",
                                "Martens 2010, section 5; lecture L32"));
  catalog.add(initializer_entry<Normal>("N(0, sd^2)", "Ioffe & Szegedy 2015, section 4.1"));
  catalog.add(initializer_entry<TruncatedNormal>("N(0, sd^2), redrawn beyond 2 sd",
                                                 "DeepOBS, Schneider et al. 2019"));
  catalog.add(made_entry<Initializer, InitializerByKind, ByKind>(
      "one initializer for convolutions, one for the rest", "DeepOBS, Schneider et al. 2019"));
  catalog.alias("xavier", "glorot_uniform", "the usual name");
  return catalog;
}

}  // namespace

const Catalog<Initializer>& initializer_catalog() {
  static const Catalog<Initializer> catalog = make_catalog();
  return catalog;
}

}  // namespace ravine
