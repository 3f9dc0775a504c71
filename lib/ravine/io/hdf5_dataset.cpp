#include <hdf5_hl.h>

#include <algorithm>
#include <limits>

#include "ravine/core/error.hpp"
#include "ravine/io/hdf5_guard.hpp"
#include "ravine/io/hdf5_reserve.hpp"
#include "ravine/io/hdf5_support.hpp"

namespace ravine::hdf5 {
namespace {

template <class T>
constexpr Type kTypeOf = Type::kText;
template <>
constexpr Type kTypeOf<double> = Type::kDouble;
template <>
constexpr Type kTypeOf<std::int64_t> = Type::kInt64;
template <>
constexpr Type kTypeOf<std::uint8_t> = Type::kUint8;

template <class T>
constexpr bool kIsText = kTypeOf<T> == Type::kText;

void write_rows(hid_t column, hid_t memory_space, hid_t file_space, Type type, const void* rows) {
  const Handle memory = memory_type(type);
  const Handle transfer = type == Type::kText ? text_transfer() : Handle();
  check(H5Dwrite(column, memory.get(), memory_space, file_space,
                 type == Type::kText ? transfer.get() : H5P_DEFAULT, rows),
        "write", [&] { return name_of(column); });
}

/// Texts are handed to HDF5 as pointers.
template <class T>
void write_span(hid_t column, hid_t memory_space, hid_t file_space, std::span<const T> rows) {
  if constexpr (kIsText<T>) {
    std::vector<std::string> clean;
    std::vector<const char*> pointers;
    clean.reserve(rows.size());
    for (const std::string& row : rows)
      pointers.push_back(clean.emplace_back(valid_utf8(row)).c_str());
    write_rows(column, memory_space, file_space, kTypeOf<T>, pointers.data());
  } else {
    write_rows(column, memory_space, file_space, kTypeOf<T>, rows.data());
  }
}

Handle column_properties(Type type) {
  Handle properties(H5Pcreate(H5P_DATASET_CREATE));
  H5Pset_obj_track_times(properties.get(), false);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::int64_t minus_one = -1;
  if (type == Type::kDouble) H5Pset_fill_value(properties.get(), H5T_NATIVE_DOUBLE, &nan);
  if (type == Type::kInt64) H5Pset_fill_value(properties.get(), H5T_NATIVE_INT64, &minus_one);
  return properties;
}

Handle rows_space(std::size_t rows) {
  const hsize_t size = rows;
  return Handle(H5Screate_simple(1, &size, nullptr));
}

/// Rows [first, first + count) of a column of `size` rows.
Handle part_space(std::size_t size, std::size_t first, std::size_t count) {
  Handle space = rows_space(size);
  const hsize_t start = first, length = count;
  H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, &start, nullptr, &length, nullptr);
  return space;
}

}  // namespace

Type Column::type() const {
  const Lock lock;
  const Handle stored(H5Dget_type(id()));
  return type_of(stored.get(), name_of(id()));
}

std::size_t Column::size() const {
  const Lock lock;
  const Handle space(H5Dget_space(id()));
  hsize_t size = 0;
  if (H5Sget_simple_extent_ndims(space.get()) != 1 ||
      H5Sget_simple_extent_dims(space.get(), &size, nullptr) != 1)
    fail("{} does not have exactly one dimension: the file is not in ravine's format",
         name_of(id()));
  expect_possible_rows(id(), size);
  return size;
}

template <class T>
void Column::append(std::span<const T> rows) {
  const Lock lock;
  if (rows.empty()) return;
  const std::size_t before = size();
  const hsize_t after = before + rows.size();
  check(H5Dset_extent(id(), &after), "extend", [&] { return name_of(id()); });
  const Handle memory = rows_space(rows.size()), part = part_space(after, before, rows.size());
  write_span(id(), memory.get(), part.get(), rows);
}

template <class T>
std::vector<T> Column::read(std::size_t first, std::size_t count) const {
  const Lock lock;
  const std::size_t all = size();
  if (type() != kTypeOf<T>)
    fail("{} has an unexpected type: the file is not in ravine's format", name_of(id()));
  if (first > all || count > all - first)
    fail("{} has {} rows instead of {}: the file is not in ravine's format", name_of(id()), all,
         first + count);
  if (count == 0) return {};
  expect_plain_storage(id());
  const Handle memory = rows_space(count), part = part_space(all, first, count);
  const Handle type_id = memory_type(kTypeOf<T>);
  const auto read_into = [&](void* rows, hid_t transfer) {
    check(H5Dread(id(), type_id.get(), memory.get(), part.get(), transfer, rows), "read",
          [&] { return name_of(id()); });
  };
  if constexpr (kIsText<T>) {
    TextMemory texts(file_bytes(id()));
    std::vector<char*> pointers(count);
    read_into(pointers.data(), texts.transfer_properties().get());
    std::vector<std::string> rows;
    rows.reserve(count);
    for (const char* pointer : pointers) rows.emplace_back(pointer ? pointer : "");
    return rows;
  } else {
    std::vector<T> rows(count);
    read_into(rows.data(), H5P_DEFAULT);
    return rows;
  }
}

Column Group::add_column(const std::string& name, Type type, std::size_t chunk, bool compressed,
                         std::size_t size) {
  const Lock lock;
  const Handle properties = column_properties(type);
  const hsize_t rows = size, unlimited = H5S_UNLIMITED, chunk_rows = chunk;
  const Handle space(H5Screate_simple(1, &rows, &unlimited));
  H5Pset_chunk(properties.get(), 1, &chunk_rows);
  if (compressed && type != Type::kText) {
    H5Pset_shuffle(properties.get());
    H5Pset_deflate(properties.get(), 1);
  }
  // Chunks are written once and as a whole: kept in memory, they would only add up.
  const Handle access(H5Pcreate(H5P_DATASET_ACCESS));
  H5Pset_chunk_cache(access.get(), 0, 0, 1.0);
  const Handle stored = file_type(type);
  return Column(Handle(check(H5Dcreate2(id(), name.c_str(), stored.get(), space.get(), H5P_DEFAULT,
                                        properties.get(), access.get()),
                             "make column", [&] { return name_of(id()) + "/" + name; })));
}

template <class T>
Column Group::write(const std::string& name, std::span<const T> rows) {
  const Lock lock;
  // A file in memory may move when it grows; from 32 MiB on malloc remaps, which takes nothing.
  expect_memory(rows.size_bytes() + std::min(file_bytes(id()), std::size_t{32} << 20));
  const Handle properties = column_properties(kTypeOf<T>), space = rows_space(rows.size());
  const Handle stored = file_type(kTypeOf<T>);
  Column column(Handle(check(H5Dcreate2(id(), name.c_str(), stored.get(), space.get(), H5P_DEFAULT,
                                        properties.get(), H5P_DEFAULT),
                             "make column", [&] { return name_of(id()) + "/" + name; })));
  if (!rows.empty()) write_span(column.id(), H5S_ALL, H5S_ALL, rows);
  return column;
}

Column Group::column(const std::string& name) const {
  const Lock lock;
  expect_hard_link(id(), name);
  // Rows are read in long pieces: a megabyte of chunks per column would only add up.
  const Handle access(H5Pcreate(H5P_DATASET_ACCESS));
  H5Pset_chunk_cache(access.get(), 0, 0, 1.0);
  return Column(Handle(check(H5Dopen2(id(), name.c_str(), access.get()), "open column",
                             [&] { return name_of(id()) + "/" + name; })));
}

void Column::make_dimension(std::size_t size) {
  const Lock lock;
  const auto what = [&] { return name_of(id()); };
  const hsize_t extent = size;
  check(H5Dset_extent(id(), &extent), "extend", what);
  // NetCDF's sign for a dimension that is not a variable; nothing is stored but its size.
  const std::string sign =
      fmt::format("This is a netCDF dimension but not a netCDF variable.{:10}", size);
  check(H5DSset_scale(id(), sign.c_str()), "make a dimension of", what);
}

void Column::attach(Column& dimension) {
  const Lock lock;
  check(H5DSattach_scale(id(), dimension.id(), 0), "attach a dimension to",
        [&] { return name_of(id()); });
}

#define RAVINE_INSTANTIATE(T)                                                            \
  template RAVINE_EXPORT void Column::append<T>(std::span<const T>);                     \
  template RAVINE_EXPORT std::vector<T> Column::read<T>(std::size_t, std::size_t) const; \
  template RAVINE_EXPORT Column Group::write<T>(const std::string&, std::span<const T>);
RAVINE_INSTANTIATE(double)
RAVINE_INSTANTIATE(std::int64_t)
RAVINE_INSTANTIATE(std::uint8_t)
RAVINE_INSTANTIATE(std::string)
#undef RAVINE_INSTANTIATE

}  // namespace ravine::hdf5
