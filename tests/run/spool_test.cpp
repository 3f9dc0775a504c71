#include "ravine/run/spool.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "ravine/core/error.hpp"
#include "ravine/io/files.hpp"
#include "ravine/io/sealed_file.hpp"
#include "ravine/run/record_file.hpp"
#include "run/sample_record.hpp"
#include "support/full_disk.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

using Bytes = std::vector<std::byte>;

void expect_equal(const TrialRecord& a, const TrialRecord& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.spec, b.spec);
  EXPECT_EQ(a.build_id, b.build_id);
  ASSERT_EQ(a.cells.size(), b.cells.size());
  for (std::size_t i = 0; i < a.cells.size(); ++i) {
    EXPECT_EQ(a.cells[i].name, b.cells[i].name);
    EXPECT_EQ(a.cells[i].value, b.cells[i].value);
    EXPECT_EQ(a.cells[i].unit, b.cells[i].unit);
    EXPECT_EQ(a.cells[i].timing, b.cells[i].timing);
  }
  ASSERT_EQ(a.curve.size(), b.curve.size());
  for (std::size_t i = 0; i < a.curve.size(); ++i) {
    EXPECT_EQ(a.curve[i].name, b.curve[i].name);
    EXPECT_EQ(a.curve[i].unit, b.curve[i].unit);
    EXPECT_EQ(a.curve[i].integer, b.curve[i].integer);
    EXPECT_EQ(a.curve[i].timing, b.curve[i].timing);
    EXPECT_EQ(a.curve[i].values, b.curve[i].values);
  }
}

TEST(RecordFile, GivesBackWhatItWasGiven) {
  const TrialRecord record = sample_record(5);
  expect_equal(decode_record(encode_record(record), "x"), record);
  TrialRecord empty = sample_record(6);
  empty.cells.clear();
  empty.curve.clear();
  expect_equal(decode_record(encode_record(empty), "x"), empty);
}

TEST(RecordFile, IsSmall) { EXPECT_LT(encode_record(sample_record(5)).size(), 25000u); }

TEST(RecordFile, NoSealedNonsenseCrashes) {
  // A correct seal around a damaged HDF5 file: what nothing but a defect could write.
  const Bytes image = encode_record(sample_record(5, 3));
  int refused = 0;
  for (std::size_t at = kSealBytes; at < image.size(); at += 37) {
    Bytes altered = image;
    altered[at] ^= std::byte{0x55};
    seal(altered, kTrialFile, "b");
    try {
      decode_record(altered, "x");
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 20);
}

TEST(Spool, KeepsWhatWasWritten) {
  const TemporaryFolder folder;
  const TrialRecord one = sample_record(1), two = sample_record(2);
  {
    Spool spool(folder / "a/b.spool");
    spool.write(one);
    spool.write(two);
    EXPECT_TRUE(spool.contains(one.id));
    expect_equal(*spool.read(one.id), one);
  }
  Spool again(folder / "a/b.spool");
  EXPECT_EQ(again.ids().size(), 2u);
  EXPECT_EQ(again.build_id(two.id), two.build_id);
  EXPECT_EQ(again.build_id("0000000000000000"), "");
  expect_equal(*again.read(two.id), two);
  EXPECT_FALSE(again.read("0000000000000000").has_value());
  EXPECT_TRUE(again.warnings().empty());
}

TEST(Spool, RemovesOneAndAll) {
  const TemporaryFolder folder;
  Spool spool(folder / "s");
  for (int i = 0; i < 3; ++i) spool.write(sample_record(i));
  spool.remove(sample_record(0).id);
  EXPECT_FALSE(spool.contains(sample_record(0).id));
  EXPECT_EQ(Spool(folder / "s").ids().size(), 2u);
  write_bytes(folder / "s/.x.h5.host-1-0.tmp", Bytes(10));
  spool.clear();
  EXPECT_FALSE(std::filesystem::exists(folder / "s"));
}

TEST(Spool, DamageIsNamedSetAsideAndRecomputed) {
  const TemporaryFolder folder;
  const TrialRecord record = sample_record(1, 4);
  const std::filesystem::path path = folder / (record.id + ".h5");
  const Bytes image = encode_record(record);
  const auto expect_set_aside = [&](const Bytes& damaged) {
    write_bytes(path, damaged);
    Spool spool(folder.path());
    ASSERT_FALSE(spool.contains(record.id));
    ASSERT_FALSE(spool.read(record.id).has_value());
    ASSERT_EQ(spool.warnings().size(), 1u);
    ASSERT_NE(spool.warnings()[0].find(path.string()), std::string::npos);
    ASSERT_NE(spool.warnings()[0].find(".damaged"), std::string::npos);
    ASSERT_FALSE(std::filesystem::exists(path));
    ASSERT_TRUE(std::filesystem::exists(path.string() + ".damaged"));
  };
  for (std::size_t i = 0; i < 200; ++i) {
    Bytes flipped = image;
    flipped[i * 7919 % image.size()] ^= static_cast<std::byte>(1u << (i % 8));
    expect_set_aside(flipped);
    Bytes cut = image;
    cut.resize(i * 104729 % image.size());
    expect_set_aside(cut);
  }
  expect_set_aside(Bytes(3000, std::byte{7}));
  Bytes foreign = image;
  seal(foreign, "ravine-results", "");
  expect_set_aside(foreign);

  Spool spool(folder.path());
  spool.write(record);
  EXPECT_TRUE(spool.contains(record.id));
}

TEST(Spool, DamageAfterOpeningIsNoticedWhenRead) {
  const TemporaryFolder folder;
  const TrialRecord record = sample_record(1);
  Spool spool(folder.path());
  spool.write(record);
  const std::filesystem::path path = folder / (record.id + ".h5");
  Bytes image = read_bytes(path);
  image[image.size() / 2] ^= std::byte{1};
  write_bytes(path, image);
  EXPECT_FALSE(spool.read(record.id).has_value());
  EXPECT_FALSE(spool.contains(record.id));
  EXPECT_EQ(spool.warnings().size(), 1u);
}

TEST(Spool, AFileUnderTheNameOfAnotherTrialDoesNotCount) {
  const TemporaryFolder folder;
  Spool spool(folder.path());
  spool.write(sample_record(1));
  const std::string other = sample_record(2).id;
  std::filesystem::rename(folder / (sample_record(1).id + ".h5"), folder / (other + ".h5"));
  Spool again(folder.path());
  EXPECT_FALSE(again.read(other).has_value());
  EXPECT_NE(again.warnings().at(0).find("the name of a file is the id"), std::string::npos);
}

TEST(Spool, LookingAtItChangesNothing) {
  const TemporaryFolder folder;
  EXPECT_THROW(Spool(folder / "absent", Spool::Access::kRead), Error);
  EXPECT_FALSE(std::filesystem::exists(folder / "absent"));
  write_bytes(folder / "0123456789abcdef.h5", Bytes(100));
  const Spool spool(folder.path(), Spool::Access::kRead);
  EXPECT_EQ(spool.warnings().size(), 1u);
  EXPECT_TRUE(std::filesystem::exists(folder / "0123456789abcdef.h5"));
}

TEST(Spool, AFullDiskLeavesEarlierTrialsIntact) {
  const TemporaryFolder folder;
  Spool spool(folder.path());
  spool.write(sample_record(1));
  {
    const FileSizeLimit limit(4096);
    EXPECT_THROW(spool.write(sample_record(2)), IoError);
    EXPECT_FALSE(spool.contains(sample_record(2).id));
  }
  EXPECT_EQ(folder.count(), 1u);
  spool.write(sample_record(2));
  EXPECT_EQ(Spool(folder.path()).ids().size(), 2u);
}

TEST(Spool, WorkersWriteAtTheSameTime) {
  const TemporaryFolder folder;
  Spool spool(folder.path());
  std::vector<std::thread> workers;
  for (int w = 0; w < 3; ++w)
    workers.emplace_back([&spool, w] {
      for (int i = 0; i < 20; ++i) spool.write(sample_record(20 * w + i, 10));
    });
  for (std::thread& worker : workers) worker.join();
  Spool again(folder.path());
  EXPECT_EQ(again.ids().size(), 60u);
  for (int i = 0; i < 60; ++i)
    EXPECT_EQ(record_digest(*again.read(sample_record(i, 10).id)),
              record_digest(sample_record(i, 10)));
}

}  // namespace
}  // namespace ravine
