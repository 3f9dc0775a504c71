#pragma once

#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "ravine/core/digest.hpp"
#include "ravine/results/record.hpp"

namespace ravine {

/// A finished trial of realistic size: 31 cells and 24 columns; its numbers follow from `number`.
inline TrialRecord sample_record(int number, std::size_t observations = 60) {
  TrialRecord record;
  record.spec =
      "trial(problem=mlp(data=glyphs, hidden=100x3, activation=sigmoid), optimizer=adam(" +
      std::string("rho1=0.9, rho2=0.999, delta=1e-08), schedule=linear(final=0.01, tau=") +
      "1000), initializer=xavier(gain=1), batch_norm=hidden, averaging=polyak(start=10), " +
      "learning_rate=0.001, batch_size=128, epochs=10, seed=" + std::to_string(number) + ")";
  record.id = sha256_hex(record.spec).substr(0, 16);
  record.build_id = "0123456789abcdef";
  const double x = number;
  const std::int64_t steps = 1000 + number;
  record.cells = {
      {"problem", "mlp(data=glyphs, hidden=100x3, activation=sigmoid)", "", false},
      {"optimizer", number % 3 == 0 ? "momentum(alpha=0.9)" : "adam(rho1=0.9, rho2=0.999)", "",
       false},
      {"schedule", "linear(final=0.01, tau=1000)", "", false},
      {"initializer", "xavier(gain=1)", "", false},
      {"batch_norm", "hidden", "", false},
      {"averaging", "polyak(start=10)", "", false},
      {"learning_rate", 0.001 * (1 + number % 7), "", false},
      {"batch_size", std::int64_t{128}, "", false},
      {"seed", std::int64_t{number}, "", false},
      {"outcome", number % 11 == 10 ? "diverged" : "completed", "", false},
      {"message", "", "", false},
      {"steps", steps, "", false},
      {"gradient_evaluations", steps, "", false},
      {"train_seconds", 1.5 + 1 / (1 + x), "s", true},
      {"workspace_bytes", std::int64_t{1 << 20}, "B", true},
  };
  for (int i = 0; i < 16; ++i)
    record.cells.push_back({"optimizer.parameter" + std::to_string(i), 1.0 / (i + 1), "", false});
  if (number % 3 == 0) record.cells.push_back({"optimizer.alpha", 0.9, "", false});

  for (const char* name : {"step", "gradient_evaluations", "loss_evaluations"})
    record.curve.push_back({name, "", true, false, {}});
  record.curve.push_back({"train_seconds", "s", false, true, {}});
  for (int i = 0; i < 20; ++i) {
    const std::string name = i == 0 ? "objective" : i == 1 ? "epoch" : "metric" + std::to_string(i);
    record.curve.push_back({name, i == 0 ? "nat" : "", false, false, {}});
  }
  for (std::size_t c = 0; c < record.curve.size(); ++c)
    for (std::size_t row = 0; row < observations; ++row) {
      const auto r = static_cast<double>(row), k = static_cast<double>(c);
      record.curve[c].values.push_back(c < 3 ? 10 * r
                                             : std::fmod((1 + x) * (1.1 + k) / (1 + r), 1.7));
    }
  return record;
}

/// The same with two tables; the first has two rows for each observation.
inline TrialRecord with_tables(TrialRecord record) {
  Table layers{"diagnostics",
               {{"step", "updates", true, false, {}}, {"std", "1", false, false, {}}}};
  Table iterates{"trajectories",
                 {{"step", "updates", true, false, {}}, {"x0", "1", false, false, {}}}};
  for (std::size_t row = 0; row < observation_count(record); ++row) {
    const double r = static_cast<double>(row),
                 seed = std::stod(record.spec.substr(record.spec.rfind('=') + 1));
    for (const double layer : {1.0, 2.0}) {
      layers.columns[0].values.push_back(10 * r);
      layers.columns[1].values.push_back(layer / (1 + r + seed));
    }
    iterates.columns[0].values.push_back(10 * r);
    iterates.columns[1].values.push_back(seed - r);
  }
  record.tables = {layers, iterates};
  return record;
}

/// The cell of that name, which can be changed if the record can.
template <class Record>
auto& cell_of(Record&& record, std::string_view name) {
  for (auto& cell : record.cells)
    if (cell.name == name) return cell;
  throw std::runtime_error("no cell " + std::string(name));
}

}  // namespace ravine
