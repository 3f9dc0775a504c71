#include <array>
#include <ctime>
#include <deque>
#include <string>
#include <unordered_set>

#include "ravine/core/error.hpp"
#include "ravine/io/atomic_file.hpp"
#include "ravine/io/hdf5.hpp"
#include "ravine/io/sealed_file.hpp"
#include "ravine/results/component_table.hpp"
#include "ravine/results/packed_table.hpp"
#include "ravine/results/result_file.hpp"
#include "ravine/results/vocabulary.hpp"

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

/// The rows of all trials, one trial after the other, in a group of their own: columns and, in
/// row_size, how many rows each trial has.
class RaggedTable {
 public:
  /// `trials` have come before, without any rows.
  RaggedTable(hdf5::Group& root, std::string name, std::string dimension, std::size_t trials)
      : root_(root),
        group_(root.add_group(name)),
        name_(std::move(name)),
        dimension_(std::move(dimension)) {
    while (trials-- > 0) skip();
  }
  const std::string& name() const { return name_; }
  std::size_t trials() const { return sizes_.rows(); }

  void append(const std::vector<Column>& columns, const TrialRecord& record) {
    const std::size_t rows = columns.empty() ? 0 : columns.front().values.size();
    add_size(rows, record);
    for (const Column& column : columns) {
      const hdf5::Type type = column.integer ? hdf5::Type::kInt64 : hdf5::Type::kDouble;
      PackedColumn& packed = rows_.column({column.name, column.unit, column.timing}, type, record);
      if (packed.type() != type)
        fail(
            "column {} holds integers in some trials and numbers in others, as trial {} shows: "
            "rename it",
            column.name, record.id);
      packed.add(column.values);
    }
    rows_.end_rows(rows);
  }
  /// A trial without rows.
  void skip() { add_size(0, {}); }

  void finish(hdf5::Column& trial) {
    hdf5::Column dimension =
        root_.add_column(dimension_, hdf5::Type::kDouble, kObservationChunk, true);
    dimension.make_dimension(rows_.rows());
    if (PackedColumn* row_size = sizes_.find("row_size"))
      row_size->set_text("sample_dimension", dimension_);
    sizes_.finish(trial);
    rows_.finish(dimension);
  }

 private:
  void add_size(std::size_t rows, const TrialRecord& record) {
    sizes_.column({"row_size", "", false}, hdf5::Type::kInt64, record)
        .add(static_cast<std::int64_t>(rows));
    sizes_.end_rows(1);
  }

  hdf5::Group& root_;
  hdf5::Group group_;
  std::string name_, dimension_;
  PackedTable sizes_{group_, kTrialChunk}, rows_{group_, kObservationChunk};
};

}  // namespace

struct ResultsWriter::Impl {
  Impl(std::filesystem::path path, std::string_view suite, const Environment& environment);
  ~Impl() {
    if (!finished) file.abandon();
  }
  void append_cells(const TrialRecord& record, bool in_plan);
  void append_rows(const TrialRecord& record);
  RaggedTable& table(const std::string& name);
  void write_checks();

  AtomicFile target;
  hdf5::File file;
  hdf5::Group root, trials;
  PackedTable trial_table{trials, kTrialChunk};
  ComponentTable components{root};
  RaggedTable curves{root, "curves", "observation", 0};
  std::deque<RaggedTable> tables;  // in order of appearance
  std::unordered_set<std::uint64_t> ids;
  std::vector<Check> checks;
  FileDigest digest;
  bool finished = false;
};

ResultsWriter::Impl::Impl(std::filesystem::path path, std::string_view suite,
                          const Environment& environment)
    : target(std::move(path)),
      file(hdf5::File::create(target.handle())),
      root(file.root()),
      trials(root.add_group("trials")) {
  root.set_text("format", kResultsFile);
  root.set_integer("format_version", kResultsVersion);
  root.set_text("suite", suite);
  root.set_text("created", utc_now());
  hdf5::Group group = root.add_group("environment");
  for (const auto& [key, value] : environment) group.set_text(key, value);
  write_vocabulary(root, trials);
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
  components.add(record);
}

RaggedTable& ResultsWriter::Impl::table(const std::string& name) {
  for (RaggedTable& known : tables)
    if (known.name() == name) return known;
  return tables.emplace_back(root, name, name + "_row", curves.trials());
}

void ResultsWriter::Impl::append_rows(const TrialRecord& record) {
  for (const Table& rows : record.tables)
    if (row_count(rows) > 0) table(rows.name).append(rows.columns, record);
  curves.append(record.curve, record);
  for (RaggedTable& known : tables)
    if (known.trials() < curves.trials()) known.skip();
}

ResultsWriter::ResultsWriter(std::filesystem::path path, std::string_view suite,
                             const Environment& environment)
    : impl_(std::make_unique<Impl>(std::move(path), suite, environment)) {}

ResultsWriter::~ResultsWriter() = default;

void ResultsWriter::append(const TrialRecord& record, bool in_plan) {
  check_record(record);
  if (!impl_->ids.insert(std::stoull(record.id, nullptr, 16)).second)
    fail("trial {} is packed twice: a file must contain each trial only once", record.id);
  impl_->append_cells(record, in_plan);
  impl_->append_rows(record);
  if (in_plan) impl_->digest.add(record);
}

void ResultsWriter::add_checks(const std::vector<Check>& checks) {
  impl_->checks.insert(impl_->checks.end(), checks.begin(), checks.end());
  validate_checks(impl_->checks);
}

void ResultsWriter::Impl::write_checks() {
  if (checks.empty()) return;
  hdf5::Group group = root.add_group("checks");
  hdf5::Column dimension = root.add_column("check", hdf5::Type::kDouble, kTrialChunk, true);
  dimension.make_dimension(checks.size());
  const auto write = [&]<class T>(const char* name, T Check::*member) {
    std::vector<T> values;
    for (const Check& check : checks) values.push_back(check.*member);
    group.write<T>(name, values).attach(dimension);
  };
  write("id", &Check::id);
  write("statement", &Check::statement);
  write("quantity", &Check::quantity);
  write("predicted", &Check::predicted);
  write("actual", &Check::actual);
  write("tolerance", &Check::tolerance);
  write("unit", &Check::unit);
}

std::string ResultsWriter::finish(const std::function<void()>& last_look) {
  Impl& to = *impl_;
  to.write_checks();
  for (const Check& check : to.checks) to.digest.add(check);
  hdf5::Column trial = to.root.add_column("trial", hdf5::Type::kDouble, kTrialChunk, true);
  trial.make_dimension(to.trial_table.rows());
  to.trial_table.finish(trial);
  to.components.finish();
  to.curves.finish(trial);
  for (RaggedTable& table : to.tables) table.finish(trial);
  const std::string digest = to.digest.finish();
  to.root.set_text("digest", digest);
  to.file.close();
  to.finished = true;
  seal(to.target.handle(), kResultsFile, "");
  if (last_look) last_look();
  to.target.commit();
  return digest;
}

}  // namespace ravine
