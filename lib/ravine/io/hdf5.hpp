#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ravine/export.hpp"

/// The part of HDF5 that ravine needs: groups, attributes and one-dimensional columns.
///
/// Every failure throws Error with the innermost message of HDF5, or IoError if the disk is full
/// or broken; HDF5 prints nothing. Thread safety: not every HDF5 library is thread-safe, so one
/// mutex in this module serializes all calls. Objects of one file must still be used by one thread
/// at a time. HDF5's own file locks are off: they fail on many network file systems, and ravine
/// locks its outputs itself (io/lock.hpp).
namespace ravine::hdf5 {

/// What a column holds: double, std::int64_t, std::uint8_t, std::string. Rows never written are
/// NaN, -1, 0 and "".
enum class Type { kDouble, kInt64, kUint8, kText };

/// Owns an identifier of HDF5.
class RAVINE_EXPORT Handle {
 public:
  Handle() = default;
  explicit Handle(std::int64_t id) : id_(id) {}
  Handle(Handle&& other) noexcept : id_(other.id_) { other.id_ = -1; }
  Handle& operator=(Handle&& other) noexcept;
  ~Handle() { close(); }
  std::int64_t get() const { return id_; }
  /// Gives up the identifier without closing it.
  std::int64_t release() { return std::exchange(id_, -1); }
  void close() noexcept;

 private:
  std::int64_t id_ = -1;
};

/// A group or a column: what carries attributes. Texts are stored as UTF-8; what is not valid
/// UTF-8, and the character NUL, is replaced by U+FFFD. A name that is there gets the new value.
class RAVINE_EXPORT Object {
 public:
  void set_text(const std::string& name, std::string_view value);
  void set_integer(const std::string& name, std::int64_t value);
  void set_number(const std::string& name, double value);
  bool has_attribute(const std::string& name) const;
  std::string text(const std::string& name) const;
  std::int64_t integer(const std::string& name) const;
  /// In the order in which they were made.
  std::vector<std::string> attribute_names() const;
  /// "file:/group/column", for messages.
  std::string where() const;

 protected:
  explicit Object(Handle handle) : handle_(std::move(handle)) {}
  std::int64_t id() const { return handle_.get(); }
  Handle handle_;
};

/// A one-dimensional column. T is double, std::int64_t, std::uint8_t or std::string, as `type()`.
class RAVINE_EXPORT Column : public Object {
 public:
  Type type() const;
  std::size_t size() const;
  /// Adds rows at the end; the column was made by Group::add_column.
  template <class T>
  void append(std::span<const T> rows);
  /// Rows [first, first + count).
  template <class T>
  std::vector<T> read(std::size_t first, std::size_t count) const;
  template <class T>
  std::vector<T> read() const {
    return read<T>(0, size());
  }
  /// Makes this column a dimension of `size` rows without values of its own, as netCDF does.
  void make_dimension(std::size_t size);
  /// Says that the rows of this column run along `dimension`.
  void attach(Column& dimension);

 private:
  friend class Group;
  using Object::Object;
};

class RAVINE_EXPORT Group : public Object {
 public:
  Group add_group(const std::string& name);
  Group group(const std::string& name) const;
  /// An empty or fill-valued column of `size` rows that grows by whole chunks of `chunk` rows.
  /// `compressed`: shuffle and deflate; never for texts, which netCDF refuses to read then.
  Column add_column(const std::string& name, Type type, std::size_t chunk, bool compressed,
                    std::size_t size = 0);
  /// A column of fixed size, written at once.
  template <class T>
  Column write(const std::string& name, std::span<const T> rows);
  Column column(const std::string& name) const;
  bool has(const std::string& name) const;
  /// Whether what is called so is a group, and no column.
  bool is_group(const std::string& name) const;
  void remove(const std::string& name);
  /// In the order in which they were made.
  std::vector<std::string> names() const;

 protected:
  friend class File;
  using Object::Object;
};

/// An open file with a user block of 512 bytes (io/sealed_file.hpp) and no time stamps. Closing it
/// closes all its groups and columns.
class RAVINE_EXPORT File {
 public:
  static File create(const std::filesystem::path& path);
  static File open(const std::filesystem::path& path);
  /// A file in memory, and one made of the bytes of another.
  static File create_in_memory();
  static File open_image(std::span<const std::byte> image);

  Group root() const;
  /// The bytes of the file, the user block zero.
  std::vector<std::byte> image() const;
  /// Writes what is left and closes; throws if the disk does not take it.
  void close();
  /// Closes a file that will be deleted: after a full disk HDF5 needs room to let go of it.
  void abandon() noexcept;

 private:
  explicit File(Handle handle) : handle_(std::move(handle)) {}
  Handle handle_;
};

/// `text` with everything that is not UTF-8, and NUL, replaced by U+FFFD.
RAVINE_EXPORT std::string valid_utf8(std::string_view text);

}  // namespace ravine::hdf5
