#include "ravine/results/record.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ravine/core/error.hpp"
#include "ravine/results/record_file.hpp"
#include "results/sample_record.hpp"

namespace ravine {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(Record, OutcomesHaveTheirNames) {
  EXPECT_EQ(outcome_name(Outcome::kCompleted), "completed");
  EXPECT_EQ(outcome_name(Outcome::kTargetReached), "target_reached");
  EXPECT_EQ(outcome_name(Outcome::kStuck), "stuck");
  EXPECT_EQ(outcome_name(Outcome::kDiverged), "diverged");
  EXPECT_EQ(outcome_name(Outcome::kFailed), "failed");
}

TEST(Record, FindsTextsOnly) {
  const TrialRecord record = sample_record(1);
  EXPECT_EQ(text_cell(record, "batch_norm"), "hidden");
  EXPECT_THROW(text_cell(record, "absent"), Error);
  EXPECT_THROW(text_cell(record, "seed"), Error);
}

TEST(RecordDigest, CoversEveryResultBit) {
  const std::string digest = record_digest(sample_record(1));
  EXPECT_EQ(digest, record_digest(sample_record(1)));
  const auto changed = [&](auto&& change) {
    TrialRecord record = sample_record(1);
    change(record);
    return record_digest(record) != digest;
  };
  EXPECT_TRUE(changed([](TrialRecord& r) { r.id[0] ^= 1; }));
  EXPECT_TRUE(changed([](TrialRecord& r) { r.spec += ' '; }));
  EXPECT_TRUE(changed([](TrialRecord& r) { cell_of(r, "outcome").value = "failed"; }));
  EXPECT_TRUE(changed([](TrialRecord& r) { cell_of(r, "steps").value = std::int64_t{7}; }));
  EXPECT_TRUE(changed([](TrialRecord& r) { cell_of(r, "learning_rate").name = "rate"; }));
  EXPECT_TRUE(changed([](TrialRecord& r) {
    double& rate = std::get<double>(cell_of(r, "learning_rate").value);
    rate = std::nextafter(rate, 1.0);
  }));
  for (std::size_t row : {0u, 30u, 59u})
    EXPECT_TRUE(changed([&](TrialRecord& r) {
      double& value = r.curve.back().values[row];
      value = std::nextafter(value, 2.0);
    }));
  EXPECT_TRUE(changed([](TrialRecord& r) {
    for (Column& column : r.curve) column.values.pop_back();
  }));
  EXPECT_TRUE(changed([](TrialRecord& r) { std::swap(r.curve[5].values, r.curve[6].values); }));
  EXPECT_TRUE(changed([](TrialRecord& r) { r.curve[4].values[0] = -r.curve[4].values[0]; }));
}

TEST(RecordDigest, LeavesOutTimingAndTheBuild) {
  TrialRecord record = sample_record(1);
  const std::string digest = record_digest(record);
  record.build_id = "another";
  cell_of(record, "train_seconds").value = 99.0;
  cell_of(record, "workspace_bytes").value = std::int64_t{1};
  record.curve[3].values.assign(record.curve[3].values.size(), 1e9);
  ASSERT_TRUE(record.curve[3].timing);
  EXPECT_EQ(record_digest(record), digest);
}

TEST(RecordDigest, IsTheSameForWhatAFileGivesBack) {
  TrialRecord record = sample_record(1);
  const std::string digest = record_digest(record);
  std::reverse(record.cells.begin(), record.cells.end());
  std::reverse(record.curve.begin(), record.curve.end());
  record.cells.push_back({"of another trial", kNaN, "", false});
  record.cells.push_back({"and another", std::int64_t{-1}, "", false});
  record.cells.push_back({"text of another", "", "", false});
  record.curve.push_back({"column of another", "", false, false, std::vector<double>(60, kNaN)});
  cell_of(record, "batch_size").value = 128.0;
  cell_of(record, "learning_rate").value = "0.002";
  EXPECT_EQ(record_digest(record), digest);
}

TEST(RecordDigest, TreatsAllNaNsAsOne) {
  TrialRecord one = sample_record(1), two = sample_record(1);
  one.curve[5].values[3] = kNaN;
  two.curve[5].values[3] = -kNaN;
  EXPECT_EQ(record_digest(one), record_digest(two));
}

TEST(CheckRecord, RefusesWhatNoFileCanHold) {
  const auto refused = [](auto&& change) {
    TrialRecord record = sample_record(1);
    change(record);
    try {
      check_record(record);
    } catch (const Error&) {
      return true;
    }
    return false;
  };
  EXPECT_FALSE(refused([](TrialRecord&) {}));
  EXPECT_TRUE(refused([](TrialRecord& r) { r.id = "../../etc/passwd"; }));
  EXPECT_TRUE(refused([](TrialRecord& r) { r.id[3] = 'A'; }));
  EXPECT_TRUE(refused([](TrialRecord& r) { r.cells[0].name = "a/b"; }));
  EXPECT_TRUE(refused([](TrialRecord& r) { r.cells[0].name = ""; }));
  EXPECT_TRUE(refused([](TrialRecord& r) { r.cells[0].name = "in_plan"; }));
  EXPECT_TRUE(refused([](TrialRecord& r) { r.cells[1].name = r.cells[0].name; }));
  EXPECT_TRUE(refused([](TrialRecord& r) { r.curve[1].values.pop_back(); }));
}

TEST(RecordDigest, CoversTablesThatHaveRows) {
  const TrialRecord plain = sample_record(1), full = with_tables(plain);
  EXPECT_NE(record_digest(full), record_digest(plain));
  TrialRecord other = full;
  std::swap(other.tables[0], other.tables[1]);
  EXPECT_EQ(record_digest(other), record_digest(full));
  other.tables[0].columns[1].values[3] += 1e-15;
  EXPECT_NE(record_digest(other), record_digest(full));
  other = with_tables(sample_record(1, 0));
  EXPECT_EQ(record_digest(other), record_digest(sample_record(1, 0)));
}

TEST(Record, TablesHaveNamesOfTheirOwnAndColumnsOfOneLength) {
  const auto refused = [](auto&& spoil) {
    TrialRecord record = with_tables(sample_record(1));
    spoil(record);
    EXPECT_THROW(check_record(record), Error);
  };
  refused([](TrialRecord& r) { r.tables[1].name = "diagnostics"; });
  refused([](TrialRecord& r) { r.tables[1].name = "curves"; });
  refused([](TrialRecord& r) { r.tables[1].name = "a/b"; });
  refused([](TrialRecord& r) { r.tables[0].columns[1].values.pop_back(); });
  refused([](TrialRecord& r) { r.tables[0].columns[1].name = "step"; });
}

TEST(RecordFile, KeepsTables) {
  const TrialRecord full = with_tables(sample_record(5));
  const TrialRecord read = decode_record(encode_record(full), "a file");
  EXPECT_EQ(record_digest(read), record_digest(full));
  EXPECT_EQ(read.tables.size(), 2u);
  EXPECT_TRUE(decode_record(encode_record(sample_record(5)), "a file").tables.empty());
}

}  // namespace
}  // namespace ravine
