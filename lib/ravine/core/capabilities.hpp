#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace ravine {

/// What a problem can be asked for, and what a method or a recording asks for.
enum class Capability : std::uint8_t {
  kGradient,              ///< Objective::evaluate() with a gradient
  kHessianProducts,       ///< Objective::hessian_vector()
  kGaussNewtonProducts,   ///< Objective::gauss_newton_vector()
  kMeanSquaredGradients,  ///< Objective::mean_squared_gradient(): every example has its own
  kLayers,                ///< Session::diagnose()
  kStationary,            ///< the full batch is one function for the whole trial
};

/// A capability and how messages name it: "this problem does not offer <words>".
struct CapabilityName {
  Capability capability;
  std::string_view words;
};
inline constexpr std::array<CapabilityName, 6> kCapabilityNames = {{
    {Capability::kGradient, "gradients"},
    {Capability::kHessianProducts, "Hessian-vector products"},
    {Capability::kGaussNewtonProducts, "Gauss-Newton products"},
    {Capability::kMeanSquaredGradients, "squared gradients of single examples"},
    {Capability::kLayers, "layers"},
    {Capability::kStationary, "a full batch that stays one function"},
}};

/// A set of capabilities: Problem::offers() and what a method needs are compared when a plan is
/// made, so that a pair that cannot work is refused before anything runs.
class Capabilities {
 public:
  constexpr Capabilities() = default;
  constexpr Capabilities(std::initializer_list<Capability> all) {
    for (const Capability one : all) bits_ |= bit(one);
  }

  constexpr bool has(Capability one) const { return (bits_ & bit(one)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr Capabilities with(Capability one, bool present = true) const {
    return present ? Capabilities(bits_ | bit(one)) : *this;
  }
  /// What is in this set and not in `others`.
  constexpr Capabilities without(Capabilities others) const {
    return Capabilities(bits_ & ~others.bits_);
  }
  constexpr bool operator==(const Capabilities&) const = default;

  /// Calls f(words) for each member, in the order of the table.
  template <class F>
  constexpr void each(F&& f) const {
    for (const CapabilityName& row : kCapabilityNames)
      if (has(row.capability)) f(row.words);
  }

 private:
  constexpr explicit Capabilities(std::uint32_t bits) : bits_(bits) {}
  static constexpr std::uint32_t bit(Capability one) {
    return std::uint32_t{1} << static_cast<unsigned>(one);
  }
  std::uint32_t bits_ = 0;
};

}  // namespace ravine
