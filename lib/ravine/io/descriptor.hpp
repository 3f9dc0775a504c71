#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace ravine {

/// An open file, closed on every way out; not installed. Errors name the path (failures.hpp).
class Descriptor {
 public:
  /// `flags` as of open(2); a file that is made gets the permissions of `mode` and the umask.
  Descriptor(std::filesystem::path path, int flags, unsigned mode = 0666);
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;

  int get() const { return descriptor_; }
  const std::filesystem::path& path() const { return path_; }
  std::uint64_t size() const;
  /// Whether `path` itself, and no link there, is this open file.
  bool is_at(const std::filesystem::path& path) const;

  void write(std::span<const std::byte> content);
  void write_at(std::uint64_t offset, std::span<const std::byte> content);
  /// Fills `into` as far as the file goes; returns the number of bytes.
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const;
  void flush();
  /// Network file systems report a failed write only here.
  void close();

 private:
  std::filesystem::path path_;
  int descriptor_;
};

/// A regular file that is read; throws Error for anything else. Never waits, as opening a FIFO
/// would.
Descriptor open_regular(const std::filesystem::path& path, int flags = 0);

/// Makes durable which names a folder holds.
void flush_folder(const std::filesystem::path& folder);

/// The folder that a path is in, "." for a bare name.
std::filesystem::path folder_of(const std::filesystem::path& path);

}  // namespace ravine
