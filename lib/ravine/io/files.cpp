#include "ravine/io/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

#include "ravine/core/error.hpp"
#include "ravine/io/descriptor.hpp"

namespace ravine {

namespace {
using Path = std::filesystem::path;
}  // namespace

void create_folders(const Path& folder) {
  if (::mkdir(folder.c_str(), 0777) == 0) {
    try {
      flush_folder(folder_of(folder.has_filename() ? folder : folder.parent_path()));
    } catch (const PathError&) {
      // A parent that may be written and not read: nobody can flush it.
    }
    return;
  }
  const int code = errno;
  if (std::error_code error; std::filesystem::is_directory(folder, error)) return;
  if (code == EEXIST) fail_system(ENOTDIR, "make the folder", folder);
  const Path parent = folder.parent_path();
  if (code != ENOENT || parent.empty() || parent == folder)
    fail_system(code, "make the folder", folder);
  create_folders(parent);
  create_folders(folder);
}

std::vector<Path> list_folder(const Path& folder) {
  std::error_code error;
  std::vector<Path> files;
  std::filesystem::directory_iterator it(folder, error), end;
  for (; !error && it != end; it.increment(error)) files.push_back(it->path());
  if (error) fail_system(error.value(), "list the folder", folder);
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::byte> read_bytes(const Path& path) {
  const Descriptor file(path, O_RDONLY);
  std::vector<std::byte> content;
  for (std::size_t size = 0;;) {
    content.resize(size + (std::size_t{1} << 16));
    const ssize_t read = ::read(file.get(), content.data() + size, content.size() - size);
    if (read < 0 && errno == EINTR) continue;
    if (read < 0) fail_system(errno, "read", path);
    size += static_cast<std::size_t>(read);
    if (read > 0) continue;
    content.resize(size);
    return content;
  }
}

void write_bytes(const Path& path, std::span<const std::byte> content) {
  Descriptor file(path, O_WRONLY | O_CREAT | O_TRUNC);
  file.write(content);
  file.flush();
  file.close();
}

void remove_file(const Path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) fail_system(errno, "remove", path);
}

bool is_there(const Path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) return true;
  if (errno != ENOENT && errno != ENOTDIR) fail_system(errno, "look at", path);
  return false;
}

void expect_plain_file(const Path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode)) return;
  fail("{} is {}: ravine needs a regular file there; remove it or choose another output",
       path.string(),
       S_ISLNK(status.st_mode)   ? "a symbolic link, which ravine does not follow"
       : S_ISDIR(status.st_mode) ? "a folder"
                                 : "a device or a pipe");
}

Path set_aside(const Path& path) {
  constexpr int kMost = 1000;
  for (int number = 1;; ++number) {
    Path aside = path;
    aside += number == 1 ? std::string(".damaged") : fmt::format(".damaged-{}", number);
    if (::rename(path.c_str(), aside.c_str()) == 0) return aside;
    const bool taken = errno == EISDIR || errno == ENOTDIR || errno == ENOTEMPTY || errno == EEXIST;
    if (!taken || number == kMost) fail_system(errno, "set aside", path);
  }
}

Path follow_links(Path path) {
  constexpr int kMost = 40;
  for (int links = 0; links < kMost; ++links) {
    std::error_code error;
    const Path next = std::filesystem::read_symlink(path, error);
    if (error) return path;
    path = next.is_absolute() ? next : path.parent_path() / next;
  }
  fail_system(ELOOP, "follow the links of", path);
}

}  // namespace ravine
