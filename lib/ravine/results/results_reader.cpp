#include <algorithm>
#include <limits>
#include <map>
#include <variant>

#include "ravine/core/error.hpp"
#include "ravine/io/hdf5.hpp"
#include "ravine/io/sealed_file.hpp"
#include "ravine/results/result_file.hpp"

namespace ravine {
namespace {

// A block of trials is read at once; both limits bound its memory, of which merging needs one block
// per input: about 5 MB.
constexpr std::size_t kBlockTrials = 1024, kBlockObservations = 16384;

using Rows = std::variant<std::vector<std::string>, std::vector<double>, std::vector<std::int64_t>,
                          std::vector<std::uint8_t>>;

struct StoredColumn {
  std::string name, unit;
  bool timing;
  hdf5::Type type;
  hdf5::Column column;
};

std::vector<StoredColumn> open_columns(const hdf5::Group& group, std::size_t rows,
                                       std::vector<std::string_view> except) {
  std::vector<StoredColumn> columns;
  for (const std::string& name : group.names()) {
    if (std::find(except.begin(), except.end(), name) != except.end()) continue;
    hdf5::Column column = group.column(name);
    if (column.size() != rows)
      fail("{} has {} rows instead of {}: the file is not in ravine's format", column.where(),
           column.size(), rows);
    const std::string unit = column.has_attribute("units") ? column.text("units") : "";
    const bool timing = column.has_attribute("timing") && column.integer("timing") != 0;
    const hdf5::Type type = column.type();
    columns.push_back({name, unit, timing, type, std::move(column)});
  }
  return columns;
}

Rows read_rows(const StoredColumn& from, std::size_t first, std::size_t count) {
  switch (from.type) {
    case hdf5::Type::kDouble:
      return from.column.read<double>(first, count);
    case hdf5::Type::kInt64:
      return from.column.read<std::int64_t>(first, count);
    case hdf5::Type::kUint8:
      return from.column.read<std::uint8_t>(first, count);
    case hdf5::Type::kText:
      break;
  }
  return from.column.read<std::string>(first, count);
}

Cell make_cell(const StoredColumn& from, const Rows& rows, std::size_t row) {
  Cell cell{from.name, "", from.unit, from.timing};
  if (const auto* texts = std::get_if<std::vector<std::string>>(&rows)) cell.value = (*texts)[row];
  if (const auto* numbers = std::get_if<std::vector<double>>(&rows)) cell.value = (*numbers)[row];
  if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&rows))
    cell.value = (*integers)[row];
  if (const auto* bytes = std::get_if<std::vector<std::uint8_t>>(&rows))
    cell.value = std::int64_t{(*bytes)[row]};
  return cell;
}

Column make_column(const StoredColumn& from, const Rows& rows, std::size_t first,
                   std::size_t count) {
  Column column{from.name, from.unit, from.type == hdf5::Type::kInt64, from.timing, {}};
  const auto begin = static_cast<std::ptrdiff_t>(first),
             end = begin + static_cast<std::ptrdiff_t>(count);
  if (const auto* numbers = std::get_if<std::vector<double>>(&rows))
    column.values.assign(numbers->begin() + begin, numbers->begin() + end);
  else if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&rows))
    for (std::ptrdiff_t i = begin; i < end; ++i) {
      const std::int64_t value = (*integers)[static_cast<std::size_t>(i)];
      column.values.push_back(value == -1 ? std::numeric_limits<double>::quiet_NaN()
                                          : static_cast<double>(value));
    }
  else
    fail("{} holds no numbers: the file is not in ravine's format", from.column.where());
  return column;
}

/// The rows of all trials, one trial after the other (a group with row_size).
struct RaggedColumns {
  std::string name;
  std::vector<std::size_t> starts{0};  // of each trial's rows, and the end of the last
  std::vector<StoredColumn> columns;
  std::vector<Rows> block;  // of the trials in memory

  RaggedColumns(std::string name_, const hdf5::Group& group, std::size_t trials)
      : name(std::move(name_)) {
    constexpr std::int64_t kMost = std::int64_t{1} << 31;  // of one trial: no sum overflows
    for (const std::int64_t size : group.column("row_size").read<std::int64_t>()) {
      if (size < 0 || size > kMost)
        fail("{}/row_size is {} for a trial: the file is not in ravine's format", group.where(),
             size);
      starts.push_back(starts.back() + static_cast<std::size_t>(size));
    }
    if (starts.size() != trials + 1)
      fail("{} has columns of different lengths: the file is not in ravine's format",
           group.where());
    columns = open_columns(group, starts.back(), {"row_size"});
  }
  std::size_t rows(std::size_t first, std::size_t last) const {
    return starts[last] - starts[first];
  }
  void load(std::size_t first, std::size_t last) {
    block.clear();
    for (const StoredColumn& column : columns)
      block.push_back(read_rows(column, starts[first], rows(first, last)));
  }
  std::vector<Column> of(std::size_t trial, std::size_t first) const {
    std::vector<Column> own;
    for (std::size_t i = 0; i < columns.size(); ++i)
      own.push_back(
          make_column(columns[i], block[i], starts[trial] - starts[first], rows(trial, trial + 1)));
    return own;
  }
};

hdf5::File open_verified(const std::filesystem::path& path) {
  verify(path, kResultsFile);
  hdf5::File file = hdf5::File::open(path);
  if (const auto version = file.root().integer("format_version"); version != kResultsVersion)
    fail_version(path.string(), "format version", version, kResultsVersion);
  return file;
}

}  // namespace

struct ResultsReader::Impl {
  explicit Impl(const std::filesystem::path& from);
  void load_checks();
  void load_block(std::size_t trial);
  TrialRecord record(std::size_t trial) const;

  std::filesystem::path path;
  hdf5::File file;
  hdf5::Group root, trials;
  std::string suite, created, digest;
  Environment environment;
  std::vector<Check> checks;
  std::vector<std::string> ids, builds, outcomes;
  std::vector<std::uint8_t> in_plan;
  std::map<std::string, std::size_t, std::less<>> index;
  std::vector<StoredColumn> cells;
  std::vector<RaggedColumns> ragged;  // curves, then the tables

  // Trials [first, last) in memory.
  std::size_t first = 0, last = 0;
  std::vector<std::string> specs;
  std::vector<Rows> block_cells;
};

ResultsReader::Impl::Impl(const std::filesystem::path& from)
    : path(from),
      file(open_verified(from)),
      root(file.root()),
      trials(root.group("trials")),
      suite(root.text("suite")),
      created(root.text("created")),
      digest(root.text("digest")) {
  const hdf5::Group group = root.group("environment");
  for (const std::string& key : group.attribute_names())
    environment.emplace_back(key, group.text(key));
  load_checks();
  if (trials.names().empty()) return;

  ids = trials.column("id").read<std::string>();
  builds = trials.column("build_id").read<std::string>();
  in_plan = trials.column("in_plan").read<std::uint8_t>();
  outcomes = trials.has("outcome") ? trials.column("outcome").read<std::string>()
                                   : std::vector<std::string>(ids.size(), "none");
  for (std::size_t i = 0; i < ids.size(); ++i) index.emplace(ids[i], i);
  if (builds.size() != ids.size() || in_plan.size() != ids.size() || outcomes.size() != ids.size())
    fail("{} has columns of different lengths: the file is not in ravine's format", path.string());
  cells = open_columns(trials, ids.size(), {"id", "spec", "build_id", "in_plan"});
  ragged.emplace_back("curves", root.group("curves"), ids.size());
  for (const std::string& name : root.names())
    if (name != "curves" && root.is_group(name) && root.group(name).has("row_size"))
      ragged.emplace_back(name, root.group(name), ids.size());
}

void ResultsReader::Impl::load_checks() {
  if (!root.has("checks")) return;
  const hdf5::Group group = root.group("checks");
  checks.resize(group.column("id").size());
  const auto read = [&]<class T>(const char* name, T Check::*member) {
    const std::vector<T> values = group.column(name).read<T>();
    if (values.size() != checks.size())
      fail("{} has {} rows instead of {}: the file is not in ravine's format", group.where(),
           values.size(), checks.size());
    for (std::size_t i = 0; i < checks.size(); ++i) checks[i].*member = values[i];
  };
  read("id", &Check::id);
  read("statement", &Check::statement);
  read("quantity", &Check::quantity);
  read("predicted", &Check::predicted);
  read("actual", &Check::actual);
  read("tolerance", &Check::tolerance);
  read("unit", &Check::unit);
}

void ResultsReader::Impl::load_block(std::size_t trial) {
  if (trial >= first && trial < last) return;
  first = last = trial;
  const auto fits = [&] {
    return last - first < kBlockTrials &&
           std::all_of(ragged.begin(), ragged.end(), [&](const RaggedColumns& table) {
             return table.rows(first, last + 1) <= kBlockObservations;
           });
  };
  while (last < ids.size() && (last == first || fits())) ++last;
  specs = trials.column("spec").read<std::string>(first, last - first);
  block_cells.clear();
  for (const StoredColumn& cell : cells)
    block_cells.push_back(read_rows(cell, first, last - first));
  for (RaggedColumns& table : ragged) table.load(first, last);
}

TrialRecord ResultsReader::Impl::record(std::size_t trial) const {
  TrialRecord record{ids[trial], specs[trial - first], builds[trial], {}, {}};
  for (std::size_t i = 0; i < cells.size(); ++i)
    record.cells.push_back(make_cell(cells[i], block_cells[i], trial - first));
  record.curve = ragged.front().of(trial, first);
  for (auto table = ragged.begin() + 1; table != ragged.end(); ++table)
    if (table->rows(trial, trial + 1) > 0)
      record.tables.push_back({table->name, table->of(trial, first)});
  return record;
}

ResultsReader::ResultsReader(const std::filesystem::path& path)
    : impl_(std::make_unique<Impl>(path)) {}
ResultsReader::~ResultsReader() = default;

const std::string& ResultsReader::suite() const { return impl_->suite; }
const std::string& ResultsReader::created() const { return impl_->created; }
const Environment& ResultsReader::environment() const { return impl_->environment; }
std::size_t ResultsReader::size() const { return impl_->ids.size(); }
const std::vector<std::string>& ResultsReader::ids() const { return impl_->ids; }
const std::vector<std::string>& ResultsReader::build_ids() const { return impl_->builds; }
bool ResultsReader::in_plan(std::size_t trial) const { return impl_->in_plan.at(trial) != 0; }
const std::string& ResultsReader::outcome(std::size_t trial) const {
  return impl_->outcomes.at(trial);
}
const std::vector<Check>& ResultsReader::checks() const { return impl_->checks; }
const std::string& ResultsReader::stored_digest() const { return impl_->digest; }

void ResultsReader::expect_suite(std::string_view suite) const {
  if (impl_->suite != suite)
    fail("{} holds results of the suite {}, not of {}: choose another --output",
         impl_->path.string(), impl_->suite, suite);
}

std::optional<std::size_t> ResultsReader::find(const std::string& id) const {
  const auto found = impl_->index.find(id);
  if (found == impl_->index.end()) return std::nullopt;
  return found->second;
}

TrialRecord ResultsReader::record(std::size_t trial) {
  if (trial >= size())
    fail("trial number {} was requested, but {} has {}: count from 0", trial, impl_->path.string(),
         size());
  impl_->load_block(trial);
  return impl_->record(trial);
}

std::string ResultsReader::digest() {
  FileDigest digest;
  for (std::size_t i = 0; i < size(); ++i)
    if (in_plan(i)) digest.add(record(i));
  for (const Check& check : checks()) digest.add(check);
  return digest.finish();
}

}  // namespace ravine
