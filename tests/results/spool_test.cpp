#include "ravine/results/spool.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "ravine/core/error.hpp"
#include "ravine/io/files.hpp"
#include "ravine/io/hdf5.hpp"
#include "ravine/io/sealed_file.hpp"
#include "ravine/results/record_file.hpp"
#include "ravine/results/segment_file.hpp"
#include "results/sample_record.hpp"
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

TEST(RecordFile, RefusesSealedFilesOfAnotherForm) {
  // Made by other code than ours. (A seal around bytes that are no HDF5 at all comes from nowhere,
  // and HDF5 itself would not survive it.)
  const auto refusal = [](auto&& fill) -> std::string {
    hdf5::File file = hdf5::File::create_in_memory();
    fill(file.root());
    Bytes image = file.image();
    seal(image, kTrialFile, "b");
    try {
      decode_record(image, "some.h5");
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  const std::vector<std::string> two = {"a", "b"};
  const std::vector<double> numbers = {1.0};
  EXPECT_NE(refusal([](hdf5::Group) {}), "");
  EXPECT_NE(refusal([](hdf5::Group root) { root.set_integer("format_version", 1); }), "");
  EXPECT_NE(refusal([](hdf5::Group root) {
              root.set_integer("format_version", 2);
            }).find("some.h5 has format version 2"),
            std::string::npos);
  EXPECT_NE(refusal([&](hdf5::Group root) {
              root.set_integer("format_version", 1);
              root.write("identity", std::span<const std::string>(two));
            }),
            "");
  EXPECT_NE(refusal([&](hdf5::Group root) {
              root.set_integer("format_version", 1);
              root.write("identity", std::span<const double>(numbers));
            }),
            "");
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

TEST(Spool, RemovesAll) {
  const TemporaryFolder folder;
  Spool spool(folder / "s");
  for (int i = 0; i < 3; ++i) spool.write(sample_record(i));
  write_bytes(folder / "s/.x.h5.host-1-0.tmp", Bytes(10));
  spool.clear();
  EXPECT_TRUE(spool.ids().empty());
  EXPECT_FALSE(std::filesystem::exists(folder / "s"));
}

TEST(Spool, DamageIsNamedSetAsideAndRecomputed) {
  const TemporaryFolder folder;
  const TrialRecord record = sample_record(1, 4);
  const std::filesystem::path path = folder / (record.id + ".h5");
  const Bytes image = encode_record(record);
  const auto expect_set_aside = [&](const Bytes& damaged) {
    write_quickly(path, damaged);
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

TEST(Spool, WhatIsNoFileIsSetAsideAndNeverWaitedFor) {
  const TemporaryFolder folder;
  { Spool(folder / "s").write(sample_record(1)); }
  const std::filesystem::path spool = folder / "s";
  std::filesystem::create_directories(spool / "0123456789abcdef.h5/full");
  std::filesystem::create_directories(spool / "000001.segment/full");
  ASSERT_EQ(::mkfifo((spool / "0123456789abcde0.h5").c_str(), 0600), 0);
  ASSERT_EQ(::mkfifo((spool / "000002.segment").c_str(), 0600), 0);
  std::filesystem::create_symlink("/dev/zero", spool / "0123456789abcde1.h5");
  EXPECT_EQ(Spool(spool, Spool::Access::kRead).warnings().size(), 5u);
  Spool opened(spool);
  EXPECT_EQ(opened.warnings().size(), 5u);
  EXPECT_EQ(opened.ids(), std::vector{sample_record(1).id});
  for (const char* name : {"0123456789abcdef.h5", "000001.segment", "0123456789abcde0.h5",
                           "000002.segment", "0123456789abcde1.h5"})
    EXPECT_TRUE(is_there(spool / (std::string(name) + ".damaged"))) << name;
}

TEST(Spool, AFileOfALaterRavineIsNamedAndKept) {
  const TemporaryFolder folder;
  const TrialRecord record = sample_record(1);
  const std::filesystem::path path = folder / (record.id + ".h5");
  Bytes later_seal = encode_record(record);
  later_seal[8] = std::byte{2};
  hdf5::File file = hdf5::File::create_in_memory();
  file.root().set_integer("format_version", 2);
  Bytes later_form = file.image();
  seal(later_form, kTrialFile, "b");
  for (const Bytes& image : {later_seal, later_form}) {
    write_quickly(path, image);
    try {
      Spool{folder.path()};
      ADD_FAILURE() << "it was not noticed";
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("version 2"), std::string::npos) << error.what();
    }
    EXPECT_TRUE(is_there(path));
    EXPECT_EQ(Spool(folder.path(), Spool::Access::kRead).warnings().size(), 1u);
  }
}

TEST(Spool, ADeniedFileIsNotADamagedOne) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const TemporaryFolder folder;
  Spool spool(folder.path());
  spool.write(sample_record(1));
  std::filesystem::permissions(folder / (sample_record(1).id + ".h5"),
                               std::filesystem::perms::none);
  EXPECT_THROW(Spool{folder.path()}, PathError);
  EXPECT_THROW(spool.read(sample_record(1).id), PathError);
  EXPECT_TRUE(is_there(folder / (sample_record(1).id + ".h5")));
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

constexpr int kSegment = static_cast<int>(Spool::kTrialsPerSegment);

TrialRecord small(int number) { return sample_record(number, 1); }

TEST(Spool, FoldsManyTrialsIntoOneFile) {
  const TemporaryFolder folder;
  const std::filesystem::path segment = folder / "s/000001.segment";
  Spool spool(folder / "s");
  for (int i = 0; i < kSegment - 1; ++i) spool.write(small(i));
  EXPECT_FALSE(std::filesystem::exists(segment));
  Spool reader(folder / "s", Spool::Access::kRead);  // looks at it before it is folded
  for (int i = kSegment - 1; i < kSegment + 10; ++i) spool.write(small(i));
  EXPECT_TRUE(std::filesystem::exists(segment));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder / "s"), {}), 11);
  EXPECT_EQ(record_digest(*reader.read(small(7).id)), record_digest(small(7)));
  EXPECT_TRUE(reader.warnings().empty());

  Spool again(folder / "s");
  EXPECT_EQ(again.ids().size(), static_cast<std::size_t>(kSegment) + 10);
  for (Spool* one : {&spool, &again})
    for (const int i : {0, 3, kSegment - 1, kSegment, kSegment + 9}) {
      expect_equal(*one->read(small(i).id), small(i));
      EXPECT_EQ(one->build_id(small(i).id), "0123456789abcdef");
      EXPECT_EQ(one->outcome(small(i).id), i % 11 == 10 ? "diverged" : "completed");
    }
  // A newer record of a trial stands in front of that in a segment, also later.
  TrialRecord newer = small(3);
  newer.build_id = "newer";
  again.write(newer);
  EXPECT_EQ(again.build_id(newer.id), "newer");
  Spool third(folder / "s");
  EXPECT_EQ(third.read(newer.id)->build_id, "newer");
  EXPECT_EQ(third.ids().size(), static_cast<std::size_t>(kSegment) + 10);
  third.clear();
  EXPECT_FALSE(std::filesystem::exists(folder / "s"));
}

TEST(Spool, ATrialThatIsInASegmentAndInAFileCountsOnce) {
  // A process was killed after it wrote the segment and before it removed the files.
  const TemporaryFolder folder;
  std::vector<SegmentEntry> entries;
  std::vector<Bytes> images;
  for (int i = 0; i < 5; ++i) {
    images.push_back(encode_record(small(i)));
    entries.push_back({small(i).id, small(i).build_id, "completed", 0, 0});
  }
  write_bytes(folder / "000003.segment", encode_segment(entries, images));
  write_bytes(folder / (small(0).id + ".h5"), images[0]);
  Spool spool(folder.path());
  EXPECT_EQ(spool.ids().size(), 5u);
  for (int i = 5; i < kSegment + 4; ++i) spool.write(small(i));
  EXPECT_TRUE(std::filesystem::exists(folder / "000004.segment"));
  EXPECT_EQ(Spool(folder.path()).ids().size(), static_cast<std::size_t>(kSegment) + 4);
  EXPECT_TRUE(spool.warnings().empty());
}

TEST(Spool, AFullDiskWhileFoldingLosesNothing) {
  const TemporaryFolder folder;
  Spool spool(folder.path());
  for (int i = 0; i < kSegment - 1; ++i) spool.write(small(i));
  {
    const FileSizeLimit limit(100'000);
    EXPECT_THROW(spool.write(small(kSegment - 1)), IoError);
  }
  EXPECT_EQ(Spool(folder.path()).ids().size(), Spool::kTrialsPerSegment);
  spool.write(small(kSegment));
  EXPECT_EQ(folder.count(), 1u);
  EXPECT_EQ(Spool(folder.path()).ids().size(), Spool::kTrialsPerSegment + 1);
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
