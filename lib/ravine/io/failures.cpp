#include "ravine/io/failures.hpp"

#include <cerrno>
#include <cstring>
#include <new>
#include <string>
#include <system_error>

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

}  // namespace

void fail_system(int code, std::string_view action, const Path& path) {
  const std::string failure = fmt::format("cannot {} {}", action, shown(path).string());
  switch (code) {
    case ENOSPC:
    case EDQUOT:
      fail_io(
          "{}: the {} is full; make room and run the same command again, nothing finished is lost",
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
      fail_io("{}: {}; run the same command again once the machine is in order", failure,
              std::strerror(code));
  }
}

bool is_environment(const std::exception& error) {
  return dynamic_cast<const IoError*>(&error) || dynamic_cast<const PathError*>(&error) ||
         dynamic_cast<const std::bad_alloc*>(&error) ||
         dynamic_cast<const std::system_error*>(&error);
}

void fail_resumably(const std::exception& error) {
  if (dynamic_cast<const PathError*>(&error))
    fail_io("{}; nothing finished is lost, the same command continues", error.what());
  if (dynamic_cast<const std::bad_alloc*>(&error))
    fail_io(
        "there is not enough memory: use fewer --workers, a smaller model or batch, or raise the "
        "limit (--mem of Slurm, ulimit -v); nothing finished is lost, the same command continues");
  if (const auto* files = dynamic_cast<const std::filesystem::filesystem_error*>(&error)) {
    try {
      fail_system(files->code().value(), "work on", files->path1());
    } catch (const PathError& path) {
      fail_resumably(path);
    }
  }
  if (const auto* system = dynamic_cast<const std::system_error*>(&error))
    fail_io(
        "the system refuses a thread or another resource ({}): use fewer --workers and --threads "
        "or raise the limit (ulimit -u); nothing finished is lost, the same command continues",
        system->code().message());
  throw;
}

Path shown(const Path& path) {
  if (!path.string().starts_with("/proc/self/fd/")) return path;
  std::error_code error;
  Path real = std::filesystem::read_symlink(path, error);
  return error ? path : real;
}

}  // namespace ravine
