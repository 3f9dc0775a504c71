#pragma once

#include <hdf5.h>

#include <mutex>
#include <string>
#include <type_traits>

#include "ravine/io/hdf5.hpp"

/// Shared by the files of io/hdf5*.cpp; not installed.
namespace ravine::hdf5 {

static_assert(std::is_same_v<hid_t, std::int64_t>);

/// What the calls under a lock do: close what is open, or anything.
enum class Calls { kAny, kClose };

/// Held around every call of HDF5; silences its error printing meanwhile, which is a setting of
/// the thread. Recursive, because the functions here call each other. Throws std::bad_alloc if
/// there is not the memory that any call may need (io/hdf5_reserve.hpp), but never before closing.
class Lock {
 public:
  explicit Lock(Calls calls = Calls::kAny);
  ~Lock();
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  std::lock_guard<std::recursive_mutex> guard_;
  H5E_auto2_t print_ = nullptr;
  void* data_ = nullptr;
};

/// Why the last call failed. Asked for first: the next call of HDF5 forgets it.
struct Reason {
  std::string text;
  int system_code = 0;  // errno, if the operating system was to blame
};
Reason last_reason();

/// Throws Error, IoError or std::bad_alloc: "cannot <action> <what>: <reason>".
[[noreturn]] void fail_hdf5(const char* action, const std::string& what, const Reason& reason);

/// Returns what HDF5 returned (an id, a size, a truth value) unless it is negative.
template <class T, class What>
T check(T result, const char* action, What&& what) {
  if (result < 0) {
    const Reason reason = last_reason();
    fail_hdf5(action, what(), reason);
  }
  return result;
}

/// "file:/group/column" of an open object.
std::string name_of(hid_t object);

Handle memory_type(Type type);
Handle file_type(Type type);
/// Throws Error if the object stores none of the four types.
Type type_of(hid_t type, const std::string& where);

/// How texts are transferred: through a small buffer. HDF5 would clear two of 1 MiB for each call.
Handle text_transfer();

/// Properties of groups: no time stamps; links and attributes remember their order.
Handle group_properties();

}  // namespace ravine::hdf5
