#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "ravine/export.hpp"
#include "ravine/results/record.hpp"

namespace ravine {

/// The kind that the seal of a spool file names.
inline constexpr std::string_view kTrialFile = "ravine-trial";

/// A finished trial as the bytes of a sealed HDF5 file, with its build id as the seal's label:
///
///     /identity                                    texts: id, spec, build id
///     /cells/{name,unit,kind,text,number,integer}  one row per cell; kind: 0 text, 1 number,
///                                                  2 integer, + 16 for timing
///     /curve/{name,unit,kind,values}               one row per column; kind: 1 number, 2 integer,
///                                                  + 16 for timing; values: column after column
///
/// and /tables/<name>/{...} like /curve for each table that has rows.
/// Throws Error for a record that cannot be stored (check_record). Thread-safe.
RAVINE_EXPORT std::vector<std::byte> encode_record(const TrialRecord& record);

/// The reverse, for a file called `name` in messages; throws Error for anything else than an
/// unaltered file of that form. Thread-safe.
RAVINE_EXPORT TrialRecord decode_record(std::span<const std::byte> image, std::string_view name);

}  // namespace ravine
