#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "ravine/core/catalog.hpp"
#include "ravine/core/random.hpp"
#include "ravine/core/real.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// Draws the initial weights of one layer. Immutable; thread-safe.
class RAVINE_EXPORT Initializer {
 public:
  static constexpr std::string_view kKind = "initializer";
  virtual ~Initializer() = default;
  /// Fills W (in, out), row by row; `stream` belongs to this matrix alone.
  virtual void weights(std::size_t in, std::size_t out, RandomStream& stream,
                       std::span<Real> w) const = 0;
  /// The same for the kernel of a convolution, (taps x channels, out). Each input reaches taps x
  /// out products: that is its fan-out.
  virtual void kernel(std::size_t in, std::size_t out, std::size_t /*taps*/, RandomStream& stream,
                      std::span<Real> w) const {
    weights(in, out, stream, w);
  }
  /// The initial value of every bias.
  virtual double bias() const { return 0; }
};

/// constant, uniform, glorot_uniform, xavier_slide, glorot_normal, he, orthogonal, sparse, normal,
/// truncated_normal, by_kind: every initializer with its citation (lecture L27-L32).
RAVINE_EXPORT const Catalog<Initializer>& initializer_catalog();

namespace detail {
template <class Rule>
class Drawn final : public Initializer {
 public:
  explicit Drawn(Rule rule) : rule_(std::move(rule)) {}
  void weights(std::size_t in, std::size_t out, RandomStream& stream,
               std::span<Real> w) const override {
    rule_.draw(in, out, stream, w);
  }
  void kernel(std::size_t in, std::size_t out, std::size_t taps, RandomStream& stream,
              std::span<Real> w) const override {
    if constexpr (requires { Rule::kDrawsByFans; })
      rule_.draw(in, taps * out, stream, w);
    else
      rule_.draw(in, out, stream, w);
  }
  double bias() const override {
    if constexpr (requires { rule_.bias; }) return rule_.bias;
    return 0;
  }

 private:
  Rule rule_;
};
}  // namespace detail

/// The catalog row of a rule by which weights are drawn: a struct with kName, fields(),
/// draw(in, out, stream, w), which fills the weights of one layer, and, if biases do not begin at
/// zero, `bias`. One with kDrawsByFans gets the fans of a convolution instead of the sides of its
/// matrix.
template <class Rule>
CatalogEntry<Initializer> initializer_entry(std::string summary, std::string citation) {
  return made_entry<Initializer, detail::Drawn<Rule>, Rule>(std::move(summary),
                                                            std::move(citation));
}

}  // namespace ravine
