#include "ravine/problems/network_problem.hpp"

#include <utility>

#include "ravine/problems/network_session.hpp"

namespace ravine {
namespace {

void check(const Dataset& data, const NetworkProblem::Options& options, const Loss& loss) {
  if (data.train.size() == 0)
    fail("data '{}' has no training examples: a network needs some", data.name);
  if (data.labels.empty() && data.targets.empty() && !options.reconstruct)
    fail("data '{}' has neither labels nor targets: it is for autoencoders", data.name);
  if (loss.needs_classes() && (data.classes == 0 || options.reconstruct))
    fail("loss=softmax needs class labels and '{}' gives real targets: use loss=squared",
         data.name);
  if (data.features.is_sparse() && options.reconstruct)
    fail("an autoencoder needs dense inputs, but '{}' is sparse: choose other data", data.name);
  if (options.batch_norm == BatchNormPlacement::kInputAndHidden && data.features.is_sparse())
    fail("batch normalization would make the sparse inputs of '{}' dense: use hidden", data.name);
  if (options.batch_norm == BatchNormPlacement::kHidden && options.hidden.empty())
    fail("batch normalization 'hidden' needs a hidden layer: use off or input+hidden");
}

NetworkShape shape(const Dataset& data, const NetworkProblem::Options& options) {
  NetworkShape shape;
  shape.inputs = data.features.cols;
  shape.hidden = options.hidden;
  shape.outputs = options.reconstruct ? data.features.cols : data.classes > 0 ? data.classes : 1;
  shape.batch_norm = options.batch_norm;
  shape.dropout = options.dropout;
  return shape;
}

}  // namespace

NetworkProblem::NetworkProblem(std::shared_ptr<const Dataset> data, const Options& options) {
  auto loss = make_loss(options.loss);
  check(*data, options, *loss);
  Network network(shape(*data, options));
  model_ = std::make_shared<const NetworkModel>(
      NetworkModel{std::move(data), std::move(network), std::move(loss),
                   options.reported.empty() ? nullptr : make_loss(options.reported), options.l2,
                   options.reconstruct, options.dropout > 0});
}

void NetworkProblem::initialize(std::string_view initializer, std::uint64_t seed,
                                std::span<Real> theta) const {
  model_->network.initialize(*initializer_catalog().make(initializer), seed, theta);
}

std::unique_ptr<Session> NetworkProblem::start(std::uint64_t seed, std::size_t batch_size,
                                               Threads threads) const {
  return std::make_unique<NetworkSession>(model_, seed, batch_size, threads);
}

LossUnits NetworkProblem::loss_units() const {
  const Loss& reported = model_->reported ? *model_->reported : *model_->loss;
  return {model_->loss->unit(), reported.unit()};
}

std::string NetworkProblem::data_digest() const {
  return model_->data->name + ":" + model_->data->digest;
}

}  // namespace ravine
