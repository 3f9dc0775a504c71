#pragma once

#include <string>
#include <string_view>

#include "ravine/core/trial_fields.hpp"
#include "ravine/data/batches.hpp"
#include "ravine/export.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/train/catalogs.hpp"

namespace ravine {

/// One training run as a value: problem, the five factors, rate, batch, budget and seed. Its
/// canonical text fixes every bit of its curves. Averaging may be a list, "polyak,
/// ema(decay=0.99)"; the batch size 0 is the full batch.
using Trial = TrialFields<One>;

/// The trial with every component text made canonical. Throws Error for anything unknown.
RAVINE_EXPORT Trial canonical(Trial trial, const Catalogs& catalogs);

/// How the mini-batches of the trial are drawn.
RAVINE_EXPORT BatchSampler::Options sampling(const Trial& trial, const Problem& problem);

/// The lines "key = value" of a canonical trial, with precision, data digest and the versions of
/// its components: what is hashed, stored and replayed. `record` is left out where it is none.
RAVINE_EXPORT std::string trial_spec(const Trial& trial, std::string_view data_digest,
                                     const Catalogs& catalogs);
/// Reads a spec back. Throws Error for an unknown key.
RAVINE_EXPORT Trial parse_spec(std::string_view spec);

/// First 16 hexadecimal digits of the spec's SHA-256.
RAVINE_EXPORT std::string trial_id(std::string_view spec);

}  // namespace ravine
