#pragma once

#include <exception>
#include <filesystem>
#include <string>
#include <string_view>

#include "ravine/core/error.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// A system call failed and the path is to blame: no permission, no such folder. Before a run that
/// is misuse; in the middle of one the machine has changed, see fail_resumably.
class RAVINE_EXPORT PathError : public Error {
 public:
  using Error::Error;
};

/// Throws for a failed system call that left errno = `code` while doing `action` ("write", "open")
/// to `path`. IoError if the machine is at fault (disk full, quota, I/O error), PathError if the
/// path is.
[[noreturn]] RAVINE_EXPORT void fail_system(int code, std::string_view action,
                                            const std::filesystem::path& path);

/// Whether the machine has failed and not what runs on it: files that cannot be written or read,
/// no memory, no threads. Such an error is never the result of a trial.
RAVINE_EXPORT bool is_environment(const std::exception& error);

/// What a bad_alloc, or a thread that cannot be made, shows to be short, and by which limit: a
/// sentence without its end. Others as they are.
RAVINE_EXPORT std::string shortage(const std::exception& error);

/// Throws IoError for an error of the environment that met a run which was under way, with the
/// remedy; anything else as it is. Call it in a handler, with what was caught.
[[noreturn]] RAVINE_EXPORT void fail_resumably(const std::exception& error);

/// Does `work`, which is under way: see fail_resumably.
template <class F>
auto resumably(F&& work) {
  try {
    return work();
  } catch (const std::exception& error) {
    fail_resumably(error);
  }
}

/// What a path of the form /proc/self/fd/N leads to, for messages; others as they are.
std::filesystem::path shown(const std::filesystem::path& path);

}  // namespace ravine
