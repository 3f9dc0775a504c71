#include "ravine/problems/network_recipes.hpp"

#include "ravine/problems/hidden_layers.hpp"
#include "ravine/problems/network_problem.hpp"

namespace ravine {
namespace {

// The one place where problems ask for data.
std::shared_ptr<const Dataset> load(const DataFields& fields, const ProblemContext& context) {
  DataRequest request;
  request.name = fields.data;
  request.directory = context.data_directory;
  request.scale = fields.scale;
  request.train = fields.train;
  request.full = fields.full;
  request.target = fields.target;
  request.task = fields.task;
  request.header = fields.header;
  return load_dataset(request);
}

std::string shortest(const std::string& hidden) {
  return write_hidden_layers(parse_hidden_layers(hidden));
}

std::vector<HiddenLayer> hidden_layers(const std::string& hidden, const std::string& activation) {
  std::vector<HiddenLayer> layers;
  for (const std::size_t width : parse_hidden_layers(hidden))
    layers.push_back({width, parse_activation(activation)});
  return layers;
}

}  // namespace

void Mlp::normalize() {
  data.normalize();
  hidden = shortest(hidden);
}

std::shared_ptr<const Problem> Mlp::build(const ProblemContext& context) const {
  NetworkProblem::Options options;
  options.hidden = hidden_layers(hidden, activation);
  options.loss = loss;
  options.l2 = l2;
  options.dropout = dropout;
  options.batch_norm = parse_batch_norm(context.batch_norm);
  return std::make_shared<NetworkProblem>(load(data, context), options);
}

std::shared_ptr<const Problem> LogisticRegression::build(const ProblemContext& context) const {
  NetworkProblem::Options options;
  options.l2 = l2;
  options.batch_norm = parse_batch_norm(context.batch_norm);
  return std::make_shared<NetworkProblem>(load(data, context), options);
}

void Autoencoder::normalize() {
  data.normalize();
  hidden = shortest(hidden);
}

std::shared_ptr<const Problem> Autoencoder::build(const ProblemContext& context) const {
  NetworkProblem::Options options;
  const std::vector<HiddenLayer> encoder = hidden_layers(hidden, activation);
  options.hidden = encoder;
  options.hidden.push_back({static_cast<std::size_t>(code), Activation::kLinear});
  options.hidden.insert(options.hidden.end(), encoder.rbegin(), encoder.rend());
  options.loss = loss;
  if (report == "squared_error") options.reported = loss == "squared" ? loss : "logistic_squared";
  options.l2 = l2;
  options.batch_norm = parse_batch_norm(context.batch_norm);
  options.reconstruct = true;
  return std::make_shared<NetworkProblem>(load(data, context), options);
}

}  // namespace ravine
