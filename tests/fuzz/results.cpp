#include "ravine/results/result_file.hpp"

#include <cstdint>

#include "fuzz/sealed_file.hpp"
#include "ravine/io/files.hpp"
#include "results/sample_record.hpp"

namespace ravine::fuzz {
namespace {

std::vector<std::byte> sample() {
  const MemoryFile file(".h5");
  ResultsWriter writer(file.path(), "optimizers", {{"commit", "0123"}, {"cpu", "a fast one"}});
  for (int i = 0; i < 3; ++i) {
    TrialRecord record = sample_record(i, 4);
    record.cells.resize(12);
    record.curve.resize(6);
    writer.append(i == 1 ? with_tables(record) : record, i < 2);
  }
  writer.add_checks({{"L1.a", "L1", "a", 1, 1, 1e-6, "s"}});
  writer.finish();
  return read_bytes(file.path());
}

}  // namespace

void results(Input input) {
  static const SealedFile file(sample(), std::string(kResultsFile), "");
  ResultsReader reader(file.edited(input));
  reader.environment();
  reader.digest();
  for (std::size_t i = 0; i < reader.size(); ++i) reader.record(i);
}

}  // namespace ravine::fuzz
