#include "ravine/cli/help.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ravine/cli/options.hpp"
#include "ravine/core/trial_fields.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/problems/sequence_model.hpp"

namespace ravine {
namespace {

std::string describe(const std::string& name, const std::string& summary,
                     const std::string& citation, const std::vector<FieldDoc>& fields,
                     const RateRange& learning_rate = {}) {
  std::string text = fmt::format("  {:<18} {}\n", name, summary);
  if (!citation.empty()) text += fmt::format("  {:<18}   {}\n", "", citation);
  const auto tuned = [](std::string_view search) {
    return search.empty() ? "" : fmt::format("; tuned in {}", search);
  };
  const auto rule = [](const FieldDoc& field) {
    if (!field.kind.empty() && !field.numeric) return fmt::format("  any {}", field.kind);
    return field.rule.empty() ? std::string() : "  " + field.rule;
  };
  const auto aliases = [](const FieldDoc& field) {
    return field.aliases.empty() ? "" : fmt::format("; also {}", fmt::join(field.aliases, ", "));
  };
  for (const FieldDoc& field : fields)
    text += fmt::format("  {:<18}     {}={}{}  {}{}{}\n", "", field.key, field.default_value,
                        rule(field), field.meaning, aliases(field), tuned(field.search));
  if (!learning_rate.search.empty())
    text += fmt::format("  {:<18}     learning rate {}{}\n", "",
                        format_number(learning_rate.customary), tuned(learning_rate.search));
  return text;
}

// "    batch-size 128, shuffle fixed, keep-last false by default"
std::string describe(const TrialDefaults& defaults) {
  std::vector<std::string> flags;
  defaults.each(
      [&](std::string_view name, const auto& value, const char*, const char*, const FieldUse& use) {
        if (!value) return;
        const bool full = name == "batch_size" && fmt::format("{}", *value) == "0";
        flags.push_back(
            fmt::format("{} {}", flag_of(name, use), full ? "full" : fmt::format("{}", *value)));
      });
  if (flags.empty()) return "";
  return fmt::format("  {:<18}     trials have {} by default\n", "", fmt::join(flags, ", "));
}

using Names = std::vector<std::string>;

bool wanted(const std::string& name, const Names& names) {
  return names.empty() || std::ranges::find(names, name) != names.end();
}

template <class Product>
std::string describe(const Catalog<Product>& catalog, const Names& names) {
  std::string text;
  for (const auto& entry : catalog.entries()) {
    if (!wanted(entry.name, names)) continue;
    text += describe(entry.name, entry.summary, entry.citation, entry.fields,
                     catalog.learning_rate(entry.name));
    if constexpr (std::is_same_v<Product, ProblemRecipe>)
      text += describe(catalog.make(entry.name)->trial_defaults());
  }
  for (const auto& alias : catalog.aliases())
    if (wanted(alias.name, names))
      text += fmt::format("  {:<18} {}: {}\n", alias.name, alias.meaning.text(), alias.summary);
  return text.empty() ? "" : fmt::format("{}s\n{}\n", catalog.kind(), text);
}

void refuse_unknown(const Names& names, const Catalogs& catalogs) {
  Names known;
  const auto add = [&](const auto& catalog) {
    for (std::string& name : catalog.names()) known.push_back(std::move(name));
  };
  add(catalogs.problems);
  add(catalogs.problems.nested<SequenceModel>());
  add(catalogs.layers);
  add(catalogs.optimizers);
  add(catalogs.schedules);
  add(catalogs.initializers);
  add(catalogs.averagings);
  for (std::string& name : catalogs.data_sets.names()) known.push_back(std::move(name));
  for (const std::string& name : names)
    if (std::ranges::find(known, name) == known.end())
      fail("unknown component '{}'{}: --components without a name lists all of them", name,
           did_you_mean(name, known));
}

}  // namespace

std::string help_examples(const Suite& suite) {
  const std::string program = "ravine-" + suite.name;
  return fmt::format(R"text(
Examples
  {0} --dry-run
  {0} --optimizer adam,sgd --learning-rate "log(1e-4, 1, 9)" --seeds 5
  {0} --problem mnist_mlp --data-dir datasets --epochs 10
  {0} --tune random --budget 20 --seeds 5

Write a component as name or name(key=value, ...); --components lists all of them.
Quote a value with commas or unbalanced parentheses: 'logreg(data="a,b.csv")'.
Run the same command again to continue a stopped run; it skips finished trials.
SIGHUP, SIGTERM, SIGINT (Ctrl-C), SIGUSR1, SIGUSR2 and SIGXCPU stop a run resumably.
Exit codes: 0 done; 1 some trials failed; 2 misuse; 75 stopped (run it again to continue).
)text",
                     program);
}

std::string help_components(const Catalogs& catalogs, const Names& names) {
  refuse_unknown(names, catalogs);
  constexpr const char* kOwnFiles =
      "  and your own files: *.csv (the target is the last column unless you set target=),\n"
      "  *.libsvm, *.svm, *images-idx3-ubyte, each also with .gz, and folder/ with IDX images\n";
  std::string sets;
  for (const DataSource& set : catalogs.data_sets.entries())
    if (wanted(set.name, names)) sets += describe(set.name, set.summary, set.citation, {});
  if (!sets.empty()) sets = "data sets\n" + sets;
  return describe(catalogs.problems, names) +
         describe(catalogs.problems.nested<SequenceModel>(), names) +
         describe(catalogs.layers, names) + describe(catalogs.optimizers, names) +
         describe(catalogs.schedules, names) + describe(catalogs.initializers, names) +
         describe(catalogs.averagings, names) + sets + (names.empty() ? kOwnFiles : "");
}

}  // namespace ravine
