#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ravine/nn/layer_recipe.hpp"
#include "ravine/nn/plan.hpp"

namespace ravine {

/// Which norm slots of a network are batch normalizations: none; those behind the first weights; or
/// also those in front of them, on the input.
enum class BatchNormPlacement { kOff, kHidden, kInputAndHidden };
/// off | hidden | input+hidden. Throws Error for another name.
RAVINE_EXPORT BatchNormPlacement parse_batch_norm(std::string_view name);

/// What the layers of a network stand between.
struct NetworkOptions {
  Shape input;
  std::size_t outputs = 0;  // what the loss takes of each example
  BatchNormPlacement batch_norm = BatchNormPlacement::kOff;
  InputForm form = InputForm::kDense;
  std::size_t vocabulary = 0;  // tokens are below it
};

/// Puts layers one behind the other, forks and joins, and assigns every buffer of the plan. Recipes
/// speak to it; a Network is made of what it finishes. Not thread-safe.
class RAVINE_EXPORT NetworkBuilder {
 public:
  explicit NetworkBuilder(const NetworkOptions& options);

  /// What the next layer gets.
  const Shape& shape() const { return shape_; }
  /// What the last layer has to give: NetworkOptions::outputs.
  std::size_t outputs() const { return options_.outputs; }
  /// Number of different tokens; 0 for other inputs.
  std::size_t vocabulary() const { return options_.vocabulary; }
  BatchNormPlacement batch_norm() const { return options_.batch_norm; }
  /// The constructors of layers add their blocks here.
  ParameterLayout& layout() { return plan_.layout; }
  /// 0, 1, 2, ... for layers of one name: it numbers blocks and keys random streams.
  std::size_t next_index(std::string_view name) { return counts_[std::string(name)]++; }
  /// The shape of what the next layer gets, which has to be an image. Here images change from the
  /// order of data sets, (channels, height, width), to that of layers: (height, width, channels).
  /// Throws Error, in the name of `who`, for other shapes.
  Shape image(std::string_view who);
  /// What the next layer gets is taken for another shape of as many elements. Those of an image are
  /// in the order of data sets, (channels, height, width), on both sides.
  void reshape(Shape shape);
  /// Whether no parameter stands in front of what the next layer gets.
  bool is_constant() const { return value_.constant; }
  /// How many means a normalization takes here: one for each channel of what an image layer made,
  /// else one for each element.
  std::size_t normalized_units() const;
  /// Whether the next norm slot is a batch normalization; counts the slot.
  bool takes_norm();
  /// Whether the layer behind the one that is being built takes any bias away again.
  bool bias_is_superfluous() const { return bias_is_superfluous_; }

  /// Says that the outputs are products of an embedding: no weight gets the kind kOutput.
  void output_is_embedding() { ties_output_ = true; }

  /// Throws Error if the layer cannot take what comes.
  void add(std::unique_ptr<const Layer> layer);
  void add(const LayerList& layers);
  /// What comes between is a branch: join() adds what entered to what leaves it. Throws Error for
  /// shapes that differ, unless a shortcut leads from one to the other.
  void fork();
  void join();

  /// Throws Error if the layers have no weights, do not end in as many outputs as are asked for, or
  /// have no slot for the batch normalization that is.
  Plan finish() &&;

 private:
  struct Value {
    std::size_t buffer = Step::kNetworkInput;
    bool constant = true;        // no parameter moves it
    bool kept = true;            // somebody reads it later: nobody may overwrite it
    bool channels_last = false;  // an image in the order of layers, not of data sets
  };
  struct Fork {
    Value value;
    Shape shape;
    std::size_t step;
  };

  /// Brings the elements of an image into the order of layers or into that of data sets.
  void order_channels(bool last);
  Step next_step(Step::Kind kind, std::size_t outputs);
  std::size_t new_buffer(std::size_t width);
  InputForm form() const;
  [[noreturn]] void refuse_form(std::string_view who) const;
  void check_end() const;
  void assign_derivatives();

  NetworkOptions options_;
  Plan plan_;
  Shape shape_;
  Value value_;
  std::vector<Fork> forks_;
  std::map<std::string, std::size_t> counts_;
  std::size_t input_slots_ = 0, hidden_slots_ = 0;
  bool has_weights_ = false, bias_is_superfluous_ = false, ties_output_ = false;
};

}  // namespace ravine
