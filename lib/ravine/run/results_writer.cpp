#include <array>
#include <ctime>
#include <string>
#include <unordered_set>

#include "ravine/core/error.hpp"
#include "ravine/io/files.hpp"
#include "ravine/io/hdf5.hpp"
#include "ravine/io/sealed_file.hpp"
#include "ravine/run/packed_table.hpp"
#include "ravine/run/results.hpp"

namespace ravine {
namespace {

// Rows per chunk: 8 and 64 KiB of numbers, few enough that a small file stays small.
constexpr std::size_t kTrialChunk = 1024, kObservationChunk = 8192;

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

hdf5::Type type_of(const Cell& cell) {
  if (std::holds_alternative<std::string>(cell.value)) return hdf5::Type::kText;
  return std::holds_alternative<double>(cell.value) ? hdf5::Type::kDouble : hdf5::Type::kInt64;
}

}  // namespace

struct ResultsWriter::Impl {
  Impl(std::filesystem::path path, std::string_view suite, const Environment& environment);
  ~Impl() {
    if (!finished) file.abandon();
  }
  void append_cells(const TrialRecord& record, bool in_plan);
  void append_curve(const TrialRecord& record);

  AtomicFile target;
  hdf5::File file;
  hdf5::Group root, trials, curves;
  PackedTable trial_table{trials, kTrialChunk}, size_table{curves, kTrialChunk};
  PackedTable curve_table{curves, kObservationChunk};
  std::unordered_set<std::uint64_t> ids;
  FileDigest digest;
  bool finished = false;
};

ResultsWriter::Impl::Impl(std::filesystem::path path, std::string_view suite,
                          const Environment& environment)
    : target(std::move(path)),
      file(hdf5::File::create(target.temporary())),
      root(file.root()),
      trials(root.add_group("trials")),
      curves(root.add_group("curves")) {
  root.set_text("format", kResultsFile);
  root.set_integer("format_version", kResultsVersion);
  root.set_text("suite", suite);
  root.set_text("created", utc_now());
  hdf5::Group group = root.add_group("environment");
  for (const auto& [key, value] : environment) group.set_text(key, value);
}

void ResultsWriter::Impl::append_cells(const TrialRecord& record, bool in_plan) {
  const auto text = [&](const char* name, const std::string& value) {
    trial_table.column({name, "", false}, hdf5::Type::kText, record).add(value);
  };
  text("id", record.id);
  text("spec", record.spec);
  text("build_id", record.build_id);
  trial_table.column({"in_plan", "", false}, hdf5::Type::kUint8, record)
      .add(std::int64_t{in_plan ? 1 : 0});
  for (const Cell& cell : record.cells)
    trial_table.column({cell.name, cell.unit, cell.timing}, type_of(cell), record).add(cell.value);
  trial_table.end_rows(1);
}

void ResultsWriter::Impl::append_curve(const TrialRecord& record) {
  const auto count = static_cast<std::int64_t>(observation_count(record));
  size_table.column({"row_size", "", false}, hdf5::Type::kInt64, record).add(count);
  size_table.end_rows(1);
  for (const Column& column : record.curve) {
    const hdf5::Type type = column.integer ? hdf5::Type::kInt64 : hdf5::Type::kDouble;
    PackedColumn& packed =
        curve_table.column({column.name, column.unit, column.timing}, type, record);
    if (packed.type() != type)
      fail(
          "column {} holds integers in some trials and numbers in others, as trial {} shows: "
          "rename it",
          column.name, record.id);
    packed.add(column.values);
  }
  curve_table.end_rows(observation_count(record));
}

ResultsWriter::ResultsWriter(std::filesystem::path path, std::string_view suite,
                             const Environment& environment)
    : impl_(std::make_unique<Impl>(std::move(path), suite, environment)) {}

ResultsWriter::~ResultsWriter() = default;

void ResultsWriter::append(const TrialRecord& record, bool in_plan) {
  check_record(record);
  if (!impl_->ids.insert(std::stoull(record.id, nullptr, 16)).second)
    fail("trial {} is packed twice: each trial belongs into a file once", record.id);
  impl_->append_cells(record, in_plan);
  impl_->append_curve(record);
  if (in_plan) impl_->digest.add(record);
}

std::string ResultsWriter::finish() {
  Impl& to = *impl_;
  hdf5::Column trial = to.root.add_column("trial", hdf5::Type::kDouble, kTrialChunk, true);
  hdf5::Column observation =
      to.root.add_column("observation", hdf5::Type::kDouble, kObservationChunk, true);
  trial.make_dimension(to.trial_table.rows());
  observation.make_dimension(to.curve_table.rows());
  if (PackedColumn* row_size = to.size_table.find("row_size"))
    row_size->set_text("sample_dimension", "observation");
  to.trial_table.finish(trial);
  to.size_table.finish(trial);
  to.curve_table.finish(observation);
  const std::string digest = to.digest.finish();
  to.root.set_text("digest", digest);
  to.file.close();
  to.finished = true;
  seal(to.target.temporary(), kResultsFile, "");
  to.target.commit();
  return digest;
}

}  // namespace ravine
