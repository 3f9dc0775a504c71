#include "ravine/io/hdf5.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "ravine/core/error.hpp"
#include "ravine/io/files.hpp"
#include "ravine/io/sealed_file.hpp"
#include "support/full_disk.hpp"
#include "support/temporary_folder.hpp"

namespace ravine::hdf5 {
namespace {

using Texts = std::vector<std::string>;
using Numbers = std::vector<double>;

template <class T>
std::span<const T> all(const std::vector<T>& rows) {
  return rows;
}

/// A file with something of everything, written by appending in pieces.
void fill(File& file) {
  Group root = file.root();
  root.set_text("title", "Grüße, 世界");
  root.set_text("empty", "");
  root.set_integer("version", -7);
  Group group = root.add_group("z");
  root.add_group("a");
  Column numbers = group.add_column("numbers", Type::kDouble, 4, true);
  Column texts = group.add_column("texts", Type::kText, 4, true, 3);
  for (int i = 0; i < 5; ++i) numbers.append(all(Numbers{1.0 * i, 0.5 * i}));
  texts.append(all(Texts{"", "ü", std::string(100000, 'x')}));
  group.write("integers",
              all(std::vector<std::int64_t>{std::numeric_limits<std::int64_t>::min(), 3}));
  group.write("bytes", all(std::vector<std::uint8_t>{0, 255}));
  group.write("none", all(Numbers{}));
}

void expect_filled(const File& file) {
  const Group root = file.root(), group = root.group("z");
  EXPECT_EQ(root.text("title"), "Grüße, 世界");
  EXPECT_EQ(root.text("empty"), "");
  EXPECT_EQ(root.integer("version"), -7);
  EXPECT_EQ(root.attribute_names(), (Texts{"title", "empty", "version"}));
  EXPECT_EQ(root.names(), (Texts{"z", "a"}));
  EXPECT_EQ(group.column("numbers").read<double>(), (Numbers{0, 0, 1, 0.5, 2, 1, 3, 1.5, 4, 2}));
  EXPECT_EQ(group.column("numbers").read<double>(3, 2), (Numbers{0.5, 2}));
  EXPECT_EQ(group.column("texts").read<std::string>(),
            (Texts{"", "", "", "", "ü", std::string(100000, 'x')}));
  EXPECT_EQ(group.column("integers").read<std::int64_t>()[0],
            std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(group.column("bytes").read<std::uint8_t>(), (std::vector<std::uint8_t>{0, 255}));
  EXPECT_EQ(group.column("none").size(), 0u);
}

// ravine locks its outputs itself: HDF5's locks fail on many network file systems.
TEST(Hdf5, LocksNoFiles) {
  ::setenv("HDF5_USE_FILE_LOCKING", "TRUE", 1);
  const TemporaryFolder folder;
  hdf5::File writing = hdf5::File::create(folder / "a.h5");
  EXPECT_STREQ(std::getenv("HDF5_USE_FILE_LOCKING"), "FALSE");
}

TEST(Hdf5, OnDiskReadsBackWhatWasWritten) {
  const TemporaryFolder folder;
  File file = File::create(folder / "a.h5");
  fill(file);
  file.close();
  expect_filled(File::open(folder / "a.h5"));
}

TEST(Hdf5, InMemoryReadsBackWhatWasWritten) {
  File file = File::create_in_memory();
  fill(file);
  const std::vector<std::byte> image = file.image();
  expect_filled(File::open_image(image));
  const TemporaryFolder folder;
  write_bytes(folder / "b.h5", image);
  expect_filled(File::open(folder / "b.h5"));
  EXPECT_TRUE(std::all_of(image.begin(), image.begin() + kSealBytes,
                          [](std::byte b) { return b == std::byte{0}; }));
}

TEST(Hdf5, TheSameContentIsTheSameBytes) {
  File one = File::create_in_memory(), two = File::create_in_memory();
  fill(one);
  fill(two);
  EXPECT_TRUE(one.image() == two.image());
}

TEST(Hdf5, RowsNeverWrittenHaveNoValue) {
  File file = File::create_in_memory();
  Group root = file.root();
  EXPECT_TRUE(std::isnan(root.add_column("d", Type::kDouble, 4, true, 9).read<double>()[8]));
  EXPECT_EQ(root.add_column("i", Type::kInt64, 4, true, 9).read<std::int64_t>()[8], -1);
  EXPECT_EQ(root.add_column("u", Type::kUint8, 4, true, 9).read<std::uint8_t>()[8], 0);
  EXPECT_EQ(root.add_column("s", Type::kText, 4, true, 9).read<std::string>()[8], "");
}

TEST(Hdf5, MistakesNameThePlace) {
  const TemporaryFolder folder;
  File file = File::create(folder / "a.h5");
  fill(file);
  const auto expect_message = [](auto&& call, const std::string& part) {
    try {
      call();
      ADD_FAILURE() << "no error about " << part;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
  };
  const Group root = file.root(), group = root.group("z");
  expect_message([&] { root.group("nothing"); }, "a.h5://nothing");
  expect_message([&] { group.column("numbers").read<std::string>(); }, "/z/numbers");
  expect_message([&] { group.column("numbers").read<double>(9, 2); }, "10 rows instead of 11");
  expect_message([&] { root.text("version"); }, "version");
  expect_message([&] { root.integer("absent"); }, "absent");
  expect_message([&] { Group(file.root()).add_group("z"); }, "z");
  expect_message([&] { File::open(folder / "absent.h5"); }, "absent.h5: No such file");
  EXPECT_TRUE(group.has("numbers"));
  EXPECT_FALSE(group.has("absent"));
  EXPECT_FALSE(root.has_attribute("absent"));
}

TEST(Hdf5, AFullDiskIsAnIoErrorAndLetsGoOfTheFile) {
  const TemporaryFolder folder;
  for (int attempt = 0; attempt < 3; ++attempt) {
    const FileSizeLimit limit(20000);
    File file = File::create(folder / "a.h5");
    Column column = file.root().add_column("x", Type::kDouble, 1000, false);
    EXPECT_THROW(
        {
          for (int i = 0; i < 100; ++i) column.append(all(Numbers(1000, 1.0)));
          file.close();
        },
        IoError);
    file.abandon();
  }
  File file = File::create(folder / "a.h5");
  fill(file);
  file.close();
  expect_filled(File::open(folder / "a.h5"));
}

TEST(Hdf5, ADiskMayBecomeFullAtAnyByte) {
  const TemporaryFolder folder;
  bool stored = false;
  for (rlim_t bytes = 1000; !stored; bytes += 1500) {
    ASSERT_LT(bytes, 1'000'000u);
    const FileSizeLimit limit(bytes);
    std::optional<File> file;
    try {
      file.emplace(File::create(folder / "a.h5"));
      fill(*file);
      file->close();
      stored = true;
    } catch (const IoError&) {
      if (file) file->abandon();
    }
  }
  expect_filled(File::open(folder / "a.h5"));
}

TEST(Hdf5, ThreadsMayEachUseTheirOwnFile) {
  std::vector<std::thread> threads;
  std::vector<std::vector<std::byte>> images(3);
  for (std::size_t t = 0; t < images.size(); ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        File file = File::create_in_memory();
        fill(file);
        images[t] = file.image();
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (const auto& image : images) expect_filled(File::open_image(image));
}

TEST(Hdf5, TextsAreValidUtf8) {
  const std::string bad = "\xef\xbf\xbd";
  EXPECT_EQ(valid_utf8("plain ü 世 😀"), "plain ü 世 😀");
  EXPECT_EQ(valid_utf8("a\xff"), "a" + bad);
  EXPECT_EQ(valid_utf8("\xc3"), bad);                                // cut short
  EXPECT_EQ(valid_utf8("\xc0\x80"), bad + bad);                      // overlong
  EXPECT_EQ(valid_utf8("\xed\xa0\x80"), bad + bad + bad);            // surrogate
  EXPECT_EQ(valid_utf8("\xf4\x90\x80\x80"), bad + bad + bad + bad);  // beyond U+10FFFF
  EXPECT_EQ(valid_utf8(std::string_view("a\0b", 3)), "a" + bad + "b");
}

}  // namespace
}  // namespace ravine::hdf5
