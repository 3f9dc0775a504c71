#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace ravine {

/// What a field of a trial is for: what is compared, what tells repetitions apart, how long a trial
/// runs, and how it is run and measured. Trials that differ in anything but the replicate are never
/// pooled.
enum class Role { kFactor, kReplicate, kBudget, kProtocol };

/// Beside its name, rule and meaning: what a field is for, and how it is told.
struct FieldUse {
  Role role;
  const char* flag = nullptr;  // --flag, where it is not the name with dashes
  const char* unit = "";
  bool single = false;  // a factor whose text is a list of its own: never split, given once

  /// Whether a command line gives several values, each of which is tried.
  bool is_list() const { return role == Role::kFactor && !single; }
};

// How many values of each field an object holds.
template <class T>
using One = T;
template <class T>
using Maybe = std::optional<T>;
template <class T>
using Many = std::vector<T>;

namespace detail {
template <class Held>
struct ValueOf {
  using type = Held;
};
template <class T>
struct ValueOf<std::optional<T>> {
  using type = T;
};
template <class T>
struct ValueOf<std::vector<T>> {
  using type = T;
};

template <template <class> class Of, class T>
Of<T> initially(T value) {
  if constexpr (std::is_same_v<Of<T>, T>)
    return value;
  else
    return {};
}
}  // namespace detail

/// The fields of a trial, listed here and nowhere else. Flags, grids, the columns of /trials, help,
/// canonical texts and what Python groups by follow from `each`. A trial has one value of each
/// (train/trial.hpp), the defaults of a problem may have one (TrialDefaults), a grid has a list.
template <template <class> class Of>
struct TrialFields {
  Of<std::string> problem = {};
  Of<std::string> batch_norm = detail::initially<Of>(std::string("off"));
  Of<std::string> initializer = detail::initially<Of>(std::string("he"));
  Of<std::string> optimizer = detail::initially<Of>(std::string("sgd"));
  Of<std::string> schedule = detail::initially<Of>(std::string("constant"));
  Of<std::string> averaging = detail::initially<Of>(std::string("none"));
  Of<double> learning_rate = detail::initially<Of>(0.1);
  Of<std::int64_t> batch_size = detail::initially<Of>(std::int64_t{128});  // 0 = the full batch
  Of<std::string> shuffle = detail::initially<Of>(std::string("per_epoch"));
  Of<bool> keep_last = detail::initially<Of>(true);
  Of<std::int64_t> epochs = detail::initially<Of>(std::int64_t{0});  // or steps, if epochs is 0
  Of<std::int64_t> steps = detail::initially<Of>(std::int64_t{0});
  Of<std::int64_t> seed = detail::initially<Of>(std::int64_t{0});
  Of<std::string> observe = detail::initially<Of>(std::string("log"));
  Of<std::string> divergence = detail::initially<Of>(std::string("10000"));
  Of<std::string> target = detail::initially<Of>(std::string("none"));
  Of<std::string> record = detail::initially<Of>(std::string("none"));

  bool operator==(const TrialFields&) const = default;

  /// field(name, value, rule, meaning, use) for each, in the order of canonical texts.
  template <class F>
  void each(F&& field) {
    visit(*this, field);
  }
  template <class F>
  void each(F&& field) const {
    visit(*this, field);
  }

  /// For the visitors of core/component: field(name, value, rule, meaning).
  template <class F>
  void fields(F&& field) {
    each([&](const char* name, auto& value, const char* rule, const char* meaning,
             const FieldUse&) { field(name, value, rule, meaning); });
  }

  template <class T>
  using Held = Of<T>;

 private:
  template <class Self, class F>
  static void visit(Self& self, F&& field) {
    constexpr Role kFactor = Role::kFactor, kProtocol = Role::kProtocol;
    field("problem", self.problem, "",
          "data + model + loss, such as mnist_mlp or \"mlp(data=mnist, hidden=100x3)\"",
          FieldUse{kFactor});
    field("batch_norm", self.batch_norm, "off|hidden|input+hidden",
          "layers to normalize: off, hidden or input+hidden", FieldUse{kFactor});
    field("initializer", self.initializer, "",
          "initial weights, such as he or \"orthogonal(gain=1.1)\"", FieldUse{kFactor, "init"});
    field("optimizer", self.optimizer, "", "update rule, such as adam or \"momentum(beta=0.95)\"",
          FieldUse{kFactor});
    field("schedule", self.schedule, "", "learning-rate schedule, such as \"linear(final=0.01)\"",
          FieldUse{kFactor});
    field("averaging", self.averaging, "",
          "averages measured beside the raw iterate: none, or \"polyak, ema(decay=0.99)\"",
          FieldUse{.role = kFactor, .single = true});
    field("learning_rate", self.learning_rate, "[0, inf)", "eps_0: 0.1,0.01 or log(1e-4,1,9)",
          FieldUse{kFactor});
    field("batch_size", self.batch_size, "[0, inf)", "examples per update: 32,128 or full",
          FieldUse{.role = kFactor, .unit = "examples"});
    field("shuffle", self.shuffle, "per_epoch|fixed|iid",
          "how to draw mini-batches: per_epoch, fixed or iid", FieldUse{kProtocol});
    field("keep_last", self.keep_last, "",
          "true or false: whether to use the shorter last batch of an epoch (with batch "
          "normalization, never one of a single example)",
          FieldUse{kProtocol});
    field("epochs", self.epochs, "[0, inf)", "budget in passes over the training examples, or",
          FieldUse{Role::kBudget});
    field("steps", self.steps, "[0, inf)", "budget in updates", FieldUse{Role::kBudget});
    field("seed", self.seed, "[0, inf)",
          "a number (3 means 0, 1, 2) or a range (5:8 means 5, 6, 7)",
          FieldUse{Role::kReplicate, "seeds"});
    field("observe", self.observe, "", "when to measure curves: log or \"even(count=50)\"",
          FieldUse{kProtocol});
    field("divergence", self.divergence, "",
          "end a trial whose loss exceeds its first one by more than this factor, or never",
          FieldUse{kProtocol});
    field("target", self.target, "",
          "stop when a metric is reached, such as \"test_accuracy>=0.97\"", FieldUse{kProtocol});
    field("record", self.record, "",
          "what to store in addition to the curve: none, diagnostics (statistics per layer), "
          "trajectories (small problems), landscapes (the objective around the path), optimizer "
          "(its own numbers and the effective rate of each block)",
          FieldUse{kProtocol});
  }
};

/// A list of values for each field; an empty one says nothing about it.
using TrialLists = TrialFields<Many>;

/// How a problem is trained where neither a suite nor the user says otherwise: the protocol that
/// its numbers were published with. What is not set is as in any trial.
using TrialDefaults = TrialFields<Maybe>;

/// f(name, value of a, value of b, use) for each field of two objects.
template <class A, class B, class F>
void each_of_both(A& a, const B& b, F&& f) {
  std::vector<const void*> others;
  b.each([&](const char*, const auto& value, auto&&...) { others.push_back(&value); });
  std::size_t next = 0;
  a.each([&](const char* name, auto& value, const char*, const char*, const FieldUse& use) {
    using T = typename detail::ValueOf<std::remove_cvref_t<decltype(value)>>::type;
    f(name, value, *static_cast<const typename B::template Held<T>*>(others[next++]), use);
  });
}

}  // namespace ravine
