#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "ravine/export.hpp"
#include "ravine/train/catalogs.hpp"
#include "ravine/train/curve.hpp"
#include "ravine/train/trial.hpp"

namespace ravine {

/// Runs a trial in memory, by the trainer and without files, and shows every iterate on the way:
/// theta_0, theta_1, ... theta_T, each valid during the call. Returns the curve. Throws Error for
/// anything unknown in the trial.
RAVINE_EXPORT Curve
follow(const Trial& trial,
       const std::function<void(std::int64_t step, std::span<const Real> theta)>& visit,
       const Catalogs& catalogs = {});

}  // namespace ravine
