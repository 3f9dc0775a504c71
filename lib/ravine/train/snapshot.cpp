#include "ravine/train/snapshot.hpp"

#include <cassert>
#include <cstring>
#include <span>

namespace ravine {
namespace {

class SnapshotWriter final : public StateVisitor {
 public:
  explicit SnapshotWriter(std::vector<std::byte>& bytes) : bytes_(bytes) {}
  void reals(std::string_view, std::span<Real> values) override { add(std::as_bytes(values)); }
  void doubles(std::string_view, std::span<double> values) override { add(std::as_bytes(values)); }
  void integer(std::string_view, std::int64_t& value) override {
    add(std::as_bytes(std::span(&value, 1)));
  }

 private:
  void add(std::span<const std::byte> more) {
    bytes_.insert(bytes_.end(), more.begin(), more.end());
  }
  std::vector<std::byte>& bytes_;
};

class SnapshotReader final : public StateVisitor {
 public:
  explicit SnapshotReader(std::span<const std::byte> bytes) : bytes_(bytes) {}
  void reals(std::string_view, std::span<Real> values) override {
    take(std::as_writable_bytes(values));
  }
  void doubles(std::string_view, std::span<double> values) override {
    take(std::as_writable_bytes(values));
  }
  void integer(std::string_view, std::int64_t& value) override {
    take(std::as_writable_bytes(std::span(&value, 1)));
  }

 private:
  void take(std::span<std::byte> to) {
    assert(to.size() <= bytes_.size());
    if (to.empty()) return;
    std::memcpy(to.data(), bytes_.data(), to.size());
    bytes_ = bytes_.subspan(to.size());
  }
  std::span<const std::byte> bytes_;
};

}  // namespace

void Snapshot::take(const Visit& visit) {
  StateBytes state;
  visit(state);
  bytes_.clear();
  if (state.bytes > bytes_.capacity()) {
    // A vector that grows while it is filled would take up to three times the memory. Curves get
    // longer, so there is some room for the next copies.
    bytes_ = {};
    bytes_.reserve(state.bytes + state.bytes / 64 + 4096);
  }
  SnapshotWriter writer(bytes_);
  visit(writer);
}

void Snapshot::restore(const Visit& visit) const {
  SnapshotReader reader(bytes_);
  visit(reader);
}

}  // namespace ravine
