#include "ravine/train/checkpoint.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "ravine/core/environment.hpp"
#include "ravine/core/error.hpp"
#include "ravine/io/atomic_file.hpp"
#include "ravine/io/files.hpp"
#include "ravine/io/hdf5.hpp"
#include "ravine/io/sealed_file.hpp"
#include "ravine/train/trainer.hpp"

namespace ravine {
namespace {

constexpr std::string_view kCheckpointFile = "ravine-checkpoint";

// Everything is stored as double, which holds float and all counts exactly. The number in front of
// a column's name is its place in the visit: it makes names unique and checks the order.
class StateColumns : public StateVisitor {
 protected:
  std::string next_name(std::string_view name) {
    std::string text = fmt::format("{:03} {}", place_++, name);
    std::replace(text.begin(), text.end(), '/', '_');
    return text;
  }

 private:
  int place_ = 0;
};

class StateWriter final : public StateColumns {
 public:
  explicit StateWriter(hdf5::Group& group) : group_(group) {}
  void reals(std::string_view name, std::span<Real> values) override { write(name, values); }
  void doubles(std::string_view name, std::span<double> values) override { write(name, values); }
  void integer(std::string_view name, std::int64_t& value) override {
    group_.set_integer(next_name(name), value);
  }

 private:
  template <class T>
  void write(std::string_view name, std::span<T> values) {
    const std::vector<double> exact(values.begin(), values.end());
    group_.write<double>(next_name(name), exact);
  }
  hdf5::Group& group_;
};

class StateReader final : public StateColumns {
 public:
  explicit StateReader(const hdf5::Group& group) : group_(group) {}
  void reals(std::string_view name, std::span<Real> values) override { read(name, values); }
  void doubles(std::string_view name, std::span<double> values) override { read(name, values); }
  void integer(std::string_view name, std::int64_t& value) override {
    constexpr std::int64_t kMost = std::int64_t{1} << 53;  // far from any overflow
    const std::int64_t stored = group_.integer(next_name(name));
    check_state(name, stored, kMost);
    value = stored;
  }

 private:
  template <class T>
  void read(std::string_view name, std::span<T> values) {
    const auto exact = group_.column(next_name(name)).read<double>();
    if (exact.size() != values.size())
      fail("{}: '{}' has {} values, but the trial needs {}", group_.where(), name, exact.size(),
           values.size());
    std::transform(exact.begin(), exact.end(), values.begin(),
                   [](double value) { return static_cast<T>(value); });
  }
  const hdf5::Group& group_;
};

}  // namespace

void save_checkpoint(const std::filesystem::path& path, Trainer& trainer, std::string_view spec) {
  hdf5::File file = hdf5::File::create_in_memory();
  hdf5::Group root = file.root();
  root.set_text("spec", spec);
  StateWriter writer(root);
  trainer.visit_state(writer);
  std::vector<std::byte> image = file.image();
  seal(image, kCheckpointFile, build_id());
  replace_file(path, image);
}

Loaded load_checkpoint(const std::filesystem::path& path, Trainer& trainer, std::string_view spec) {
  if (!is_there(path)) return Loaded::kNothing;
  expect_plain_file(path);
  const std::vector<std::byte> image = read_bytes(path);
  try {
    if (verify(image, kCheckpointFile, path.string()).label != build_id())
      return Loaded::kOtherBuild;
  } catch (const VersionError&) {
    return Loaded::kOtherBuild;
  }
  const hdf5::File file = hdf5::File::open_image(image);
  const hdf5::Group root = file.root();
  if (root.text("spec") != spec) fail("{} is the checkpoint of another trial", path.string());
  StateReader reader(root);
  trainer.visit_state(reader);
  return Loaded::kCheckpoint;
}

}  // namespace ravine
