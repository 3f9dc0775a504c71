#pragma once

#include <string_view>

#include "ravine/export.hpp"

namespace ravine {

/// What the running library is compiled for, such as "x86-64-v4". The loader chooses it: the widest
/// that is installed and that the CPU has. No result depends on it.
RAVINE_EXPORT std::string_view instruction_set();

/// Obeys RAVINE_ISA (v3 or v4), for tests and comparisons of speed: where the loader chose a wider
/// library, the program starts anew with the narrower one. Programs call it first. Throws Error
/// where the named library or its CPU is absent.
RAVINE_EXPORT void obey_ravine_isa(const char* const* arguments);

}  // namespace ravine
