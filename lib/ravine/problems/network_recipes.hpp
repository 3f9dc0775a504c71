#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "ravine/data/dataset.hpp"
#include "ravine/nn/layers/activation.hpp"
#include "ravine/nn/loss.hpp"
#include "ravine/problems/problem.hpp"

namespace ravine {

/// Which data a network problem is made of: its name is the first field of every recipe below, the
/// rest are the last.
struct DataFields {
  static constexpr std::array<std::string_view, 3> kLaterKeys = {"target", "task", "header"};
  std::string data = "glyphs";
  std::string scale = "unit";
  std::int64_t train = 0;
  bool full = false;
  std::string target = "last";
  std::string task = "auto";
  std::string header = "auto";

  template <class F>
  void first_field(F& field) {
    field("data", data, "",
          "name of a data set, a .csv, .libsvm or .svm file, or a folder/ of IDX images");
  }
  template <class F>
  void last_fields(F& field) {
    field("scale", scale, "unit|binary|standardize|none", "scaling of the inputs");
    field("train", train, "[0, 1000000000]",
          "number of training examples to use, from the first; 0 = all");
    field("full", full, "", "add the validation part to the training part");
    field("target", target, "", "column of a .csv: last, first, its name or its number from 1");
    field("task", task, "auto|classes|regression",
          "of your own file; auto treats up to 100 distinct whole numbers as classes");
    field("header", header, "auto|yes|no", "whether line 1 of a .csv names its columns");
  }
  /// Throws Error for a name that no text can hold.
  void normalize() { data = canonical_data_name(data); }
  std::shared_ptr<const Dataset> load(const ProblemContext& context) const;
};

/// A network of any layers, in one line. Which data, and so how many outputs, as in the recipes
/// below: each of them is a net whose layers follow from its fields.
///
///   mlp(hidden=100, activation=relu) = net(layers="norm dense(100) norm relu dense(outputs)")
struct Net {
  static constexpr std::string_view kName = "net";
  static constexpr auto kLaterKeys = DataFields::kLaterKeys;
  DataFields data;
  std::string layers = "norm dense(100) norm relu dense(outputs)";
  std::string loss = "softmax";
  double l2 = 0;
  bool reconstruct = false;

  void normalize(const Catalog<ProblemRecipe>& catalog);
  std::shared_ptr<const Problem> build(const ProblemContext& context) const;
  template <class F>
  void fields(F&& field) {
    data.first_field(field);
    field("layers", layers, "",
          "from the input to the output: dense(100) norm relu dense(outputs)");
    field("loss", loss, kLossNames, "loss function");
    field("l2", l2, "[0, inf)", "factor of half the sum of squared weights");
    field("reconstruct", reconstruct, "", "whether the inputs are the targets, as in autoencoders");
    data.last_fields(field);
  }
};

/// A multilayer perceptron.
struct Mlp {
  static constexpr std::string_view kName = "mlp";
  static constexpr int kVersion = 2;  // softplus has a derivative for very negative inputs
  static constexpr auto kLaterKeys = DataFields::kLaterKeys;
  DataFields data;
  std::string hidden = "100x2";
  std::string activation = "relu";
  std::string loss = "softmax";
  double l2 = 0;
  double dropout = 0;

  /// Brings fields that can be written in several ways into one. Throws Error for bad ones.
  void normalize();
  std::shared_ptr<const Problem> build(const ProblemContext& context) const;
  template <class F>
  void fields(F&& field) {
    data.first_field(field);
    field("hidden", hidden, "", "widths of the hidden layers: 100x2, 1000-500-100");
    field("activation", activation, kActivationNames, "of the hidden layers");
    field("loss", loss, "softmax|bernoulli|squared", "loss function");
    field("l2", l2, "[0, inf)", "factor of half the sum of squared weights");
    field("dropout", dropout, "[0, 1)", "probability of dropping a hidden unit");
    data.last_fields(field);
  }
};

/// Softmax regression: no hidden layer, convex.
struct LogisticRegression {
  static constexpr std::string_view kName = "logreg";
  static constexpr auto kLaterKeys = DataFields::kLaterKeys;
  DataFields data;
  double l2 = 0;

  void normalize() { data.normalize(); }
  std::shared_ptr<const Problem> build(const ProblemContext& context) const;
  template <class F>
  void fields(F&& field) {
    data.first_field(field);
    field("l2", l2, "[0, inf)", "factor of half the sum of squared weights");
    data.last_fields(field);
  }
};

/// A deep autoencoder with a mirrored decoder: in-hidden-code-hidden'-in. The code layer is
/// linear (Hinton & Salakhutdinov 2006; Martens 2010). `report=squared_error` makes the *_loss
/// columns the squared error of the reconstruction, as Sutskever et al. (2013) publish it, while
/// the objective stays the optimized loss.
struct Autoencoder {
  static constexpr std::string_view kName = "autoencoder";
  static constexpr int kVersion = 2;  // as mlp
  static constexpr auto kLaterKeys = DataFields::kLaterKeys;
  DataFields data;
  std::string hidden = "400-200-100";
  std::int64_t code = 30;
  std::string activation = "sigmoid";
  std::string loss = "bernoulli";
  std::string report = "loss";
  double l2 = 0;

  void normalize();
  std::shared_ptr<const Problem> build(const ProblemContext& context) const;
  template <class F>
  void fields(F&& field) {
    data.first_field(field);
    field("hidden", hidden, "", "widths of the encoder's hidden layers: 400-200-100");
    field("code", code, "[1, 1000000]", "width of the code layer");
    field("activation", activation, kActivationNames, "of the hidden layers");
    field("loss", loss, "bernoulli|squared|logistic_squared", "loss function");
    field("report", report, "loss|squared_error", "content of the *_loss columns");
    field("l2", l2, "[0, inf)", "factor of half the sum of squared weights");
    data.last_fields(field);
  }
};

}  // namespace ravine
