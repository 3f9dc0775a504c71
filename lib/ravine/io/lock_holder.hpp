#pragma once

#include <string>
#include <string_view>

/// Who holds a lock, as its file says it: lines "key=value"; not installed.
namespace ravine {

/// The text of this process, without the line of the heartbeat: no two processes have the same.
std::string own_holder();

/// The value of a key, "?" if there is none.
std::string holder_value(std::string_view text, std::string_view key);

/// Whether a text has the form of a lock of ravine, also of an earlier one.
bool is_holder(std::string_view text);

/// Whether Slurm has started the holder again and the new attempt is `self`: the same task of the
/// same job, later. Two tasks or steps of one job are two holders.
bool is_restart_of(std::string_view holder, std::string_view self);

}  // namespace ravine
