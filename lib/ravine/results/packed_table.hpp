#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ravine/io/hdf5.hpp"
#include "ravine/results/record.hpp"

/// What ResultsWriter is made of; not installed.
namespace ravine {

/// Name, unit ("mixed" where trials differ in it) and clock of a column of a result file.
struct ColumnHead {
  std::string name, unit;
  bool timing = false;
};

/// One column of a table that grows trial by trial. Rows wait in memory until a whole chunk of them
/// can be written, so that no chunk is compressed twice.
class PackedColumn {
 public:
  /// Starts below `flushed` rows without a value.
  PackedColumn(hdf5::Group& group, const ColumnHead& head, hdf5::Type type, std::size_t chunk,
               std::size_t flushed);

  const ColumnHead& head() const { return head_; }
  hdf5::Type type() const { return type_; }
  void set_unit(std::string_view unit);

  /// Adds one row. A value that the type cannot hold turns the whole column into a wider one:
  /// integers become numbers, numbers become text.
  void add(const std::variant<std::string, double, std::int64_t>& value);
  /// Adds the values of a curve; in an integer column NaN becomes -1.
  void add(std::span<const double> values);
  /// Adds rows without a value until `rows` wait.
  void pad(std::size_t rows);
  /// Writes the first `rows` of those that wait.
  void flush(std::size_t rows);
  void attach(hdf5::Column& dimension) { column_.attach(dimension); }
  void set_text(const std::string& name, std::string_view value) { column_.set_text(name, value); }

 private:
  using Rows = std::variant<std::vector<std::string>, std::vector<double>,
                            std::vector<std::int64_t>, std::vector<std::uint8_t>>;
  hdf5::Column make(hdf5::Type type, std::size_t size);
  void widen(hdf5::Type type);

  hdf5::Group& group_;
  ColumnHead head_;
  hdf5::Type type_;
  std::size_t chunk_;
  hdf5::Column column_;
  Rows rows_;
};

/// Columns of one length.
class PackedTable {
 public:
  PackedTable(hdf5::Group& group, std::size_t chunk) : group_(group), chunk_(chunk) {}

  /// The column of that name, made now if it is new. Throws Error if it is known with another
  /// `timing`; `record` is for the message.
  PackedColumn& column(const ColumnHead& head, hdf5::Type type, const TrialRecord& record);
  /// Ends `rows` rows: columns that got none of them are padded, whole chunks are written.
  void end_rows(std::size_t rows);
  /// Writes what waits and makes `dimension` the dimension of every column.
  void finish(hdf5::Column& dimension);
  std::size_t rows() const { return rows_; }
  PackedColumn* find(std::string_view name);

 private:
  void flush(std::size_t rows);

  hdf5::Group& group_;
  std::size_t chunk_, rows_ = 0, flushed_ = 0;
  std::deque<PackedColumn> columns_;  // in order of appearance
  std::map<std::string, PackedColumn*, std::less<>> by_name_;
};

}  // namespace ravine
