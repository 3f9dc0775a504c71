#include "ravine/results/record_file.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

#include "ravine/core/error.hpp"
#include "ravine/io/hdf5.hpp"
#include "ravine/io/sealed_file.hpp"

namespace ravine {
namespace {

constexpr std::int64_t kFormatVersion = 1;
constexpr std::uint8_t kText = 0, kNumber = 1, kInteger = 2, kTiming = 16;

using Texts = std::vector<std::string>;

template <class T>
void write(hdf5::Group& group, const char* name, const std::vector<T>& rows) {
  group.write(name, std::span<const T>(rows));
}

template <class T>
std::vector<T> read(const hdf5::Group& group, const char* name) {
  return group.column(name).read<T>();
}

void write_cells(hdf5::Group group, const std::vector<Cell>& cells) {
  Texts names, units, texts;
  std::vector<std::uint8_t> kinds;
  std::vector<double> numbers;
  std::vector<std::int64_t> integers;
  for (const Cell& cell : cells) {
    const auto* text = std::get_if<std::string>(&cell.value);
    const auto* number = std::get_if<double>(&cell.value);
    const auto* integer = std::get_if<std::int64_t>(&cell.value);
    names.push_back(cell.name);
    units.push_back(cell.unit);
    texts.push_back(text ? *text : "");
    numbers.push_back(number ? *number : std::numeric_limits<double>::quiet_NaN());
    integers.push_back(integer ? *integer : -1);
    const std::uint8_t kind = text ? kText : number ? kNumber : kInteger;
    kinds.push_back(static_cast<std::uint8_t>(kind + (cell.timing ? kTiming : 0)));
  }
  write(group, "name", names);
  write(group, "unit", units);
  write(group, "kind", kinds);
  write(group, "text", texts);
  write(group, "number", numbers);
  write(group, "integer", integers);
}

void write_curve(hdf5::Group group, const std::vector<Column>& curve) {
  Texts names, units;
  std::vector<std::uint8_t> kinds;
  std::vector<double> values;
  for (const Column& column : curve) {
    names.push_back(column.name);
    units.push_back(column.unit);
    const std::uint8_t kind = column.integer ? kInteger : kNumber;
    kinds.push_back(static_cast<std::uint8_t>(kind + (column.timing ? kTiming : 0)));
    values.insert(values.end(), column.values.begin(), column.values.end());
  }
  write(group, "name", names);
  write(group, "unit", units);
  write(group, "kind", kinds);
  write(group, "values", values);
}

bool is_kind(std::uint8_t kind, std::uint8_t least) {
  return kind % kTiming >= least && kind % kTiming <= kInteger && kind < 2 * kTiming;
}

[[noreturn]] void fail_format(const hdf5::Group& group) {
  fail("{} is not a valid ravine trial: remove the file", group.where());
}

std::vector<Cell> read_cells(const hdf5::Group& group) {
  const auto names = read<std::string>(group, "name"), units = read<std::string>(group, "unit");
  const auto texts = read<std::string>(group, "text");
  const auto kinds = read<std::uint8_t>(group, "kind");
  const auto numbers = read<double>(group, "number");
  const auto integers = read<std::int64_t>(group, "integer");
  const std::size_t count = names.size();
  if (units.size() != count || texts.size() != count || kinds.size() != count ||
      numbers.size() != count || integers.size() != count)
    fail_format(group);
  std::vector<Cell> cells(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_kind(kinds[i], kText)) fail_format(group);
    cells[i] = {names[i], texts[i], units[i], kinds[i] >= kTiming};
    if (kinds[i] % kTiming == kNumber) cells[i].value = numbers[i];
    if (kinds[i] % kTiming == kInteger) cells[i].value = integers[i];
  }
  return cells;
}

std::vector<Column> read_curve(const hdf5::Group& group) {
  const auto names = read<std::string>(group, "name"), units = read<std::string>(group, "unit");
  const auto kinds = read<std::uint8_t>(group, "kind");
  const auto values = read<double>(group, "values");
  const std::size_t count = names.size(), rows = count > 0 ? values.size() / count : 0;
  if (units.size() != count || kinds.size() != count || values.size() != rows * count)
    fail_format(group);
  std::vector<Column> curve(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_kind(kinds[i], kNumber)) fail_format(group);
    const double* first = values.data() + i * rows;
    curve[i] = {names[i],
                units[i],
                kinds[i] % kTiming == kInteger,
                kinds[i] >= kTiming,
                {first, first + rows}};
  }
  return curve;
}

void write_tables(hdf5::Group& root, const std::vector<Table>& tables) {
  const bool any = std::any_of(tables.begin(), tables.end(),
                               [](const Table& table) { return row_count(table) > 0; });
  if (!any) return;
  hdf5::Group group = root.add_group("tables");
  for (const Table& table : tables)
    if (row_count(table) > 0) write_curve(group.add_group(table.name), table.columns);
}

std::vector<Table> read_tables(const hdf5::Group& root) {
  std::vector<Table> tables;
  if (!root.has("tables")) return tables;
  const hdf5::Group group = root.group("tables");
  for (const std::string& name : group.names())
    tables.push_back({name, read_curve(group.group(name))});
  return tables;
}

}  // namespace

std::vector<std::byte> encode_record(const TrialRecord& record) {
  check_record(record);
  hdf5::File file = hdf5::File::create_in_memory();
  hdf5::Group root = file.root();
  root.set_text("format", kTrialFile);
  root.set_integer("format_version", kFormatVersion);
  write(root, "identity", Texts{record.id, record.spec, record.build_id});
  write_cells(root.add_group("cells"), record.cells);
  write_curve(root.add_group("curve"), record.curve);
  write_tables(root, record.tables);
  std::vector<std::byte> image = file.image();
  seal(image, kTrialFile, record.build_id);
  return image;
}

TrialRecord decode_record(std::span<const std::byte> image, std::string_view name) {
  verify(image, kTrialFile, name);
  const hdf5::File file = hdf5::File::open_image(image);
  const hdf5::Group root = file.root();
  if (const auto version = root.integer("format_version"); version != kFormatVersion)
    fail_version(name, "format version", version, kFormatVersion);
  const auto identity = read<std::string>(root, "identity");
  if (identity.size() != 3) fail_format(root);
  TrialRecord record{identity[0],
                     identity[1],
                     identity[2],
                     read_cells(root.group("cells")),
                     read_curve(root.group("curve")),
                     read_tables(root)};
  check_record(record);
  return record;
}

}  // namespace ravine
