#pragma once

#include <vector>

#include "ravine/run/check.hpp"

namespace ravine::initialization {

/// L28 to L32 and the closed forms behind them (Glorot & Bengio 2010; Saxe et al. 2013). Those that
/// draw numbers draw the same ones every time; their tolerances are stated with them.
std::vector<Check> checks();

}  // namespace ravine::initialization
