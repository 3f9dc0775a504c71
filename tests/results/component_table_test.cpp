#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "ravine/io/hdf5.hpp"
#include "ravine/results/merge.hpp"
#include "ravine/results/result_file.hpp"
#include "results/sample_record.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

using Lines = std::vector<std::string>;

TrialRecord trial_of(int number, const std::vector<std::pair<std::string, std::string>>& fields) {
  TrialRecord record = sample_record(number, 3);
  for (const auto& [name, text] : fields)
    for (Cell& cell : record.cells)
      if (cell.name == name) cell.value = text;
  return record;
}

/// The rows of /components that a text has: "name  adam", "argument beta1 0.9", ...
Lines rows_of(const std::filesystem::path& path, const std::string& text) {
  const hdf5::File file = hdf5::File::open(path);
  const hdf5::Group group = file.root().group("components");
  const auto read = [&](const char* name) { return group.column(name).read<std::string>(); };
  const Lines texts = read("text"), kinds = read("kind"), keys = read("key"),
              values = read("value");
  Lines rows;
  for (std::size_t i = 0; i < texts.size(); ++i)
    if (texts[i] == text) rows.push_back(kinds[i] + " " + keys[i] + " " + values[i]);
  return rows;
}

TEST(ComponentTable, EachTextHasItsPartsOnce) {
  const TemporaryFolder folder;
  const std::string inner = "adam(beta1=0.9, beta2=ramp(max=0.99, by=2))",
                    outer = "lookahead(inner=" + inner + ", k=5)",
                    averages = "polyak(start=0), ema(decay=0.9)",
                    problem = "mlp(data=\"a, b(1.csv\", target=\"say \"\"hi\"\", you\", hidden=4)";
  ResultsWriter writer(folder / "a.h5", "suite", {});
  for (int i = 0; i < 3; ++i)
    writer.append(trial_of(i, {{"optimizer", outer},
                               {"averaging", averages},
                               {"problem", problem},
                               {"batch_norm", "input+hidden"}}));
  writer.append(trial_of(3, {{"optimizer", "sgd"}, {"problem", "net(layers=dense(10) relu)"}}));
  const std::string digest = writer.finish();

  const auto rows = [&](const std::string& text) { return rows_of(folder / "a.h5", text); };
  EXPECT_EQ(rows(outer), (Lines{"name  lookahead", "argument inner " + inner, "argument k 5"}));
  EXPECT_EQ(rows(inner),
            (Lines{"name  adam", "argument beta1 0.9", "argument beta2 ramp(max=0.99, by=2)"}));
  EXPECT_EQ(rows("ramp(max=0.99, by=2)"),
            (Lines{"name  ramp", "argument max 0.99", "argument by 2"}));
  EXPECT_EQ(rows(averages), (Lines{"element  polyak(start=0)", "element  ema(decay=0.9)"}));
  EXPECT_EQ(rows("ema(decay=0.9)"), (Lines{"name  ema", "argument decay 0.9"}));
  EXPECT_EQ(rows(problem), (Lines{"name  mlp", "argument data a, b(1.csv",
                                  "argument target say \"hi\", you", "argument hidden 4"}));
  EXPECT_EQ(rows("input+hidden"), Lines{"name  input+hidden"});
  EXPECT_EQ(rows("sgd"), Lines{"name  sgd"});
  EXPECT_EQ(rows("net(layers=dense(10) relu)"),
            (Lines{"name  net", "argument layers dense(10) relu"}));
  EXPECT_EQ(rows("completed"), Lines{}) << "an outcome is not a field of a trial";

  // Merging writes the table anew, for exactly the trials that are there; the digest is the same.
  const MergeReport merged = merge_results(folder / "b.h5", {folder / "a.h5"}, "");
  EXPECT_EQ(merged.digest, digest);
  EXPECT_EQ(rows_of(folder / "b.h5", outer), rows(outer));
}

}  // namespace
}  // namespace ravine
