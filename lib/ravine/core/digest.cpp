#include "ravine/core/digest.hpp"

#include <openssl/evp.h>

#include "ravine/core/error.hpp"

namespace ravine {

struct Sha256::Context {
  EVP_MD_CTX* handle = EVP_MD_CTX_new();
  ~Context() { EVP_MD_CTX_free(handle); }
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  if (EVP_DigestInit_ex(context_->handle, EVP_sha256(), nullptr) != 1)
    fail("OpenSSL does not provide SHA-256");
}

Sha256::~Sha256() = default;

void Sha256::update(std::span<const std::byte> bytes) {
  if (EVP_DigestUpdate(context_->handle, bytes.data(), bytes.size()) != 1) fail("SHA-256 failed");
}

void Sha256::update(std::string_view text) { update(std::as_bytes(std::span(text))); }

std::array<std::byte, 32> Sha256::finish() {
  std::array<std::byte, 32> digest{};
  auto* out = reinterpret_cast<unsigned char*>(digest.data());
  if (EVP_DigestFinal_ex(context_->handle, out, nullptr) != 1) fail("SHA-256 failed");
  return digest;
}

std::string Sha256::finish_hex() { return to_hex(finish()); }

std::string sha256_hex(std::string_view text) {
  Sha256 digest;
  digest.update(text);
  return digest.finish_hex();
}

std::string to_hex(std::span<const std::byte> bytes) {
  std::string text;
  for (std::byte b : bytes) text += fmt::format("{:02x}", static_cast<unsigned>(b));
  return text;
}

}  // namespace ravine
