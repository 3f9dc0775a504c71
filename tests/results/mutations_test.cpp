// Files of a spool that were cut, flipped, mixed up or replaced: never a crash, never a wrong
// trial, always named and set aside. RAVINE_MUTATIONS says how many of each kind.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ravine/core/error.hpp"
#include "ravine/core/random.hpp"
#include "ravine/io/files.hpp"
#include "ravine/io/sealed_file.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/results/record_file.hpp"
#include "ravine/results/segment_file.hpp"
#include "ravine/results/spool.hpp"
#include "ravine/run/scheduler.hpp"
#include "ravine/train/catalogs.hpp"
#include "ravine/train/checkpoint.hpp"
#include "ravine/train/trainer.hpp"
#include "results/sample_record.hpp"
#include "support/temporary_folder.hpp"

namespace ravine {
namespace {

using Bytes = std::vector<std::byte>;

int mutations() {
  const char* given = std::getenv("RAVINE_MUTATIONS");
  return given ? std::atoi(given) : 70;
}

/// `whole` with something wrong: cut off, flipped, overwritten, with a piece moved or added, or
/// something else altogether. Never equal to `whole`.
Bytes mutated(const Bytes& whole, RandomStream& random) {
  const auto below = [&](std::size_t count) {
    return static_cast<std::size_t>(random.below(static_cast<std::uint32_t>(count)));
  };
  Bytes bytes = whole;
  switch (below(6)) {
    case 0:
      bytes.resize(below(whole.size()));
      break;
    case 1:
      for (std::size_t flips = 1 + below(3); flips > 0; --flips)
        bytes[below(bytes.size())] ^= static_cast<std::byte>(1u << below(8));
      break;
    case 2: {
      const std::size_t at = below(bytes.size()), length = below(bytes.size() - at) + 1;
      for (std::size_t i = 0; i < length; ++i) bytes[at + i] = static_cast<std::byte>(below(256));
      break;
    }
    case 3: {
      const std::size_t from = below(bytes.size()), to = below(bytes.size());
      const std::size_t length = std::min(bytes.size() - from, bytes.size() - to);
      std::copy_n(whole.begin() + static_cast<std::ptrdiff_t>(from), below(length) + 1,
                  bytes.begin() + static_cast<std::ptrdiff_t>(to));
      break;
    }
    case 4:
      bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(below(bytes.size())), below(600) + 1,
                   std::byte{0});
      break;
    default:
      bytes.assign(below(2 * whole.size()), static_cast<std::byte>(below(256)));
  }
  if (bytes == whole) bytes.back() ^= std::byte{1};
  return bytes;
}

std::size_t damaged_files(const std::filesystem::path& folder) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    count += entry.path().extension() == ".damaged";
  return count;
}

TEST(Mutations, OfATrialNeverCount) {
  const TrialRecord record = sample_record(1, 4);
  const Bytes whole = encode_record(record);
  RandomStream random(1, Purpose::kTest);
  for (int i = 0; i < mutations(); ++i) {
    const TemporaryFolder folder;
    write_quickly(folder / (record.id + ".h5"), mutated(whole, random));
    Spool spool(folder.path());
    ASSERT_TRUE(spool.ids().empty()) << i;
    ASSERT_EQ(spool.warnings().size(), 1u) << i;
    ASSERT_NE(spool.warnings()[0].find(record.id + ".h5.damaged"), std::string::npos) << i;
    ASSERT_EQ(damaged_files(folder.path()), 1u) << i;
  }
}

TEST(Mutations, OfASegmentCostNoTrialThatIsWhole) {
  std::vector<SegmentEntry> entries;
  std::vector<Bytes> images;
  std::map<std::string, std::string> digests;
  for (int i = 0; i < 6; ++i) {
    const TrialRecord record = sample_record(i, 2);
    digests[record.id] = record_digest(record);
    entries.push_back({record.id, record.build_id, outcome_of(record), 0, 0});
    images.push_back(encode_record(record));
  }
  const Bytes whole = encode_segment(entries, images);
  RandomStream random(2, Purpose::kTest);
  std::size_t rescued = 0;
  for (int i = 0; i < mutations(); ++i) {
    const TemporaryFolder folder;
    const Bytes bytes = mutated(whole, random);
    write_quickly(folder / "000001.segment", bytes);
    {
      Spool looking(folder.path(), Spool::Access::kRead);
      for (const std::string& id : looking.ids())
        ASSERT_EQ(record_digest(*looking.read(id)), digests.at(id)) << i;
      ASSERT_EQ(damaged_files(folder.path()), 0u) << i;
    }
    Spool spool(folder.path());
    ASSERT_EQ(spool.warnings().size(), 1u) << i;
    ASSERT_NE(spool.warnings()[0].find("000001.segment.damaged"), std::string::npos) << i;
    for (const std::string& id : spool.ids())
      ASSERT_EQ(record_digest(*spool.read(id)), digests.at(id)) << i;
    // Exactly the images that are still there, byte for byte.
    for (std::size_t k = 0; k < images.size(); ++k) {
      const bool there = std::search(bytes.begin(), bytes.end(), images[k].begin(),
                                     images[k].end()) != bytes.end();
      ASSERT_EQ(spool.contains(entries[k].id), there) << i << ' ' << k;
      rescued += there;
    }
    const Spool again(folder.path());
    ASSERT_EQ(again.ids(), spool.ids());
    ASSERT_TRUE(again.warnings().empty());
  }
  EXPECT_GT(rescued, static_cast<std::size_t>(mutations()));
}

TEST(Mutations, OfACheckpointStartTheTrialAnew) {
  const TemporaryFolder folder;
  const Catalogs catalogs;
  PlannedTrial planned;
  planned.trial.problem = "quadratic(dimension=10)";
  planned.trial.optimizer = "adam";
  planned.trial.steps = 20;
  planned.trial.batch_size = 0;
  planned.trial = canonical(planned.trial, catalogs);
  planned.problem = Catalogs().make_problem(planned.trial.problem);
  planned.spec = trial_spec(planned.trial, "", catalogs);
  planned.id = trial_id(planned.spec);
  planned.total_steps = 20;
  std::atomic<bool> stop = false;
  Progress progress;
  TrialRecord undisturbed;
  ASSERT_TRUE(run_trial(planned, catalogs, {}, stop, progress, undisturbed));

  const std::filesystem::path path = folder / (planned.id + ".checkpoint");
  Trainer half(planned.trial, *planned.problem, catalogs);
  ASSERT_FALSE(half.run([&] { return half.step() == 10; }));
  save_checkpoint(path, half, planned.spec);
  const Bytes whole = read_bytes(path);
  RandomStream random(3, Purpose::kTest);
  for (int i = 0; i < mutations(); ++i) {
    write_quickly(path, mutated(whole, random));
    std::vector<std::string> said;
    const RunOptions options{.checkpoints = folder.path(),
                             .warn = [&](const std::string& text) { said.push_back(text); }};
    TrialRecord record;
    ASSERT_TRUE(run_trial(planned, catalogs, options, stop, progress, record)) << i;
    ASSERT_EQ(record_digest(record), record_digest(undisturbed)) << i;
    ASSERT_EQ(said.size(), 1u) << i;
    ASSERT_TRUE(std::filesystem::remove(path.string() + ".damaged")) << i;
  }
}

TEST(Mutations, SealedAnewByOtherCodeAreNoCheckpointsOfThisTrial) {
  // The seal is right and the content is not: another trial, another shape, another build.
  const TemporaryFolder folder;
  const auto problem = Catalogs().make_problem("quadratic(dimension=10)"),
             other = Catalogs().make_problem("quadratic(dimension=50)");
  Trial trial;
  trial.problem = "quadratic(dimension=10)";
  trial.steps = 20;
  trial.batch_size = 0;
  trial = canonical(trial, Catalogs{});
  Trainer trainer(trial, *problem, Catalogs{}), larger(trial, *other, Catalogs{});
  const auto fresh = [&] { return Trainer(trial, *problem, Catalogs{}); };
  save_checkpoint(folder / "c", larger, "the trial");
  Trainer first = fresh();
  EXPECT_THROW(load_checkpoint(folder / "c", first, "the trial"), Error);
  save_checkpoint(folder / "c", trainer, "another trial");
  Trainer second = fresh();
  EXPECT_THROW(load_checkpoint(folder / "c", second, "the trial"), Error);
  save_checkpoint(folder / "c", trainer, "the trial");
  Bytes image = read_bytes(folder / "c");
  seal(image, "ravine-checkpoint", "another build");
  write_quickly(folder / "c", image);
  Trainer third = fresh();
  EXPECT_EQ(load_checkpoint(folder / "c", third, "the trial"), Loaded::kOtherBuild);
  EXPECT_EQ(third.step(), 0);
}

}  // namespace
}  // namespace ravine
