// write_sample_results FILE TRIALS OBSERVATIONS: a packed file for the tests of its format.
#include <cstdlib>

#include "ravine/results/result_file.hpp"
#include "results/sample_record.hpp"

int main(int count, char** values) {
  if (count != 4) return 2;
  const auto observations = static_cast<std::size_t>(std::atoi(values[3]));
  ravine::ResultsWriter writer(values[1], "sample", ravine::collect_environment());
  for (int i = 0; i < std::atoi(values[2]); ++i) {
    const ravine::TrialRecord record = ravine::sample_record(i, observations);
    writer.append(i % 3 == 2 ? ravine::with_tables(record) : record, i != 1);
  }
  writer.finish();
}
