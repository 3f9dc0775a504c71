#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "ravine/export.hpp"
#include "ravine/optim/state_bytes.hpp"

namespace ravine {

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
