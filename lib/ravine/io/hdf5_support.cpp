#include "ravine/io/hdf5_support.hpp"

#include <charconv>
#include <cstdlib>
#include <new>
#include <string_view>

#include "ravine/core/error.hpp"
#include "ravine/core/memory.hpp"
#include "ravine/io/files.hpp"
#include "ravine/io/hdf5_reserve.hpp"

namespace ravine::hdf5 {
namespace {

std::recursive_mutex& library_mutex() {
  // Never destroyed: a handle may be closed while the program ends. Files are closed here, not by
  // HDF5 at exit, which crashes there over a file whose disk has failed.
  static auto* mutex = [] {
    // Read when HDF5 starts, and stronger than the property of each file (io/hdf5.cpp).
    ::setenv("HDF5_USE_FILE_LOCKING", "FALSE", 1);
    H5dont_atexit();
    return new std::recursive_mutex;
  }();
  return *mutex;
}

/// What the library's mutex guards.
struct Guarded {
  Reserve reserve;
  int depth = 0;
} guarded;

/// Keeps the innermost message and the errno that HDF5 hides in the text of another one.
herr_t visit_error(unsigned, const H5E_error2_t* error, void* data) {
  auto& reason = *static_cast<Reason*>(data);
  const std::string_view text = error->desc ? error->desc : "";
  if (reason.text.empty()) reason.text = text;
  constexpr std::string_view kMark = "errno = ";
  const auto at = text.find(kMark);
  if (at != std::string_view::npos && reason.system_code == 0)
    std::from_chars(text.data() + at + kMark.size(), text.data() + text.size(), reason.system_code);
  return 0;
}

}  // namespace

Lock::Lock(Calls calls) : guard_(library_mutex()) {
  if (guarded.depth == 0) guarded.reserve.open(calls == Calls::kClose);
  ++guarded.depth;
  H5Eget_auto2(H5E_DEFAULT, &print_, &data_);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Lock::~Lock() {
  H5Eset_auto2(H5E_DEFAULT, print_, data_);
  if (--guarded.depth == 0) guarded.reserve.close();
}

Reason last_reason() {
  Reason reason;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, visit_error, &reason);
  H5Eclear2(H5E_DEFAULT);
  return reason;
}

void fail_hdf5(const char* action, const std::string& what, const Reason& reason) {
  if (reason.system_code != 0) fail_system(reason.system_code, action, what);
  // Called by another name, such as "inflate() failed": no file is damaged for want of memory.
  if (reason.text.find("memory allocation failed") != std::string::npos ||
      !can_take(Reserve::kBytes))
    throw std::bad_alloc();
  fail("cannot {} {}: HDF5 says '{}'; the file is damaged or not in ravine's format", action, what,
       reason.text);
}

std::string name_of(hid_t object) {
  char file[512] = "", path[512] = "";
  if (H5Fget_name(object, file, sizeof file) < 0) file[0] = '\0';
  if (H5Iget_name(object, path, sizeof path) < 0) path[0] = '\0';
  H5Eclear2(H5E_DEFAULT);
  return shown(file).string() + ":" + path;
}

Handle memory_type(Type type) {
  switch (type) {
    case Type::kDouble:
      return Handle(H5Tcopy(H5T_NATIVE_DOUBLE));
    case Type::kInt64:
      return Handle(H5Tcopy(H5T_NATIVE_INT64));
    case Type::kUint8:
      return Handle(H5Tcopy(H5T_NATIVE_UINT8));
    case Type::kText:
      break;
  }
  Handle text(H5Tcopy(H5T_C_S1));
  H5Tset_size(text.get(), H5T_VARIABLE);
  H5Tset_cset(text.get(), H5T_CSET_UTF8);
  return text;
}

Handle file_type(Type type) {
  switch (type) {
    case Type::kDouble:
      return Handle(H5Tcopy(H5T_IEEE_F64LE));
    case Type::kInt64:
      return Handle(H5Tcopy(H5T_STD_I64LE));
    case Type::kUint8:
      return Handle(H5Tcopy(H5T_STD_U8LE));
    case Type::kText:
      break;
  }
  return memory_type(Type::kText);
}

Type type_of(hid_t type, const std::string& where) {
  const auto holds = [&](htri_t answer) {
    return check(answer, "read the type of", [&] { return where; }) > 0;
  };
  // Exactly these: HDF5 would convert others, with overflows and with code of its own.
  if (holds(H5Tequal(type, H5T_IEEE_F64LE))) return Type::kDouble;
  if (holds(H5Tequal(type, H5T_STD_I64LE))) return Type::kInt64;
  if (holds(H5Tequal(type, H5T_STD_U8LE))) return Type::kUint8;
  if (H5Tget_class(type) == H5T_STRING && holds(H5Tis_variable_str(type))) return Type::kText;
  fail("{} has a type that ravine never writes: the file is not in ravine's format", where);
}

Handle text_transfer() {
  constexpr std::size_t kBufferBytes = std::size_t{1} << 14;
  Handle properties(H5Pcreate(H5P_DATASET_XFER));
  H5Pset_buffer(properties.get(), kBufferBytes, nullptr, nullptr);
  return properties;
}

Handle group_properties() {
  Handle properties(H5Pcreate(H5P_GROUP_CREATE));
  const unsigned order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
  H5Pset_link_creation_order(properties.get(), order);
  H5Pset_attr_creation_order(properties.get(), order);
  H5Pset_obj_track_times(properties.get(), false);
  return properties;
}

std::string valid_utf8(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = [&](std::size_t k) {
      return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0u;
    };
    const unsigned first = byte(0);
    const std::size_t length = first < 0x80                     ? 1
                               : first >= 0xc2 && first <= 0xdf ? 2
                               : first >= 0xe0 && first <= 0xef ? 3
                               : first >= 0xf0 && first <= 0xf4 ? 4
                                                                : 0;
    bool valid = length > 0 && first != 0;
    for (std::size_t k = 1; k < length; ++k) valid = valid && (byte(k) & 0xc0u) == 0x80;
    // Overlong forms, surrogates and what lies beyond U+10FFFF.
    if (first == 0xe0) valid = valid && byte(1) >= 0xa0;
    if (first == 0xed) valid = valid && byte(1) <= 0x9f;
    if (first == 0xf0) valid = valid && byte(1) >= 0x90;
    if (first == 0xf4) valid = valid && byte(1) <= 0x8f;
    clean += valid ? text.substr(i, length) : std::string_view("\xef\xbf\xbd");
    i += valid ? length : 1;
  }
  return clean;
}

}  // namespace ravine::hdf5
