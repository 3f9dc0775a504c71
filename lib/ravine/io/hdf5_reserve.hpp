#pragma once

#include <cstddef>

/// Memory that waits for HDF5; not installed.
namespace ravine::hdf5 {

/// HDF5 1.10 does not survive a malloc that fails: it writes to address 0 (H5AC_create) or frees
/// what it never had (H5B__node_dest), or takes the file for damaged. So address space for more
/// than one of its calls takes is kept from everybody else, and let go while one runs.
class Reserve {
 public:
  static constexpr std::size_t kBytes = std::size_t{16} << 20;

  /// Lets the memory go: a call follows. Throws std::bad_alloc if it is not there, unless the call
  /// only closes something, which must go on with what there is.
  void open(bool only_closes);
  /// Takes it back, if that is possible.
  void close() noexcept;

 private:
  void* held_ = nullptr;
};

/// Throws std::bad_alloc unless so much, and the reserve, could be had now.
void expect_memory(std::size_t bytes);

}  // namespace ravine::hdf5
