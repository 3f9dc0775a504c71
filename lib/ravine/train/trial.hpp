#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ravine/data/batches.hpp"
#include "ravine/export.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/train/catalogs.hpp"

namespace ravine {

/// One training run as a value: problem, the five factors, rate, batch, budget and seed. Its
/// canonical text fixes every bit of its curves.
struct Trial {
  std::string problem;
  std::string batch_norm = "off";
  std::string initializer = "he";
  std::string optimizer = "sgd";
  std::string schedule = "constant";
  std::string averaging = "none";  // or a list: "polyak, ema(decay=0.99)"
  double learning_rate = 0.1;
  std::int64_t batch_size = 128;  // 0 = the full batch
  std::string shuffle = "per_epoch";
  bool keep_last = true;
  std::int64_t epochs = 0;  // the budget: epochs, or steps if epochs is 0
  std::int64_t steps = 0;
  std::int64_t seed = 0;
  std::string observe = "log";
  std::string divergence = "10000";  // times its first loss, where a trial ends; or "never"
  std::string target = "none";       // or "test_accuracy>=0.97": stops there, target_reached
  std::string record = "none";       // beside the curve, such as "diagnostics"

  bool operator==(const Trial&) const = default;

  template <class F>
  void fields(F&& field) {
    field("problem", problem, "", "data + model + loss, or an analytic function");
    field("batch_norm", batch_norm, "off|hidden|input+hidden", "layers that are normalized");
    field("initializer", initializer, "", "distribution of the initial weights");
    field("optimizer", optimizer, "", "update rule");
    field("schedule", schedule, "", "course of the learning rate");
    field("averaging", averaging, "", "averages of the iterates, measured beside the raw one");
    field("learning_rate", learning_rate, "[0, inf)", "eps_0");
    field("batch_size", batch_size, "[0, inf)", "examples per step; 0 is the full batch");
    field("shuffle", shuffle, "per_epoch|fixed|iid", "how mini-batches are drawn");
    field("keep_last", keep_last, "", "whether the shorter last batch of an epoch is used");
    field("epochs", epochs, "[0, inf)", "budget in passes over the training examples");
    field("steps", steps, "[0, inf)", "budget in updates, if epochs is 0");
    field("seed", seed, "[0, inf)", "fixes initial point, batch order, masks and noise");
    field("observe", observe, "", "log, or even(count=N): when the curve is measured");
    field("divergence", divergence, "", "never, or the factor above which a loss has diverged");
    field("target", target, "", "none, or a metric and bound at which the trial stops");
    field("record", record, "", "none, or what is recorded beside the curve");
  }
};

/// The trial with every component text made canonical. Throws Error for anything unknown.
RAVINE_EXPORT Trial canonical(Trial trial, const Catalogs& catalogs);

/// How the mini-batches of the trial are drawn.
RAVINE_EXPORT BatchSampler::Options sampling(const Trial& trial, const Problem& problem);

/// The lines "key = value" of a canonical trial, with precision, data digest and the versions of
/// its components: what is hashed, stored and replayed. `record` is left out where it is none.
RAVINE_EXPORT std::string trial_spec(const Trial& trial, std::string_view data_digest,
                                     const Catalogs& catalogs);
/// Reads a spec back. Throws Error for an unknown key.
RAVINE_EXPORT Trial parse_spec(std::string_view spec);

/// First 16 hexadecimal digits of the spec's SHA-256.
RAVINE_EXPORT std::string trial_id(std::string_view spec);

}  // namespace ravine
