#include "ravine/problems/network_recipes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ravine/core/text.hpp"
#include "ravine/problems/hidden_layers.hpp"
#include "ravine/problems/network_problem.hpp"

namespace ravine {
namespace {

std::string shortest(const std::string& hidden) {
  return write_hidden_layers(parse_hidden_layers(hidden));
}

// The hidden layers of a perceptron, with a norm slot in front of each activation.
std::string hidden_layers(const std::vector<std::size_t>& widths, const std::string& activation,
                          double dropout = 0) {
  std::string text;
  for (const std::size_t width : widths) {
    text += fmt::format("dense({}) norm {} ", width, activation);
    if (dropout > 0) text += fmt::format("dropout({}) ", format_number(dropout));
  }
  return text;
}

// Every network of these begins with a slot for the normalized input and ends in its outputs.
LayerList between_ends(const std::string& hidden, const ProblemContext& context) {
  return parse_layers("norm " + hidden + "dense(outputs)", context.layers);
}

}  // namespace

std::shared_ptr<const Dataset> DataFields::load(const ProblemContext& context) const {
  DataRequest request;
  request.name = data;
  request.directory = context.data_directory;
  request.scale = scale;
  request.train = train;
  request.full = full;
  request.target = target;
  request.task = task;
  request.header = header;
  return context.data_sets.load(request);
}

void Mlp::normalize() {
  data.normalize();
  hidden = shortest(hidden);
}

std::shared_ptr<const Problem> Mlp::build(const ProblemContext& context) const {
  NetworkProblem::Options options;
  options.family = "MLP";
  options.layers =
      between_ends(hidden_layers(parse_hidden_layers(hidden), activation, dropout), context);
  options.loss = loss;
  options.l2 = l2;
  options.batch_norm = parse_batch_norm(context.batch_norm);
  return std::make_shared<NetworkProblem>(data.load(context), options);
}

std::shared_ptr<const Problem> LogisticRegression::build(const ProblemContext& context) const {
  NetworkProblem::Options options;
  options.family = "Logistic regression";
  options.layers = between_ends("", context);
  options.l2 = l2;
  options.batch_norm = parse_batch_norm(context.batch_norm);
  return std::make_shared<NetworkProblem>(data.load(context), options);
}

void Autoencoder::normalize() {
  data.normalize();
  hidden = shortest(hidden);
}

std::shared_ptr<const Problem> Autoencoder::build(const ProblemContext& context) const {
  NetworkProblem::Options options;
  options.family = "Autoencoder";
  std::vector<std::size_t> widths = parse_hidden_layers(hidden);
  const std::string encoder = hidden_layers(widths, activation);
  std::ranges::reverse(widths);
  options.layers = between_ends(
      encoder + fmt::format("dense({}) norm ", code) + hidden_layers(widths, activation), context);
  options.loss = loss;
  if (report == "squared_error") options.reported = loss == "squared" ? loss : "logistic_squared";
  options.l2 = l2;
  options.batch_norm = parse_batch_norm(context.batch_norm);
  options.reconstruct = true;
  return std::make_shared<NetworkProblem>(data.load(context), options);
}

void Net::normalize(const Catalog<ProblemRecipe>& catalog) {
  data.normalize();
  layers = write_layers(parse_layers(layers, catalog.nested<LayerRecipe>()));
}

std::shared_ptr<const Problem> Net::build(const ProblemContext& context) const {
  NetworkProblem::Options options;
  options.layers = parse_layers(layers, context.layers);
  options.loss = loss;
  options.l2 = l2;
  options.batch_norm = parse_batch_norm(context.batch_norm);
  options.reconstruct = reconstruct;
  return std::make_shared<NetworkProblem>(data.load(context), options);
}

}  // namespace ravine
