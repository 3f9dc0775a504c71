#include "ravine/results/result_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "ravine/core/digest.hpp"
#include "ravine/core/error.hpp"
#include "ravine/io/files.hpp"
#include "ravine/io/hdf5.hpp"
#include "ravine/io/sealed_file.hpp"
#include "results/pack_records.hpp"
#include "results/sample_record.hpp"
#include "support/full_disk.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

using Bytes = std::vector<std::byte>;

std::vector<TrialRecord> samples(int count, std::size_t observations = 5) {
  std::vector<TrialRecord> records;
  for (int i = 0; i < count; ++i) records.push_back(sample_record(i, observations));
  return records;
}

TEST(Results, ReadBackTrialByTrial) {
  const TemporaryFolder folder;
  std::vector<TrialRecord> records;
  // Longer than one chunk, and with curves of different lengths, one of them empty.
  for (int i = 0; i < 2500; ++i)
    records.push_back(sample_record(i, static_cast<std::size_t>(i % 9)));
  for (std::size_t i = 3; i < records.size(); i += 7) records[i] = with_tables(records[i]);
  const std::string digest = pack_records(folder / "a.h5", records);

  ResultsReader reader(folder / "a.h5");
  EXPECT_EQ(reader.suite(), "suite");
  EXPECT_EQ(reader.environment(), (Environment{{"host", "here"}, {"flags", "-O3"}}));
  EXPECT_EQ(reader.created().size(), 20u);
  ASSERT_EQ(reader.size(), records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    const TrialRecord read = reader.record(i);
    ASSERT_EQ(reader.ids()[i], records[i].id);
    ASSERT_EQ(read.spec, records[i].spec);
    ASSERT_EQ(read.build_id, records[i].build_id);
    ASSERT_EQ(record_digest(read), record_digest(records[i])) << i;
    ASSERT_EQ(observation_count(read), observation_count(records[i]));
    ASSERT_EQ(read.tables.size(), observation_count(records[i]) > 0 ? records[i].tables.size() : 0);
    ASSERT_EQ(cell_of(read, "train_seconds").value, cell_of(records[i], "train_seconds").value);
  }
  EXPECT_EQ(reader.find(records[77].id), 77u);
  EXPECT_EQ(reader.find("0000000000000000"), std::nullopt);
  EXPECT_EQ(record_digest(reader.record(3)), record_digest(records[3]));
  EXPECT_THROW(reader.record(2500), Error);
  EXPECT_EQ(reader.digest(), digest);
  EXPECT_EQ(reader.stored_digest(), digest);
  EXPECT_EQ(folder.count(), 1u);
}

TEST(Results, AUnitThatTrialsDoNotShareIsMixed) {
  const TemporaryFolder folder;
  std::vector<TrialRecord> records = samples(4);
  records[1].curve[4].unit = "1";
  records[2].curve[4].unit = "m";
  pack_records(folder / "a.h5", records);
  ResultsReader reader(folder / "a.h5");
  for (std::size_t i = 0; i < records.size(); ++i) {
    EXPECT_EQ(reader.record(i).curve[4].unit, "mixed");
    EXPECT_EQ(reader.record(i).curve[3].unit, "s");
    EXPECT_EQ(record_digest(reader.record(i)), record_digest(records[i]));
  }
}

TEST(Results, KeepUnitsAndClocks) {
  const TemporaryFolder folder;
  pack_records(folder / "a.h5", samples(2));
  const TrialRecord read = ResultsReader(folder / "a.h5").record(1);
  EXPECT_EQ(cell_of(read, "train_seconds").unit, "s");
  EXPECT_TRUE(cell_of(read, "train_seconds").timing);
  EXPECT_FALSE(cell_of(read, "learning_rate").timing);
  EXPECT_TRUE(read.curve[0].integer);
  EXPECT_TRUE(read.curve[3].timing);
  EXPECT_EQ(read.curve[3].unit, "s");
}

TEST(Results, WhatATrialLacksHasNoValue) {
  const TemporaryFolder folder;
  std::vector<TrialRecord> records = samples(1500);
  records[1400].cells.push_back({"late_number", 2.5, "", false});
  records[1400].cells.push_back({"late_integer", std::int64_t{3}, "", false});
  records[1400].cells.push_back({"late_text", "x", "", false});
  records[1400].curve.push_back({"late", "", false, false, {1, 2, 3, 4, 5}});
  records[1400].curve.push_back({"late_count", "", true, false, {1, 2, 3, 4, 5}});
  pack_records(folder / "a.h5", records);
  ResultsReader reader(folder / "a.h5");
  for (const std::size_t i : {0u, 1023u, 1024u, 1399u, 1401u}) {
    const TrialRecord read = reader.record(i);
    EXPECT_TRUE(std::isnan(std::get<double>(cell_of(read, "late_number").value))) << i;
    EXPECT_EQ(std::get<std::int64_t>(cell_of(read, "late_integer").value), -1);
    EXPECT_EQ(std::get<std::string>(cell_of(read, "late_text").value), "");
    EXPECT_TRUE(std::isnan(read.curve.back().values.back()));
    EXPECT_EQ(record_digest(read), record_digest(records[i]));
  }
  const TrialRecord late = reader.record(1400);
  EXPECT_EQ(std::get<double>(cell_of(late, "late_number").value), 2.5);
  EXPECT_EQ(late.curve.back().values, (std::vector<double>{1, 2, 3, 4, 5}));
  EXPECT_EQ(record_digest(late), record_digest(records[1400]));
}

TEST(Results, AColumnBecomesAsWideAsItsTrialsNeed) {
  const TemporaryFolder folder;
  std::vector<TrialRecord> records = samples(2100, 1);
  const auto add = [&](std::size_t i, const std::string& name, auto value) {
    records[i].cells.push_back({name, value, "", false});
  };
  for (std::size_t i = 0; i < 2000; ++i) {
    if (i % 2 == 0) add(i, "to_number", static_cast<std::int64_t>(i));
    add(i, "to_text", 0.1 * static_cast<double>(i));
    add(i, "all_the_way", static_cast<std::int64_t>(i));
  }
  add(2000, "to_number", 0.5);
  add(2000, "to_text", std::string("sutskever(max=0.99)"));
  add(2000, "all_the_way", 0.25);
  add(2050, "all_the_way", std::string("on"));
  add(2051, "to_number", std::int64_t{7});
  pack_records(folder / "a.h5", records);
  ResultsReader reader(folder / "a.h5");
  for (std::size_t i = 0; i < records.size(); ++i)
    ASSERT_EQ(record_digest(reader.record(i)), record_digest(records[i])) << i;
  EXPECT_EQ(std::get<double>(cell_of(reader.record(1998), "to_number").value), 1998.0);
  EXPECT_TRUE(std::isnan(std::get<double>(cell_of(reader.record(1999), "to_number").value)));
  EXPECT_EQ(std::get<std::string>(cell_of(reader.record(1), "to_text").value), "0.1");
  EXPECT_EQ(std::get<std::string>(cell_of(reader.record(2000), "all_the_way").value), "0.25");
}

TEST(Results, RefuseColumnsThatContradictEachOther) {
  const TemporaryFolder folder;
  const auto refused = [&](auto&& change) {
    std::vector<TrialRecord> records = samples(2);
    change(records[1]);
    try {
      pack_records(folder / "a.h5", records);
    } catch (const Error&) {
      return folder.count() == 0;
    }
    return false;
  };
  EXPECT_TRUE(refused([](TrialRecord& r) { r.cells[0].timing = true; }));
  EXPECT_TRUE(refused([](TrialRecord& r) { r.curve[0].integer = false; }));
  EXPECT_TRUE(refused([](TrialRecord& r) { r.id = sample_record(0).id; }));
  EXPECT_TRUE(refused([](TrialRecord& r) {
    r.cells.push_back({"large", std::int64_t{1} << 60, "", false});
    r.cells.push_back({"optimizer.alpha", std::int64_t{1} << 60, "", false});
  }));
}

TEST(ResultsDigest, IsWhatTheFormatSays) {
  const TemporaryFolder folder;
  std::vector<TrialRecord> records = samples(3);
  std::sort(records.begin(), records.end(),
            [](const auto& a, const auto& b) { return a.id < b.id; });
  std::string lines;
  for (const TrialRecord& record : records) lines += record.id + " " + record_digest(record) + "\n";
  EXPECT_EQ(pack_records(folder / "a.h5", records), sha256_hex(lines));
}

TEST(ResultsDigest, DoesNotDependOnOrderNorTiming) {
  const TemporaryFolder folder;
  std::vector<TrialRecord> records = samples(20);
  const std::string digest = pack_records(folder / "a.h5", records);
  std::reverse(records.begin(), records.end());
  for (TrialRecord& record : records) {
    record.curve[3].values.assign(5, 42.0);
    record.cells[13].value = 42.0;
    ASSERT_TRUE(record.cells[13].timing);
  }
  EXPECT_EQ(pack_records(folder / "b.h5", records), digest);
  records[7].curve[4].values[2] = std::nextafter(records[7].curve[4].values[2], 9.0);
  EXPECT_NE(pack_records(folder / "c.h5", records), digest);
}

TEST(ResultsDigest, LeavesOutTrialsOfEarlierPlans) {
  const TemporaryFolder folder;
  const std::string digest = pack_records(folder / "a.h5", samples(3));
  ResultsWriter writer(folder / "b.h5", "suite", {});
  writer.append(sample_record(100, 5), false);
  for (const TrialRecord& record : samples(3)) writer.append(record);
  EXPECT_EQ(writer.finish(), digest);
  ResultsReader reader(folder / "b.h5");
  EXPECT_EQ(reader.size(), 4u);
  EXPECT_FALSE(reader.in_plan(0));
  EXPECT_TRUE(reader.in_plan(1));
  EXPECT_EQ(reader.digest(), digest);
}

TEST(Results, WithoutTrialsAreAFile) {
  const TemporaryFolder folder;
  pack_records(folder / "a.h5", {});
  ResultsReader reader(folder / "a.h5");
  EXPECT_EQ(reader.size(), 0u);
  EXPECT_EQ(reader.digest(), reader.stored_digest());
}

TEST(Results, AnUnfinishedPackLeavesTheEarlierFile) {
  const TemporaryFolder folder;
  const std::string digest = pack_records(folder / "a.h5", samples(3));
  {
    ResultsWriter writer(folder / "a.h5", "suite", {});
    writer.append(sample_record(1));
  }
  {
    const FileSizeLimit limit(100000);
    EXPECT_THROW(pack_records(folder / "a.h5", samples(300, 100)), IoError);
  }
  EXPECT_EQ(folder.count(), 1u);
  EXPECT_EQ(ResultsReader(folder / "a.h5").digest(), digest);
  EXPECT_THROW(pack_records(folder / "no/folder.h5", {}), Error);
}

TEST(Results, RefuseWhatIsNotTheirs) {
  const TemporaryFolder folder;
  pack_records(folder / "a.h5", samples(3));
  const Bytes image = read_bytes(folder / "a.h5");
  const auto refusal = [&](const Bytes& bytes) -> std::string {
    write_quickly(folder / "b.h5", bytes);
    try {
      ResultsReader reader(folder / "b.h5");
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("b.h5"), std::string::npos) << error.what();
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(refusal(image), "");
  for (std::size_t i = 0; i < 100; ++i) {
    Bytes flipped = image, cut = image;
    flipped[i * 7919 % image.size()] ^= static_cast<std::byte>(1u << (i % 8));
    ASSERT_NE(refusal(flipped), "") << i;
    cut.resize(i * 104729 % image.size());
    ASSERT_NE(refusal(cut), "") << i;
  }
  EXPECT_NE(refusal({}), "");
  Bytes other = image;
  seal(other, "ravine-trial", "");
  EXPECT_NE(refusal(other).find("is a ravine-trial file"), std::string::npos);

  // Whole and sealed, but of a later format.
  hdf5::File later = hdf5::File::create(folder / "later.h5");
  later.root().set_integer("format_version", 2);
  later.close();
  seal(folder / "later.h5", kResultsFile, "");
  EXPECT_NE(refusal(read_bytes(folder / "later.h5")).find("format version 2"), std::string::npos);

  const ResultsReader reader(folder / "a.h5");
  reader.expect_suite("suite");
  try {
    reader.expect_suite("batch_norm");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("choose another --output"), std::string::npos);
  }
}

}  // namespace
}  // namespace ravine
