#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>

#include "ravine/core/catalog.hpp"
#include "ravine/core/random.hpp"
#include "ravine/core/real.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// Draws the initial weights of one layer. Immutable; thread-safe.
class RAVINE_EXPORT Initializer {
 public:
  virtual ~Initializer() = default;
  /// Fills W (in, out), row by row; `stream` belongs to this matrix alone.
  virtual void weights(std::size_t in, std::size_t out, RandomStream& stream,
                       std::span<Real> w) const = 0;
  /// The initial value of every bias.
  virtual double bias() const { return 0; }
};

/// constant, uniform, glorot_uniform, xavier_slide, glorot_normal, he, orthogonal, sparse, normal,
/// truncated_normal: every initializer with its citation (lecture L27-L32).
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
/// zero, `bias`.
template <class Rule>
CatalogEntry<Initializer> initializer_entry(std::string summary, std::string citation) {
  return made_entry<Initializer, detail::Drawn<Rule>, Rule>(std::move(summary),
                                                            std::move(citation));
}

}  // namespace ravine
