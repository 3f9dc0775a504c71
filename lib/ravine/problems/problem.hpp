#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ravine/core/capabilities.hpp"
#include "ravine/core/catalog.hpp"
#include "ravine/core/layout.hpp"
#include "ravine/core/metrics.hpp"
#include "ravine/core/objective.hpp"
#include "ravine/core/parallel.hpp"
#include "ravine/core/trial_fields.hpp"
#include "ravine/data/data_catalog.hpp"
#include "ravine/export.hpp"
#include "ravine/nn/initializer.hpp"
#include "ravine/nn/layer_recipe.hpp"
#include "ravine/problems/diagnostics.hpp"

namespace ravine {

/// One trial's view of a problem: the objective on the current mini-batch, with its workspaces,
/// network buffers and measurements. Not thread-safe; allocates only when made, and for the first
/// curvature product.
class RAVINE_EXPORT Session : public Objective {
 public:
  /// Makes `examples` the mini-batch of step t (dropout masks and noise are keyed by it).
  virtual void select(std::int64_t step, std::span<const std::int32_t> examples) = 0;
  /// Moves theta to the nearest point that the problem allows; called once after each step. Most
  /// problems allow every point.
  virtual void project(std::span<Real> theta) { static_cast<void>(theta); }
  /// Folds the batch statistics of the step's first gradient evaluation into the running averages
  /// of batch normalization; called once after each step. evaluate() itself never changes buffers.
  virtual void fold_statistics() {}
  /// Measures theta with the running averages (raw iterate). Not counted as evaluations.
  virtual Metrics measure(std::span<const Real> theta) = 0;
  /// Measures averaged weights, beside the training or as an optimizer's answer: batch-norm
  /// statistics are recomputed exactly for them first, and the buffers of the training are left as
  /// they were.
  virtual Metrics measure_averaged(std::span<const Real> theta) { return measure(theta); }
  /// Measures every layer of weights, on examples that are always the same. Throws Error for a
  /// problem without layers.
  virtual const std::vector<LayerDiagnostics>& diagnose(std::span<const Real> theta);
  /// Batch-norm running statistics, for checkpoints; empty if the problem has none.
  virtual std::span<Real> buffers() { return {}; }
  virtual std::size_t workspace_bytes() const { return 0; }
};

/// Data + model + loss (+ L2), or an analytic function. Immutable and shared by all trials.
class RAVINE_EXPORT Problem {
 public:
  virtual ~Problem() = default;
  virtual const ParameterLayout& layout() const = 0;
  /// Training examples [begin, end) that mini-batches are drawn from; {0, 1} for functions.
  virtual std::size_t train_begin() const { return 0; }
  virtual std::size_t train_end() const { return 1; }
  /// The fewest examples that a mini-batch can have; batch normalization needs 2.
  virtual std::size_t least_batch() const { return 1; }
  /// Writes the initial parameters; the same seed gives the same point to every trial.
  virtual void initialize(const Initializer& initializer, std::uint64_t seed,
                          std::span<Real> theta) const = 0;
  /// `batch_size` is the largest mini-batch that select() will be given.
  virtual std::unique_ptr<Session> start(std::uint64_t seed, std::size_t batch_size,
                                         Threads threads) const = 0;
  /// Floating-point operations of one gradient evaluation on one example (for --dry-run).
  virtual double flops_per_example() const = 0;
  /// What figures call it, "MLP 784-100-100-10 on glyphs"; "" leaves that to its text.
  virtual std::string title() const { return ""; }
  /// Functions have values without a unit.
  virtual LossUnits loss_units() const { return {}; }
  /// What its sessions can be asked for.
  virtual Capabilities offers() const { return {Capability::kGradient}; }
  /// What its sessions measure, by the names of kMetrics: a target is one of them.
  virtual std::vector<std::string_view> metrics() const { return {"objective", "train_loss"}; }
  /// Names and digests of the data it was made from: part of every trial's canonical text.
  virtual std::string data_digest() const { return ""; }
  /// One line for the user about how an own data file was read; "" if there is none.
  virtual std::string data_understood() const { return ""; }
};

/// What a problem is made with beside its own text: the catalogs of the program, whose rows the
/// text names, and the factors outside of it.
struct ProblemContext {
  const DataCatalog& data_sets;
  const Catalog<LayerRecipe>& layers;
  std::string data_directory = "";
  std::string batch_norm = "off";  // off | hidden | input+hidden
};

/// A family of problems with its fields set: what a row of the catalog makes.
class RAVINE_EXPORT ProblemRecipe {
 public:
  virtual ~ProblemRecipe() = default;
  virtual TrialDefaults trial_defaults() const { return {}; }
  /// Loads the data and makes the problem. Throws Error where they do not fit together.
  virtual std::shared_ptr<const Problem> build(const ProblemContext& context) const = 0;
};

}  // namespace ravine
