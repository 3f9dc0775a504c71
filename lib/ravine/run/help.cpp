#include "ravine/run/help.hpp"

#include <fmt/format.h>

#include "ravine/data/dataset.hpp"
#include "ravine/problems/problem.hpp"

namespace ravine {
namespace {

std::string describe(const std::string& name, const std::string& summary,
                     const std::string& citation, const std::vector<FieldDoc>& fields) {
  std::string text = fmt::format("  {:<18} {}\n", name, summary);
  if (!citation.empty()) text += fmt::format("  {:<18}   {}\n", "", citation);
  for (const FieldDoc& field : fields)
    text += fmt::format("  {:<18}     {}={}{}  {}\n", "", field.key, field.default_value,
                        field.rule.empty() ? "" : "  " + field.rule, field.meaning);
  return text;
}

template <class Product>
std::string describe(const Catalog<Product>& catalog) {
  std::string text = fmt::format("{}s\n", catalog.kind());
  for (const auto& entry : catalog.entries())
    text += describe(entry.name, entry.summary, entry.citation, entry.fields);
  for (const auto& alias : catalog.aliases())
    text += fmt::format("  {:<18} {}: {}\n", alias.name, alias.meaning.text(), alias.summary);
  return text + "\n";
}

}  // namespace

std::string help_examples(const Suite& suite) {
  const std::string program = "ravine-" + suite.name;
  return fmt::format(R"text(
Examples
  {0} --dry-run
  {0} --optimizer adam,sgd --learning-rate "log(1e-4, 1, 9)" --seeds 5
  {0} --problem mnist_mlp --data-dir datasets --epochs 10

A component is written name or name(key=value, ...); --components lists them all.
The same command again continues where it was stopped and skips what is finished.
Exit codes: 0 done; 1 some trials failed; 2 misuse; 75 stopped, run it again to continue.
)text",
                     program);
}

std::string help_components(const Catalogs& catalogs) {
  return describe(problem_catalog()) + describe(catalogs.optimizers) +
         describe(catalogs.schedules) + describe(catalogs.initializers) +
         describe(catalogs.averagings) +
         fmt::format("data sets\n  {}\n", fmt::join(dataset_names(), ", "));
}

}  // namespace ravine
