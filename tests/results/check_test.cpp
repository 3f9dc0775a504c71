// Checks from the suite to the file: verdicts, digest, merging.
#include "ravine/results/check.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "ravine/core/error.hpp"
#include "ravine/results/merge.hpp"
#include "ravine/results/result_file.hpp"
#include "results/sample_record.hpp"
#include "support/refusal.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

Check sample_check(const std::string& id, double actual = 1.5) {
  return {id, "Speed tends to a limit.", "speed", 1.5, actual, 1e-12, "1/step"};
}

std::string pack_checks(const std::filesystem::path& path, int first, int step,
                        const std::vector<Check>& checks) {
  ResultsWriter writer(path, "suite", {{"host", "here"}});
  for (int i = first; i < 6; i += step) writer.append(sample_record(i, 3));
  writer.add_checks(checks);
  return writer.finish();
}

TEST(Check, ToleranceIsRelativeAboveOneAndAbsoluteBelow) {
  const auto holds = [](double predicted, double actual) {
    return Check{"a", "", "", predicted, actual, 0.01}.holds();
  };
  EXPECT_TRUE(holds(200, 202));
  EXPECT_FALSE(holds(200, 202.1));
  EXPECT_TRUE(holds(-200, -198));
  EXPECT_TRUE(holds(0.001, 0.0109));
  EXPECT_FALSE(holds(0.001, 0.0111));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(holds(nan, nan));
  EXPECT_FALSE(holds(1, std::numeric_limits<double>::infinity()));
}

TEST(Check, EveryFieldIsPartOfTheDigest) {
  const Check check = sample_check("L10.speed");
  for (const Check& other :
       {Check{"L10.spee", "d", "speed", 1.5, 1.5, 1e-12, "1/step"}, sample_check("L10.other"),
        sample_check("L10.speed", 1.5000000000000002),
        Check{check.id, "x", check.quantity, 1.5, 1.5, 1e-12, check.unit},
        Check{check.id, check.statement, "x", 1.5, 1.5, 1e-12, check.unit},
        Check{check.id, check.statement, check.quantity, 1.6, 1.5, 1e-12, check.unit},
        Check{check.id, check.statement, check.quantity, 1.5, 1.5, 1e-11, check.unit},
        Check{check.id, check.statement, check.quantity, 1.5, 1.5, 1e-12, ""}})
    EXPECT_NE(check_digest(other), check_digest(check)) << other.id;
  EXPECT_EQ(check_digest(sample_check("L10.speed")), check_digest(check));
}

TEST(Check, IdsAndTolerancesAreValidated) {
  EXPECT_THROW(validate_checks({sample_check("a"), sample_check("a")}), Error);
  EXPECT_THROW(validate_checks({sample_check("")}), Error);
  Check check = sample_check("a");
  check.tolerance = -1;
  EXPECT_THROW(validate_checks({check}), Error);
  validate_checks({sample_check("a"), sample_check("b")});
}

TEST(Check, FilesGiveThemBackAndTheirDigestCoversThem) {
  const TemporaryFolder folder;
  const std::string without = pack_checks(folder / "without.h5", 0, 1, {});
  const std::string with =
      pack_checks(folder / "with.h5", 0, 1, {sample_check("b"), sample_check("a")});
  EXPECT_NE(with, without);
  EXPECT_NE(pack_checks(folder / "other.h5", 0, 1, {sample_check("b"), sample_check("a", 2)}),
            with);
  EXPECT_EQ(pack_checks(folder / "order.h5", 0, 1, {sample_check("a"), sample_check("b")}), with);

  EXPECT_TRUE(ResultsReader(folder / "without.h5").checks().empty());
  ResultsReader reader(folder / "with.h5");
  EXPECT_EQ(reader.digest(), with);
  ASSERT_EQ(reader.checks().size(), 2u);
  EXPECT_EQ(reader.checks()[0].id, "b");
  for (const Check& check : reader.checks())
    EXPECT_EQ(check_digest(check), check_digest(sample_check(check.id)));
}

TEST(Check, MergingKeepsThemOnceAndRefusesContradictions) {
  const TemporaryFolder folder;
  const std::string whole =
      pack_checks(folder / "whole.h5", 0, 1, {sample_check("a"), sample_check("b")});
  pack_checks(folder / "0.h5", 0, 2, {sample_check("a"), sample_check("b")});
  pack_checks(folder / "1.h5", 1, 2, {});
  pack_checks(folder / "same.h5", 1, 2, {sample_check("b")});
  EXPECT_EQ(merge_results(folder / "m.h5", {folder / "1.h5", folder / "0.h5"}).digest, whole);
  EXPECT_EQ(merge_results(folder / "n.h5", {folder / "same.h5", folder / "0.h5"}).digest, whole);
  pack_checks(folder / "odd.h5", 1, 2, {sample_check("b", 2)});
  const std::string said = refusal_of([&] {
    merge_results(folder / "x.h5", {folder / "odd.h5", folder / "0.h5"});
  });
  EXPECT_NE(said.find("check b differs between"), std::string::npos) << said;
  EXPECT_FALSE(std::filesystem::exists(folder / "x.h5"));
}

}  // namespace
}  // namespace ravine
