#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

#include "ravine/results/packed_table.hpp"

/// Part of ResultsWriter; not installed.
namespace ravine {

/// What the component texts of trials are made of, so that no reader needs a parser of them:
///   /components  text, kind (name | argument | element), key, value
/// Each text among the fields of trials has its rows once: its name, then its arguments in their
/// order. A list ("polyak, ema(decay=0.9)") has its elements instead. Elements, and arguments that
/// hold components with arguments, are texts with rows of their own. A text that is not a component
/// ("input+hidden") is its own name.
class ComponentTable {
 public:
  explicit ComponentTable(hdf5::Group& root);
  /// Adds the texts of a trial that are new.
  void add(const TrialRecord& record);
  void finish();

 private:
  void add_text(const std::string& text);
  void add_parts(const std::string& text);
  void add_row(const std::string& text, std::string_view kind, const std::string& key,
               const std::string& value);

  hdf5::Group& root_;
  hdf5::Group group_;
  PackedTable rows_;
  std::unordered_set<std::string> known_;
};

}  // namespace ravine
