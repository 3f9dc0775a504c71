#include "ravine/io/hdf5.hpp"

#include <unistd.h>

#include <array>

#include "ravine/core/error.hpp"
#include "ravine/io/failures.hpp"
#include "ravine/io/hdf5_guard.hpp"
#include "ravine/io/hdf5_reserve.hpp"
#include "ravine/io/hdf5_support.hpp"
#include "ravine/io/sealed_file.hpp"

namespace ravine::hdf5 {
namespace {

/// How files are reached: without HDF5's locks, closing everything at once.
Handle access_properties(bool in_memory) {
  Handle properties(H5Pcreate(H5P_FILE_ACCESS));
  H5Pset_fclose_degree(properties.get(), H5F_CLOSE_STRONG);
  // The copy of a newer file in memory has a wrong checksum (HDF5 1.10).
  const H5F_libver_t least = in_memory ? H5F_LIBVER_EARLIEST : H5F_LIBVER_V18;
  H5Pset_libver_bounds(properties.get(), least, H5F_LIBVER_V110);
  if (in_memory) {
    H5Pset_fapl_core(properties.get(), std::size_t{1} << 16, false);
    // Small files: no room is set apart for what never comes.
    H5Pset_meta_block_size(properties.get(), 0);
    H5Pset_small_data_block_size(properties.get(), 0);
  } else {
    H5Pset_file_locking(properties.get(), false, true);
  }
  return properties;
}

Handle creation_properties(std::size_t user_block) {
  Handle properties(H5Pcreate(H5P_FILE_CREATE));
  H5Pset_userblock(properties.get(), user_block);
  H5Pset_obj_track_times(properties.get(), false);
  const unsigned order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
  H5Pset_link_creation_order(properties.get(), order);
  H5Pset_attr_creation_order(properties.get(), order);
  return properties;
}

/// HDF5 tells files in memory apart by their names; these appear nowhere else. Call under Lock.
std::string memory_name() {
  static std::uint64_t count = 0;
  return "memory" + std::to_string(count++);
}

auto name_in(hid_t object, const std::string& child) {
  return [object, child] { return name_of(object) + "/" + child; };
}

Handle open_attribute(hid_t object, const std::string& name, Type type) {
  Handle attribute(
      check(H5Aopen(object, name.c_str(), H5P_DEFAULT), "read attribute", name_in(object, name)));
  const Handle stored(H5Aget_type(attribute.get()));
  const Handle space(H5Aget_space(attribute.get()));
  if (type_of(stored.get(), name_of(object)) != type ||
      H5Sget_simple_extent_npoints(space.get()) != 1)
    fail("attribute {} of {} has an unexpected type: the file is not in ravine's format", name,
         name_of(object));
  return attribute;
}

void write_attribute(hid_t object, const std::string& name, Type type, const void* value) {
  if (H5Aexists(object, name.c_str()) > 0)
    check(H5Adelete(object, name.c_str()), "replace attribute", name_in(object, name));
  const Handle space(H5Screate(H5S_SCALAR));
  const Handle stored = file_type(type), memory = memory_type(type);
  const Handle attribute(
      check(H5Acreate2(object, name.c_str(), stored.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
            "write attribute", name_in(object, name)));
  check(H5Awrite(attribute.get(), memory.get(), value), "write attribute", name_in(object, name));
}

}  // namespace

Handle& Handle::operator=(Handle&& other) noexcept {
  close();
  id_ = std::exchange(other.id_, -1);
  return *this;
}

void Handle::close() noexcept {
  if (id_ < 0) return;
  const Lock lock(Calls::kClose);
  // The file may have been closed with everything in it.
  if (H5Iis_valid(id_) > 0) H5Idec_ref(id_);
  H5Eclear2(H5E_DEFAULT);
  id_ = -1;
}

void Object::set_text(const std::string& name, std::string_view value) {
  const Lock lock;
  const std::string clean = valid_utf8(value);
  const char* text = clean.c_str();
  write_attribute(id(), name, Type::kText, &text);
}

void Object::set_integer(const std::string& name, std::int64_t value) {
  const Lock lock;
  write_attribute(id(), name, Type::kInt64, &value);
}

void Object::set_number(const std::string& name, double value) {
  const Lock lock;
  write_attribute(id(), name, Type::kDouble, &value);
}

bool Object::has_attribute(const std::string& name) const {
  const Lock lock;
  return check(H5Aexists(id(), name.c_str()), "read attribute", name_in(id(), name)) > 0;
}

std::string Object::text(const std::string& name) const {
  const Lock lock;
  const Handle attribute = open_attribute(id(), name, Type::kText);
  const Handle memory = memory_type(Type::kText);
  char* value = nullptr;
  check(H5Aread(attribute.get(), memory.get(), &value), "read attribute", name_in(id(), name));
  std::string text = value ? value : "";
  H5free_memory(value);
  return text;
}

std::int64_t Object::integer(const std::string& name) const {
  const Lock lock;
  const Handle attribute = open_attribute(id(), name, Type::kInt64);
  std::int64_t value = 0;
  check(H5Aread(attribute.get(), H5T_NATIVE_INT64, &value), "read attribute", name_in(id(), name));
  return value;
}

std::vector<std::string> Object::attribute_names() const {
  const Lock lock;
  std::vector<std::string> names;
  const auto add = [](hid_t, const char* name, const H5A_info_t*, void* data) -> herr_t {
    static_cast<std::vector<std::string>*>(data)->emplace_back(name);
    return 0;
  };
  check(H5Aiterate2(id(), H5_INDEX_CRT_ORDER, H5_ITER_INC, nullptr, add, &names),
        "list the attributes of", [&] { return name_of(id()); });
  return names;
}

std::string Object::where() const {
  const Lock lock;
  return name_of(id());
}

Group Group::add_group(const std::string& name) {
  const Lock lock;
  const Handle properties = group_properties();
  return Group(
      Handle(check(H5Gcreate2(id(), name.c_str(), H5P_DEFAULT, properties.get(), H5P_DEFAULT),
                   "make group", name_in(id(), name))));
}

Group Group::group(const std::string& name) const {
  const Lock lock;
  expect_hard_link(id(), name);
  return Group(
      Handle(check(H5Gopen2(id(), name.c_str(), H5P_DEFAULT), "open group", name_in(id(), name))));
}

bool Group::has(const std::string& name) const {
  const Lock lock;
  return check(H5Lexists(id(), name.c_str(), H5P_DEFAULT), "look for", name_in(id(), name)) > 0;
}

void Group::remove(const std::string& name) {
  const Lock lock;
  check(H5Ldelete(id(), name.c_str(), H5P_DEFAULT), "remove", name_in(id(), name));
}

bool Group::is_group(const std::string& name) const {
  const Lock lock;
  expect_hard_link(id(), name);
  const Handle object(check(H5Oopen(id(), name.c_str(), H5P_DEFAULT), "open", name_in(id(), name)));
  return H5Iget_type(object.get()) == H5I_GROUP;
}

std::vector<std::string> Group::names() const {
  const Lock lock;
  std::vector<std::string> names;
  const auto add = [](hid_t, const char* name, const H5L_info_t*, void* data) -> herr_t {
    static_cast<std::vector<std::string>*>(data)->emplace_back(name);
    return 0;
  };
  check(H5Literate(id(), H5_INDEX_CRT_ORDER, H5_ITER_INC, nullptr, add, &names), "list",
        [&] { return name_of(id()); });
  return names;
}

File File::create(const std::filesystem::path& path) {
  const Lock lock;
  const Handle creation = creation_properties(kSealBytes), access = access_properties(false);
  return File(Handle(check(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.get(), access.get()),
                           "create", [&] { return shown(path).string(); })));
}

File File::open(const std::filesystem::path& path) {
  const Lock lock;
  const Handle access = access_properties(false);
  return File(Handle(check(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), "open",
                           [&] { return path.string(); })));
}

File File::create_in_memory() {
  const Lock lock;
  // image() adds the user block: HDF5 would leave it out.
  const Handle creation = creation_properties(0), access = access_properties(true);
  return File(
      Handle(check(H5Fcreate(memory_name().c_str(), H5F_ACC_TRUNC, creation.get(), access.get()),
                   "create", [] { return "a file in memory"; })));
}

File File::open_image(std::span<const std::byte> image) {
  const Lock lock;
  expect_memory(2 * image.size());  // the copy of the property, and that of the file
  const Handle access = access_properties(true);
  H5Pset_file_image(access.get(), const_cast<std::byte*>(image.data()), image.size());
  return File(Handle(check(H5Fopen(memory_name().c_str(), H5F_ACC_RDONLY, access.get()), "open",
                           [] { return "a file in memory"; })));
}

Group File::root() const {
  const Lock lock;
  return Group(Handle(check(H5Gopen2(handle_.get(), "/", H5P_DEFAULT), "open group",
                            [&] { return name_of(handle_.get()); })));
}

std::vector<std::byte> File::image() const {
  const Lock lock;
  const auto what = [&] { return name_of(handle_.get()); };
  check(H5Fflush(handle_.get(), H5F_SCOPE_GLOBAL), "write", what);
  const ssize_t size = check(H5Fget_file_image(handle_.get(), nullptr, 0), "write", what);
  std::vector<std::byte> image(kSealBytes + static_cast<std::size_t>(size));
  check(H5Fget_file_image(handle_.get(), image.data() + kSealBytes, image.size() - kSealBytes),
        "write", what);
  return image;
}

void File::close() {
  const Lock lock;
  const std::string name = name_of(handle_.get());
  // Here a full disk leaves the file open and whole; what a failed close leaves must not be
  // touched.
  check(H5Fflush(handle_.get(), H5F_SCOPE_GLOBAL), "write", [&] { return name; });
  check(H5Fclose(handle_.release()), "write", [&] { return name; });
}

void File::abandon() noexcept {
  const Lock lock(Calls::kClose);
  std::array<char, 4096> path{};
  if (H5Fget_name(handle_.get(), path.data(), path.size()) > 0 && ::truncate(path.data(), 0) != 0)
    path[0] = '\0';  // nothing to be done: closing may then fail, and HDF5 keeps the file
  handle_.close();
}

}  // namespace ravine::hdf5
