#pragma once

#include <string>

/// Trains a stored trial again and compares its bits; says which columns differ. Returns the exit
/// code: 0 equal, 1 different. Throws ravine::Error if this program would train another trial.
int replay(const std::string& path, const std::string& id, const std::string& data_directory);
