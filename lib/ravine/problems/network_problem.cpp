#include "ravine/problems/network_problem.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "ravine/data/data_name.hpp"
#include "ravine/problems/network_session.hpp"

namespace ravine {
namespace {

InputForm form_of(const Dataset& data) {
  if (data.features.is_sparse()) return InputForm::kSparse;
  return data.features.tokens.empty() ? InputForm::kDense : InputForm::kTokens;
}

// What the network is to answer, as it sees it.
std::pair<Real, Real> target_range(const Dataset& data, bool reconstruct) {
  if (reconstruct) return value_range(data.features);
  if (data.classes > 0) return {Real(0), Real(1)};
  const auto [least, greatest] = std::minmax_element(data.targets.begin(), data.targets.end());
  return {static_cast<Real>(*least), static_cast<Real>(*greatest)};
}

// Losses are finite and have a minimum only where targets are what they are made for.
void check_targets(const Dataset& data, const NetworkProblem::Options& options, const Loss& loss) {
  const std::size_t rows = data.features.rows;
  const auto is_class = [&](std::int32_t label) {
    return label >= 0 && static_cast<std::size_t>(label) < data.classes;
  };
  const auto is_finite = [](float target) { return std::isfinite(target); };
  if (!options.reconstruct && data.classes > 0 &&
      (data.labels.size() != rows * data.positions || !std::ranges::all_of(data.labels, is_class)))
    fail("data '{}' needs a label from 0 to {} for each of its {} rows", data.name,
         data.classes - 1, rows);
  if (!options.reconstruct && data.classes == 0 &&
      (data.targets.size() != rows * data.positions ||
       !std::ranges::all_of(data.targets, is_finite)))
    fail("data '{}' needs a finite target for each of its {} rows", data.name, rows);
  if (data.guessed_classes && !options.reconstruct && !loss.needs_classes())
    fail(
        "the targets of '{}' are whole numbers, and loss={} accepts classes and quantities: set "
        "task=classes or task=regression",
        data.name, options.loss);
  if (!loss.needs_unit_targets()) return;
  const auto [least, greatest] = target_range(data, options.reconstruct);
  if (!(least >= 0 && greatest <= 1))
    fail("loss={} needs {} in [0, 1], but those of '{}' range from {} to {}: use {}", options.loss,
         options.reconstruct ? "inputs" : "targets", data.name, least, greatest,
         options.reconstruct ? "loss=squared, or scale=unit for images" : "loss=squared");
}

void check(const Dataset& data, const NetworkProblem::Options& options, const Loss& loss) {
  if (data.train.size() == 0)
    fail("data '{}' has no training examples: a network needs some", data.name);
  if (data.labels.empty() && data.targets.empty() && !options.reconstruct)
    fail("data '{}' has neither labels nor targets: use it with an autoencoder", data.name);
  if (loss.needs_classes() && (data.classes == 0 || options.reconstruct))
    fail(
        "loss=softmax needs class labels, but '{}' has real targets: use mlp with loss=squared, or "
        "task=classes if these numbers name classes",
        data.name);
  if (form_of(data) != InputForm::kDense && options.reconstruct)
    fail("an autoencoder needs dense inputs, but '{}' is {}: choose a dense data set", data.name,
         data.features.is_sparse() ? "sparse" : "made of tokens");
  if (data.features.row_shape().size() != data.features.cols)
    fail("the examples of '{}' have {} numbers each, which is not {}", data.name,
         data.features.cols, data.features.row_shape().text());
  if (options.batch_norm == BatchNormPlacement::kInputAndHidden && data.features.is_sparse())
    fail("batch normalization would make the sparse inputs of '{}' dense: use hidden", data.name);
  check_targets(data, options, loss);
}

std::size_t bytes_of(const Dataset& data) {
  const Features& features = data.features;
  const auto bytes = [](const auto& values) { return values.size() * sizeof(values[0]); };
  return bytes(features.pixels) + bytes(features.dense) + bytes(features.tokens) +
         bytes(features.sparse.row_start) + bytes(features.sparse.columns) +
         bytes(features.sparse.values) + bytes(features.shift) + bytes(features.scale) +
         bytes(data.labels) + bytes(data.targets);
}

NetworkOptions network_options(const Dataset& data, const NetworkProblem::Options& options) {
  NetworkOptions network;
  network.input = data.features.row_shape();
  network.form = form_of(data);
  network.vocabulary = data.features.vocabulary;
  network.outputs = options.reconstruct ? data.features.cols
                                        : std::max<std::size_t>(data.classes, 1) * data.positions;
  network.batch_norm = options.batch_norm;
  return network;
}

}  // namespace

NetworkProblem::NetworkProblem(std::shared_ptr<const Dataset> data, const Options& options) {
  auto loss = make_loss(options.loss);
  check(*data, options, *loss);
  Network network(network_options(*data, options), options.layers);
  model_ = std::make_shared<const NetworkModel>(
      NetworkModel{options.family, std::move(data), std::move(network), std::move(loss),
                   options.reported.empty() ? nullptr : make_loss(options.reported), options.l2,
                   options.reconstruct});
}

std::string NetworkProblem::title() const {
  std::string widths;
  for (const Block& block : layout().blocks())
    if (is_product(block.kind))
      widths += widths.empty() ? fmt::format("{}-{}", model_->network.inputs(), block.cols)
                               : fmt::format("-{}", block.cols);
  return fmt::format("{}{}{} on {}", model_->family, widths.empty() ? "" : " ", widths,
                     data_file_name(model_->data->name));
}

void NetworkProblem::initialize(const Initializer& initializer, std::uint64_t seed,
                                std::span<Real> theta) const {
  model_->network.initialize(initializer, seed, theta);
}

std::unique_ptr<Session> NetworkProblem::start(std::uint64_t seed, std::size_t batch_size,
                                               Threads threads) const {
  return std::make_unique<NetworkSession>(model_, seed, batch_size, threads);
}

std::size_t NetworkProblem::data_bytes() const { return bytes_of(*model_->data); }

std::size_t NetworkProblem::session_bytes(std::size_t batch_size, bool uses_curvature,
                                          Threads threads) const {
  return NetworkSession::bytes(*model_, batch_size, uses_curvature, threads);
}

LossUnits NetworkProblem::loss_units() const {
  const Loss& reported = model_->reported ? *model_->reported : *model_->loss;
  return {model_->loss->unit(), reported.unit()};
}

Capabilities NetworkProblem::offers() const {
  const Network& network = model_->network;
  const bool has_curvature = !network.without_curvature();
  return Capabilities{Capability::kGradient, Capability::kLayers}
      .with(Capability::kHessianProducts, has_curvature)
      .with(Capability::kGaussNewtonProducts, has_curvature)
      .with(Capability::kMeanSquaredGradients, !network.without_example_squares())
      .with(Capability::kStationary, !network.is_stochastic());
}

std::string NetworkProblem::data_digest() const {
  return data_file_name(model_->data->name) + ":" + model_->data->digest;
}

std::vector<std::string_view> NetworkProblem::metrics() const {
  const bool classes = model_->data->classes > 0 && !model_->reconstruct;
  std::vector<std::string_view> names = {"objective"};
  const auto add = [&](const Range& part, std::string_view loss, std::string_view accuracy) {
    if (part.size() > 0) names.push_back(loss);
    if (part.size() > 0 && classes) names.push_back(accuracy);
  };
  add(model_->data->train, "train_loss", "train_accuracy");
  add(model_->data->validation, "validation_loss", "validation_accuracy");
  add(model_->data->test, "test_loss", "test_accuracy");
  return names;
}

std::string NetworkProblem::data_understood() const {
  const Dataset& data = *model_->data;
  return data.understood.empty() ? "" : data.name + ": " + data.understood;
}

}  // namespace ravine
