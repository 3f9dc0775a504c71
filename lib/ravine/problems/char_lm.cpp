#include "ravine/problems/char_lm.hpp"

#include "ravine/core/error.hpp"
#include "ravine/problems/network_problem.hpp"

namespace ravine {

std::shared_ptr<const Problem> CharLm::build(const ProblemContext& surroundings) const {
  DataRequest request;
  request.name = data;
  request.directory = surroundings.data_directory;
  request.train = train;
  request.full = full;
  request.context = context;
  auto set = surroundings.data_sets.load(request);
  if (set->features.tokens.empty())
    fail("char_lm needs a text, but '{}' is not made of characters: use sentences or a .txt file",
         data);
  NetworkProblem::Options options;
  options.family = "Language model";
  options.layers = parse_layers(model.made->layers(), surroundings.layers);
  options.l2 = l2;
  options.batch_norm = parse_batch_norm(surroundings.batch_norm);
  return std::make_shared<NetworkProblem>(std::move(set), options);
}

}  // namespace ravine
