#include "ravine/results/siblings.hpp"

#include "ravine/core/environment.hpp"
#include "ravine/core/error.hpp"
#include "ravine/io/files.hpp"
#include "ravine/results/output_names.hpp"
#include "ravine/results/record_file.hpp"
#include "ravine/results/result_file.hpp"
#include "ravine/results/segment_file.hpp"

namespace ravine {
namespace {

namespace fs = std::filesystem;

class Finished {
 public:
  explicit Finished(const std::set<std::string>& wanted) : wanted_(wanted), build_(build_id()) {}

  void add_packed(const fs::path& path) {
    ResultsReader reader(path);
    for (std::size_t i = 0; i < reader.size(); ++i)
      add(reader.ids()[i], reader.build_ids()[i], reader.outcome(i));
  }
  // Only the files that matter are opened: a spool may have very many.
  void add_spool(const fs::path& folder) {
    for (const fs::path& path : list_folder(folder)) {
      if (fs::is_symlink(path)) continue;
      if (path.extension() == ".segment") tolerate([&] { add_segment(path); });
      if (path.extension() == ".h5" && wanted_.contains(path.stem().string()))
        tolerate([&] { add_trial(path); });
    }
  }
  template <class F>
  static void tolerate(F&& look) {
    try {
      look();
    } catch (const Error&) {
    } catch (const fs::filesystem_error&) {
    }
  }
  std::set<std::string> ids;

 private:
  void add(const std::string& id, const std::string& build, const std::string& outcome) {
    if (build == build_ && outcome != outcome_name(Outcome::kFailed) && wanted_.contains(id))
      ids.insert(id);
  }
  void add_segment(const fs::path& path) {
    for (const SegmentEntry& entry : read_segment_index(path))
      add(entry.id, entry.build_id, entry.outcome);
  }
  void add_trial(const fs::path& path) {
    expect_plain_file(path);
    const TrialRecord record = decode_record(read_bytes(path), path.string());
    add(record.id, record.build_id, outcome_of(record));
  }

  const std::set<std::string>& wanted_;
  const std::string build_;
};

}  // namespace

std::set<std::string> finished_by_siblings(const fs::path& output,
                                           const std::set<std::string>& wanted) {
  Finished finished(wanted);
  const fs::path folder = output.has_parent_path() ? output.parent_path() : fs::path(".");
  const fs::path own_spool = output.string() + ".spool", whole = whole_output(output);
  if (!fs::is_directory(folder)) return {};
  for (const fs::path& entry : list_folder(folder)) {
    const fs::path path = output.parent_path() / entry.filename();
    if (path == output || path == own_spool || whole_output(path) != whole) continue;
    Finished::tolerate([&] {
      if (!fs::is_directory(path))
        finished.add_packed(path);
      else if (path.extension() == ".spool")
        finished.add_spool(path);
    });
  }
  return finished.ids;
}

}  // namespace ravine
