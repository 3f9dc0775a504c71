// What it costs to keep a finished trial: its bytes, the durable write into the spool, the pack.
// The limits are the seal's SHA-256 and plain durable writes of as many bytes, measured beside.

#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <string_view>
#include <vector>

#include "finished_trial.hpp"
#include "ravine/core/digest.hpp"
#include "ravine/core/environment.hpp"
#include "ravine/io/atomic_file.hpp"
#include "ravine/io/files.hpp"
#include "ravine/results/record_file.hpp"
#include "ravine/results/result_file.hpp"
#include "ravine/results/spool.hpp"
#include "rows.hpp"
#include "work.hpp"

namespace ravine::kernels {
namespace {

const TrialRecord& finished_trial() {
  static const TrialRecord record =
      run_to_end(standard_trial("mlp(data=glyphs, hidden=32, train=2000)"), Catalogs());
  return record;
}

// The same trial under another name.
TrialRecord renamed(int number) {
  TrialRecord record = finished_trial();
  record.id = fmt::format("{:016x}", number);
  return record;
}

template <class F>
double seconds_of(int calls, F&& f) {
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < calls; ++i) f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() / calls;
}

double plain_write_seconds(const std::filesystem::path& folder, std::size_t bytes, int calls) {
  const std::vector<std::byte> content(bytes);
  return seconds_of(calls, [&] { replace_file(folder / "plain", content); });
}

void time_encoding(benchmark::State& state, const Limits& limits) {
  const TrialRecord& record = finished_trial();
  const std::vector<std::byte> image = encode_record(record);
  const std::string_view text(reinterpret_cast<const char*>(image.data()), image.size());
  const double seconds = seconds_of(1000, [&] { benchmark::DoNotOptimize(sha256_hex(text)); });
  for (auto _ : state) benchmark::DoNotOptimize(encode_record(record));
  state.counters["bytes"] = static_cast<double>(image.size());
  report(state, limits, {.seconds = seconds, .bound = "SHA-256"});
}

void time_spool_write(benchmark::State& state, const Limits& limits) {
  const TemporaryFolder folder;
  Spool spool(folder.path() / "spool");
  const TrialRecord& record = finished_trial();
  const double seconds = plain_write_seconds(folder.path(), encode_record(record).size(), 100);
  for (auto _ : state) spool.write(record);
  report(state, limits, {.seconds = seconds, .bound = "durable write"});
}

void time_pack(benchmark::State& state, const Limits& limits, int trials) {
  const TemporaryFolder folder;
  Spool spool(folder.path() / "spool");
  for (int i = 0; i < trials; ++i) spool.write(renamed(i));
  const std::filesystem::path output = folder.path() / "packed.h5";
  const Environment environment = collect_environment();
  const auto pack = [&] {
    ResultsWriter writer(output, "kernels", environment);
    for (const std::string& id : spool.ids()) writer.append(*spool.read(id));
    writer.finish();
  };
  pack();
  const double seconds = plain_write_seconds(folder.path(), std::filesystem::file_size(output), 10);
  for (auto _ : state) pack();
  state.counters["bytes"] = static_cast<double>(std::filesystem::file_size(output));
  report(state, limits, {.seconds = seconds, .bound = "durable write"});
}

}  // namespace

void add_storage(const Limits& limits) {
  add_row("storage/encode_trial", [&](benchmark::State& state) { time_encoding(state, limits); });
  add_wall_row("storage/spool_write",
               [&](benchmark::State& state) { time_spool_write(state, limits); });
  constexpr int kTrials = 100;
  add_wall_row(fmt::format("storage/pack/{}", kTrials),
               [&](benchmark::State& state) { time_pack(state, limits, kTrials); });
}

}  // namespace ravine::kernels
