#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "ravine/core/capabilities.hpp"
#include "ravine/core/layout.hpp"
#include "ravine/core/objective.hpp"
#include "ravine/core/parallel.hpp"
#include "ravine/core/real.hpp"
#include "ravine/export.hpp"
#include "ravine/optim/state.hpp"

namespace ravine {

/// What an update may know about the course of training.
struct StepInfo {
  std::int64_t step = 1;         // t, from 1
  double learning_rate = 0;      // eps_t, already scheduled
  std::int64_t total_steps = 0;  // the budget of the trial
};

/// Why an optimizer can do no more.
struct Ending {
  enum class Kind {
    kConverged,  // its stopping rule holds
    kStuck,      // it cannot progress: the message says why and what would help
    kDiverged,   // the loss or the gradient is not finite
  };
  Kind kind;
  std::string message;
};

/// An update rule on the parameter vector with its own state. It knows no network, data or file.
///
/// Call reset() once, then step() for t = 1, 2, ...; step() does not allocate in first-order rules.
/// One object belongs to one trial; not thread-safe.
class RAVINE_EXPORT Optimizer {
 public:
  static constexpr std::string_view kKind = "optimizer";
  virtual ~Optimizer() = default;
  /// What step() asks of an objective beside losses. A plan refuses problems that do not offer it.
  virtual Capabilities needs() const = 0;
  /// Prepares the state of a trial that starts at `theta`, of which it moves the blocks of
  /// `layout`; updates may use that many threads.
  virtual void reset(const ParameterLayout& layout, std::span<const Real> theta,
                     Threads threads = {}) = 0;
  /// Moves theta by one update, asking `objective` for what it needs; returns the mini-batch loss
  /// it saw. With a non-finite loss the step is still made: the trainer records the divergence.
  double step(const StepInfo& info, Objective& objective, std::span<Real> theta) {
    begin(info);
    return do_step(info, objective, theta);
  }
  /// Gives the fields that follow schedules their values of this step, as step() does before
  /// anything else. Throws Error for a value outside the range of its field.
  virtual void begin(const StepInfo& info) {
    if (set_fields_) set_fields_(info);
  }
  /// What begin() is to call; rows of the catalog give it where fields follow schedules.
  void follow(std::function<void(const StepInfo&)> set_fields) {
    set_fields_ = std::move(set_fields);
  }
  /// Told when somebody else has moved theta between two steps (a wrapping optimizer): what step()
  /// would reuse of the place where it left theta no longer holds.
  virtual void theta_moved() {}
  /// Everything that step() remembers. Valid after reset().
  virtual void visit_state(StateVisitor& visitor) = 0;
  /// What its last step came to beside theta: damping, lengths of steps, ... (see RecordVisitor).
  /// Valid after reset().
  virtual void visit_records(RecordVisitor&) const {}
  /// Whether theta is an average of what the gradients were taken at, rather than the last iterate.
  /// Batch-norm statistics of the training are then those of other weights: it is measured with
  /// exact ones, as averages of the iterates are.
  virtual bool answer_is_average() const { return false; }
  /// The gradient that the last step() used, for diagnostics (padded like theta).
  virtual std::span<const Real> last_gradient() const = 0;
  /// Set when the last step() found that it can do no more; theta is then the best iterate that the
  /// method has. The trial should end with it: a further step() would only find the same again.
  virtual const std::optional<Ending>& ending() const {
    static const std::optional<Ending> kNone;
    return kNone;
  }

 private:
  virtual double do_step(const StepInfo& info, Objective& objective, std::span<Real> theta) = 0;

  std::function<void(const StepInfo&)> set_fields_;
};

}  // namespace ravine
