#include "fuzz/sealed_file.hpp"
#include "ravine/core/error.hpp"
#include "ravine/io/files.hpp"
#include "ravine/results/record_file.hpp"
#include "results/sample_record.hpp"

namespace ravine::fuzz {
namespace {

TrialRecord sample() {
  TrialRecord record = with_tables(sample_record(3, 4));
  record.cells.resize(12);
  record.curve.resize(6);
  return record;
}

bool is_refused(const std::filesystem::path& path) {
  try {
    decode_record(read_bytes(path), "trial.h5");
    return false;
  } catch (const Error&) {
    return true;
  }
}

}  // namespace

// An odd first byte: a flipped bit; an even one: a program of edits (sealed_file.hpp).
void spool(Input input) {
  if (input.empty()) return;
  static const SealedFile file(encode_record(sample()), std::string(kTrialFile), "build");
  if (input[0] % 2 == 1)
    return require(is_refused(file.damaged(input.subspan(1))), "the seal notices a flipped bit");
  const TrialRecord record = decode_record(read_bytes(file.edited(input.subspan(1))), "trial.h5");
  const TrialRecord again = decode_record(encode_record(record), "again.h5");
  require(record_digest(record) == record_digest(again), "what was accepted can be stored");
}

}  // namespace ravine::fuzz
