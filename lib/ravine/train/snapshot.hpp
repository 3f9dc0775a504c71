#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "ravine/export.hpp"
#include "ravine/optim/state.hpp"

namespace ravine {

/// How many bytes a visit walks over.
struct RAVINE_EXPORT StateBytes final : StateVisitor {
  std::size_t bytes = 0;
  void reals(std::string_view, std::span<Real> values) override { bytes += values.size_bytes(); }
  void doubles(std::string_view, std::span<double> values) override {
    bytes += values.size_bytes();
  }
  void integer(std::string_view, std::int64_t&) override { bytes += sizeof(std::int64_t); }
};

/// A copy in memory of everything that a visit walks over, to go back to.
class RAVINE_EXPORT Snapshot {
 public:
  using Visit = std::function<void(StateVisitor&)>;
  void take(const Visit& visit);
  /// Gives back what was taken. The visit must come by the same values in the same order.
  void restore(const Visit& visit) const;

 private:
  std::vector<std::byte> bytes_;
};

}  // namespace ravine
