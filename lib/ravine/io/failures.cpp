#include "ravine/io/failures.hpp"

#include <cerrno>
#include <cstring>
#include <new>
#include <string>
#include <system_error>

#include "ravine/core/memory.hpp"

namespace ravine {
namespace {

using Path = std::filesystem::path;

[[noreturn]] void fail_path(int code, const std::string& failure) {
  if (code == EROFS)
    throw PathError(fmt::format(
        "{}: the file system is read-only; mount it for writing or choose another folder",
        failure));
  if (code == EACCES || code == EPERM)
    throw PathError(
        fmt::format("{}: no permission; choose another folder or change its permissions", failure));
  throw PathError(fmt::format("{}: {}; check the path", failure, std::strerror(code)));
}

[[noreturn]] void fail_short(const std::exception& error) {
  fail_io(
      "{}, or give a run fewer --workers or a smaller problem; finished work is safe, and the same "
      "command continues",
      shortage(error));
}

}  // namespace

void fail_system(int code, std::string_view action, const Path& path) {
  const std::string failure = fmt::format("cannot {} {}", action, shown(path).string());
  switch (code) {
    case ENOSPC:
    case EDQUOT:
      fail_io("{}: the {} is full; make room and run the same command again, finished work is safe",
              failure, code == ENOSPC ? "disk" : "disk quota");
    case EFBIG:
      fail_io(
          "{}: the limit for the size of a file is reached; raise it (ulimit -f) and run the "
          "same command again",
          failure);
    case EMFILE:
    case ENFILE:
      fail_io(
          "{}: too many files are open; raise the limit (ulimit -n) and run the same command "
          "again",
          failure);
    case EACCES:
    case EPERM:
    case EROFS:
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case EEXIST:
    case ENOTEMPTY:
    case ENAMETOOLONG:
    case ELOOP:
    case EINVAL:
      fail_path(code, failure);
    default:
      fail_io("{}: {}; run the same command again once the machine works", failure,
              std::strerror(code));
  }
}

bool is_environment(const std::exception& error) {
  return dynamic_cast<const IoError*>(&error) || dynamic_cast<const PathError*>(&error) ||
         dynamic_cast<const std::bad_alloc*>(&error) ||
         dynamic_cast<const std::system_error*>(&error);
}

std::string shortage(const std::exception& error) {
  // A stack of 8 MiB and what a thread takes beside it.
  constexpr double kThreadBytes = double{1 << 26};
  const auto* system = dynamic_cast<const std::system_error*>(&error);
  const bool thread = system && system->code() == std::errc::resource_unavailable_try_again;
  if (!thread && !dynamic_cast<const std::bad_alloc*>(&error)) return error.what();
  const MemoryLimit left = available_memory();
  if (thread && left.bytes > kThreadBytes)
    return fmt::format("the system refuses a thread ({}); raise the limit (ulimit -u)",
                       system->code().message());
  return fmt::format("memory ran out ({} {}); raise the limit (--mem of Slurm, ulimit -v)",
                     format_memory(left.bytes), left.source);
}

void fail_resumably(const std::exception& error) {
  if (dynamic_cast<const PathError*>(&error))
    fail_io("{}; finished work is safe, and the same command continues", error.what());
  if (dynamic_cast<const std::bad_alloc*>(&error)) fail_short(error);
  if (const auto* files = dynamic_cast<const std::filesystem::filesystem_error*>(&error)) {
    try {
      fail_system(files->code().value(), "work on", files->path1());
    } catch (const PathError& path) {
      fail_resumably(path);
    }
  }
  if (dynamic_cast<const std::system_error*>(&error)) fail_short(error);
  throw;
}

Path shown(const Path& path) {
  if (!path.string().starts_with("/proc/self/fd/")) return path;
  std::error_code error;
  Path real = std::filesystem::read_symlink(path, error);
  return error ? path : real;
}

}  // namespace ravine
