#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "ravine/export.hpp"

namespace ravine {

/// SHA-256 (OpenSSL), fed piece by piece. Not thread-safe.
class RAVINE_EXPORT Sha256 {
 public:
  Sha256();
  ~Sha256();
  void update(std::span<const std::byte> bytes);
  void update(std::string_view text);
  /// The digest of everything fed so far; the object must not be used afterwards.
  std::array<std::byte, 32> finish();
  /// The same as 64 hexadecimal digits.
  std::string finish_hex();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

RAVINE_EXPORT std::string sha256_hex(std::string_view text);
RAVINE_EXPORT std::string to_hex(std::span<const std::byte> bytes);

}  // namespace ravine
