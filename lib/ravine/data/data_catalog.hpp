#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ravine/data/dataset.hpp"
#include "ravine/export.hpp"

namespace ravine {

/// One row of a catalog of data sets: what a set is called, where it comes from and how to make it.
struct DataSource {
  std::string name = "";      // as in data=NAME; not a path
  std::string summary = "";   // one line for --components
  std::string citation = "";  // authors, year, or where the files come from
  /// It draws as many training examples as a request asks for. Others have a number of their own,
  /// of which train=N takes the first.
  bool draws_any_number = false;
  /// Reads or draws the examples, with the ranges of their parts. `features.shift` and `scale` are
  /// what scale=unit means. An empty digest stands for that of the content; what is set in its
  /// place has to change with the content. Called once for each problem of a plan. Throws
  /// MissingData where files are not below request.directory, which a suite may do without.
  std::function<Dataset(const DataRequest&)> make = {};
};

/// The data sets that problems may name, and the files that they may name by path.
///
/// A user's program makes its own copy, adds rows to it and hands it to `suite_main`; there is no
/// global registry. Reading is thread-safe.
class RAVINE_EXPORT DataCatalog {
 public:
  /// Throws Error for a name that is taken, or that reads as a path.
  DataCatalog& add(DataSource source);
  const std::vector<DataSource>& entries() const { return sources_; }
  std::vector<std::string> names() const;

  /// Reads or draws the examples of a set or of a file, and brings them into the form that the
  /// request asks for. Real files of ravine's own sets are checked against their SHA-256. Throws
  /// Error with the remedy for unknown names, for missing, truncated or altered files, and for a
  /// set whose parts do not fit together.
  std::shared_ptr<const Dataset> load(const DataRequest& request) const;

 private:
  const DataSource* find(std::string_view name) const;
  [[noreturn]] void refuse_unknown(const std::string& name) const;

  std::vector<DataSource> sources_;
};

/// ravine's own: the generated sets (glyphs, curves, ...) and those of datasets/catalog.tsv.
RAVINE_EXPORT DataCatalog data_catalog();

}  // namespace ravine
