#include "fuzz/edits.hpp"

#include <hdf5.h>

#include "ravine/io/hdf5.hpp"

namespace ravine::fuzz {
namespace {

using hdf5::Handle;

Handle open_file(const std::filesystem::path& path) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  // HDF5 clears half a megabyte for every file that it opens: let it keep the pages.
  H5set_free_list_limits(-1, -1, -1, -1, -1, -1);
  const Handle access(H5Pcreate(H5P_FILE_ACCESS));
  H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG);
  H5Pset_file_locking(access.get(), false, true);
  Handle file(H5Fopen(path.c_str(), H5F_ACC_RDWR, access.get()));
  require(file.get() >= 0, "the intact file opens");
  return file;
}

class Editor {
 public:
  Editor(hid_t file, const std::vector<std::string>& objects, Program& program)
      : file_(file), objects_(objects), in_(program) {}

  bool finished() const { return finished_; }
  void edit_once() {
    const std::string& path = in_.one_of(objects_);
    switch (in_.below(8)) {
      case 0:
        H5Ldelete(file_, path.c_str(), H5P_DEFAULT);
        return;
      case 1:
        return overwrite(path);
      case 2:
        return replace(path);
      case 3: {
        H5Ldelete(file_, path.c_str(), H5P_DEFAULT);
        const Handle group(H5Gcreate2(file_, path.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
        return;
      }
      case 4:
        return link(path);
      case 5:
        return extend(path);
      case 6:
        return set_attribute(path);
      default: {  // something new, named by the program, beside the rest
        const std::string parent = path.substr(0, path.rfind('/') + 1);
        return replace(parent + in_.text());
      }
    }
  }

 private:
  static constexpr hsize_t kManyRows = 1U << 16;

  Handle text_type() const {
    Handle type(H5Tcopy(H5T_C_S1));
    H5Tset_size(type.get(), H5T_VARIABLE);
    H5Tset_cset(type.get(), H5T_CSET_UTF8);
    return type;
  }

  static hsize_t chunk_rows(const Handle& column) {
    const Handle properties(H5Dget_create_plist(column.get()));
    hsize_t rows[2] = {};
    return H5Pget_layout(properties.get()) == H5D_CHUNKED &&
                   H5Pget_chunk(properties.get(), 2, rows) > 0
               ? rows[0]
               : 0;
  }

  // One value of a column of a few rows.
  void overwrite(const std::string& path) {
    const Handle column(H5Dopen2(file_, path.c_str(), H5P_DEFAULT));
    // HDF5 writes the whole chunk of a row, be it of gigabytes.
    if (column.get() < 0 || chunk_rows(column) > kManyRows) return;
    const Handle space(H5Dget_space(column.get())), type(H5Dget_type(column.get()));
    const hssize_t rows = H5Sget_simple_extent_npoints(space.get());
    if (rows <= 0) return;
    const hsize_t row = static_cast<hsize_t>(in_.byte()) % static_cast<hsize_t>(rows), one = 1;
    if (H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, &row, nullptr, &one, nullptr) < 0) return;
    const Handle memory(H5Screate_simple(1, &one, nullptr));
    const auto write = [&](hid_t memory_type, const void* value) {
      H5Dwrite(column.get(), memory_type, memory.get(), space.get(), H5P_DEFAULT, value);
    };
    if (H5Tget_class(type.get()) == H5T_STRING) {
      const std::string text = in_.text();
      const char* const pointer = text.c_str();
      const Handle memory_type = text_type();
      write(memory_type.get(), &pointer);
    } else if (H5Tget_class(type.get()) == H5T_INTEGER) {
      const std::int64_t value = in_.integer();
      write(H5T_NATIVE_INT64, &value);
    } else {
      const double value = in_.number();
      write(H5T_NATIVE_DOUBLE, &value);
    }
  }

  Handle any_type() {
    switch (in_.below(14)) {
      case 0:
        return Handle(H5Tcopy(H5T_IEEE_F64LE));
      case 1:
        return Handle(H5Tcopy(H5T_STD_I64LE));
      case 2:
        return Handle(H5Tcopy(H5T_STD_U8LE));
      case 3:
        return text_type();
      case 4:
        return Handle(H5Tcopy(H5T_IEEE_F32LE));
      case 5:
        return Handle(H5Tcopy(H5T_STD_I32BE));
      case 6:
        return Handle(H5Tcopy(H5T_IEEE_F64BE));
      case 7:
        return Handle(H5Tcopy(H5T_STD_U64LE));
      case 8: {
        Handle fixed(H5Tcopy(H5T_C_S1));
        H5Tset_size(fixed.get(), 1 + in_.byte());
        return fixed;
      }
      case 9: {
        Handle pair(H5Tcreate(H5T_COMPOUND, 16));
        H5Tinsert(pair.get(), "a", 0, H5T_IEEE_F64LE);
        H5Tinsert(pair.get(), "b", 8, H5T_STD_I64LE);
        return pair;
      }
      case 10:
        return Handle(H5Tvlen_create(H5T_STD_I64LE));
      case 11: {
        const hsize_t size = 1 + in_.below(4);
        return Handle(H5Tarray_create2(H5T_IEEE_F64LE, 1, &size));
      }
      case 12:
        return Handle(H5Tcopy(H5T_STD_REF_OBJ));
      default: {
        Handle narrow(H5Tcopy(H5T_STD_I64LE));  // eight bytes, of which some bits count
        H5Tset_precision(narrow.get(), 1 + in_.below(64));
        return narrow;
      }
    }
  }

  Handle any_space(hsize_t& rows) {
    rows = static_cast<hsize_t>(in_.integer());
    const hsize_t unlimited = H5S_UNLIMITED, two[] = {rows, 1 + in_.below(3)};
    switch (in_.below(6)) {
      case 0:
        return Handle(H5Screate(H5S_SCALAR));
      case 1:
        return Handle(H5Screate(H5S_NULL));
      case 2:
        return Handle(H5Screate_simple(2, two, nullptr));
      default:
        return Handle(H5Screate_simple(1, &rows, &unlimited));
    }
  }

  // A column of any type, extent, layout and filters, mostly never written.
  void replace(const std::string& path) {
    H5Ldelete(file_, path.c_str(), H5P_DEFAULT);
    hsize_t rows = 0;
    const Handle type = any_type(), space = any_space(rows);
    const Handle properties(H5Pcreate(H5P_DATASET_CREATE));
    H5Pset_alloc_time(properties.get(), H5D_ALLOC_TIME_INCR);
    const unsigned layout = in_.byte();
    const auto chunk = static_cast<hsize_t>(in_.integer());
    if (layout % 4 != 0) H5Pset_chunk(properties.get(), 1, &chunk);
    if (layout & 8u) H5Pset_deflate(properties.get(), 1);
    if (layout & 16u) H5Pset_shuffle(properties.get());
    if (layout & 32u) H5Pset_fletcher32(properties.get());
    if (layout & 64u) H5Pset_external(properties.get(), "/etc/hostname", 0, H5F_UNLIMITED);
    const Handle column(H5Dcreate2(file_, path.c_str(), type.get(), space.get(), H5P_DEFAULT,
                                   properties.get(), H5P_DEFAULT));
    if (rows > 0 && rows < 256 && layout & 128u) overwrite(path);
  }

  void link(const std::string& path) {
    H5Ldelete(file_, path.c_str(), H5P_DEFAULT);
    const std::string& other = in_.one_of(objects_);
    switch (in_.below(3)) {
      case 0:
        H5Lcreate_soft(other.c_str(), file_, path.c_str(), H5P_DEFAULT, H5P_DEFAULT);
        return;
      case 1:
        H5Lcreate_external("/dev/null", other.c_str(), file_, path.c_str(), H5P_DEFAULT,
                           H5P_DEFAULT);
        return;
      default:
        return link_hard(other, path);
    }
  }

  // Also of groups that hold `path`. HDF5 1.10 crashes when it removes one of those: the last edit.
  void link_hard(const std::string& target, const std::string& path) {
    const Handle is_column(H5Dopen2(file_, target.c_str(), H5P_DEFAULT));
    H5Lcreate_hard(file_, target.c_str(), file_, path.c_str(), H5P_DEFAULT, H5P_DEFAULT);
    finished_ = is_column.get() < 0;
  }

  void extend(const std::string& path) {
    const Handle column(H5Dopen2(file_, path.c_str(), H5P_DEFAULT));
    const auto rows = static_cast<hsize_t>(in_.integer());
    if (column.get() < 0) return;
    // HDF5 looks for every chunk that shrinking would remove, be it one of billions.
    const Handle space(H5Dget_space(column.get()));
    if (static_cast<hsize_t>(H5Sget_simple_extent_npoints(space.get())) > kManyRows) return;
    H5Dset_extent(column.get(), &rows);
  }

  // Changes the n-th attribute, or the only one of a name that readers ask for.
  void set_attribute(const std::string& path) {
    const Handle object(H5Oopen(file_, path.c_str(), H5P_DEFAULT));
    if (object.get() < 0) return;
    char name[64] = "";
    const hsize_t place = in_.byte();
    if (H5Aget_name_by_idx(object.get(), ".", H5_INDEX_NAME, H5_ITER_INC, place % 8, name,
                           sizeof name, H5P_DEFAULT) < 0) {
      const std::string any = place % 2 ? "units" : in_.text();
      any.copy(name, sizeof name - 1);
    }
    H5Adelete(object.get(), name);
    hsize_t rows = 0;
    const bool plain = in_.below(2) == 0;
    const Handle space = plain ? Handle(H5Screate(H5S_SCALAR)) : any_space(rows);
    // HDF5 makes room for a whole attribute before it finds that it is too large to be stored.
    if (H5Sget_simple_extent_npoints(space.get()) > 4096) return;
    const Handle type = plain ? Handle(H5Tcopy(H5T_STD_I64LE)) : any_type();
    const Handle attribute(
        H5Acreate2(object.get(), name, type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT));
    const std::int64_t value = in_.integer();
    if (plain) H5Awrite(attribute.get(), H5T_NATIVE_INT64, &value);
  }

  hid_t file_;
  const std::vector<std::string>& objects_;
  Program& in_;
  bool finished_ = false;
};

}  // namespace

std::vector<std::string> list_objects(const std::filesystem::path& path) {
  const Handle file = open_file(path);
  std::vector<std::string> objects = {"/"};
  const auto add = [](hid_t, const char* name, const H5L_info_t*, void* data) -> herr_t {
    static_cast<std::vector<std::string>*>(data)->push_back(std::string("/") + name);
    return 0;
  };
  H5Lvisit(file.get(), H5_INDEX_NAME, H5_ITER_INC, add, &objects);
  return objects;
}

void edit(const std::filesystem::path& path, const std::vector<std::string>& objects,
          Program& program) {
  constexpr int kMostEdits = 8;
  const Handle file = open_file(path);
  Editor editor(file.get(), objects, program);
  for (int i = 0; i < kMostEdits && !program.ended() && !editor.finished(); ++i) editor.edit_once();
}

}  // namespace ravine::fuzz
