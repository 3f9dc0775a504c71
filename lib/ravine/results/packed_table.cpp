#include "ravine/results/packed_table.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <utility>

#include "ravine/core/error.hpp"
#include "ravine/core/text.hpp"

namespace ravine {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
// Beyond it neighbouring integers become the same double.
constexpr std::int64_t kLargestExact = std::int64_t{1} << 53;

std::string to_text(double value) { return std::isnan(value) ? "" : format_number(value); }
std::string to_text(std::int64_t value) { return value == -1 ? "" : std::to_string(value); }

double to_number(std::int64_t value, const std::string& name) {
  if (value > kLargestExact || value < -kLargestExact)
    fail("column {} mixes the integer {} with fractions, which cannot hold it: store it as text",
         name, value);
  return value == -1 ? kNaN : static_cast<double>(value);
}

std::int64_t to_integer(double value) {
  return std::isnan(value) ? -1 : static_cast<std::int64_t>(value);
}

template <class From, class To, class Convert>
std::vector<To> converted(const std::vector<From>& from, Convert&& convert) {
  std::vector<To> to;
  to.reserve(from.size());
  for (const From& value : from) to.push_back(convert(value));
  return to;
}

/// Drops the first `count` rows.
template <class T>
void drop(std::vector<T>& rows, std::size_t count) {
  rows.erase(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(count));
}

}  // namespace

PackedColumn::PackedColumn(hdf5::Group& group, const ColumnHead& head, hdf5::Type type,
                           std::size_t chunk, std::size_t flushed)
    : group_(group), head_(head), type_(type), chunk_(chunk), column_(make(type, flushed)) {
  if (type == hdf5::Type::kDouble) rows_.emplace<std::vector<double>>();
  if (type == hdf5::Type::kInt64) rows_.emplace<std::vector<std::int64_t>>();
  if (type == hdf5::Type::kUint8) rows_.emplace<std::vector<std::uint8_t>>();
}

hdf5::Column PackedColumn::make(hdf5::Type type, std::size_t size) {
  hdf5::Column column = group_.add_column(head_.name, type, chunk_, true, size);
  if (!head_.unit.empty()) column.set_text("units", head_.unit);
  if (head_.timing) column.set_integer("timing", 1);
  return column;
}

void PackedColumn::set_unit(std::string_view unit) {
  head_.unit = unit;
  column_.set_text("units", unit);
}

void PackedColumn::add(const std::variant<std::string, double, std::int64_t>& value) {
  const auto* number = std::get_if<double>(&value);
  const auto* integer = std::get_if<std::int64_t>(&value);
  if (!number && !integer && type_ != hdf5::Type::kText) widen(hdf5::Type::kText);
  if (number && type_ == hdf5::Type::kInt64) widen(hdf5::Type::kDouble);

  if (auto* texts = std::get_if<std::vector<std::string>>(&rows_))
    texts->push_back(number    ? to_text(*number)
                     : integer ? to_text(*integer)
                               : std::get<std::string>(value));
  else if (auto* numbers = std::get_if<std::vector<double>>(&rows_))
    numbers->push_back(number ? *number : to_number(*integer, head_.name));
  else if (auto* integers = std::get_if<std::vector<std::int64_t>>(&rows_))
    integers->push_back(*integer);
  else
    std::get<std::vector<std::uint8_t>>(rows_).push_back(static_cast<std::uint8_t>(*integer));
}

void PackedColumn::add(std::span<const double> values) {
  if (auto* numbers = std::get_if<std::vector<double>>(&rows_))
    numbers->insert(numbers->end(), values.begin(), values.end());
  else
    for (double value : values)
      std::get<std::vector<std::int64_t>>(rows_).push_back(to_integer(value));
}

void PackedColumn::pad(std::size_t rows) {
  if (auto* texts = std::get_if<std::vector<std::string>>(&rows_)) texts->resize(rows);
  if (auto* numbers = std::get_if<std::vector<double>>(&rows_)) numbers->resize(rows, kNaN);
  if (auto* integers = std::get_if<std::vector<std::int64_t>>(&rows_)) integers->resize(rows, -1);
  if (auto* bytes = std::get_if<std::vector<std::uint8_t>>(&rows_)) bytes->resize(rows);
}

void PackedColumn::flush(std::size_t rows) {
  std::visit(
      [&](auto& waiting) {
        using T = typename std::decay_t<decltype(waiting)>::value_type;
        column_.append(std::span<const T>(waiting).first(rows));
        drop(waiting, rows);
      },
      rows_);
}

void PackedColumn::widen(hdf5::Type type) {
  const auto number_of = [&](std::int64_t value) { return to_number(value, head_.name); };
  const auto widened = [&](const Rows& rows) -> Rows {
    if (const auto* numbers = std::get_if<std::vector<double>>(&rows))
      return converted<double, std::string>(*numbers, [](double value) { return to_text(value); });
    const auto& integers = std::get<std::vector<std::int64_t>>(rows);
    if (type == hdf5::Type::kDouble) return converted<std::int64_t, double>(integers, number_of);
    return converted<std::int64_t, std::string>(integers,
                                                [](std::int64_t value) { return to_text(value); });
  };
  const hdf5::Column old = std::move(column_);
  const hdf5::Type old_type = std::exchange(type_, type);
  group_.remove(head_.name);
  column_ = make(type, 0);
  for (std::size_t first = 0, size = old.size(); first < size; first += chunk_) {
    const std::size_t count = std::min(chunk_, size - first);
    const Rows piece = old_type == hdf5::Type::kDouble
                           ? widened(old.read<double>(first, count))
                           : widened(old.read<std::int64_t>(first, count));
    std::visit([&](const auto& rows) { column_.append(std::span(rows)); }, piece);
  }
  rows_ = widened(rows_);
}

PackedColumn& PackedTable::column(const ColumnHead& head, hdf5::Type type,
                                  const TrialRecord& record) {
  PackedColumn* const found = find(head.name);
  if (!found) {
    PackedColumn& made = columns_.emplace_back(group_, head, type, chunk_, flushed_);
    made.pad(rows_ - flushed_);
    by_name_.emplace(head.name, &made);
    return made;
  }
  if (found->head().timing != head.timing)
    fail("column {} is a timing in some trials but not in all, as trial {} shows: rename it",
         head.name, record.id);
  constexpr std::string_view kMixed = "mixed";
  if (found->head().unit != head.unit && found->head().unit != kMixed) found->set_unit(kMixed);
  return *found;
}

PackedColumn* PackedTable::find(std::string_view name) {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

void PackedTable::end_rows(std::size_t rows) {
  rows_ += rows;
  for (PackedColumn& column : columns_) column.pad(rows_ - flushed_);
  flush((rows_ - flushed_) / chunk_ * chunk_);
}

void PackedTable::flush(std::size_t rows) {
  if (rows == 0) return;
  for (PackedColumn& column : columns_) column.flush(rows);
  flushed_ += rows;
}

void PackedTable::finish(hdf5::Column& dimension) {
  flush(rows_ - flushed_);
  for (PackedColumn& column : columns_) column.attach(dimension);
}

}  // namespace ravine
