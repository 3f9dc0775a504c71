#pragma once

#include <string>
#include <vector>

#include "ravine/results/status.hpp"

/// A line for each output and each of its shards, for people.
std::string status_lines(const std::vector<ravine::OutputStatus>& outputs);

/// The same as one JSON object, for programs; results/FORMAT.md says what is in it. Bytes of names
/// that are not UTF-8 stay as they are.
std::string status_json(const std::vector<ravine::OutputStatus>& outputs);
