#include "ravine/nn/network_builder.hpp"

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

#include "ravine/core/component.hpp"
#include "ravine/nn/layers/image.hpp"

namespace ravine {

BatchNormPlacement parse_batch_norm(std::string_view name) {
  check_choice("batch-norm", std::string(name), "off|hidden|input+hidden");
  if (name == "off") return BatchNormPlacement::kOff;
  return name == "hidden" ? BatchNormPlacement::kHidden : BatchNormPlacement::kInputAndHidden;
}

NetworkBuilder::NetworkBuilder(const NetworkOptions& options)
    : options_(options), shape_(options.input) {
  if (shape_.size() == 0) fail("a network needs inputs: the shape of an example is empty");
  plan_.input = shape_;
  plan_.form = options.form;
}

bool NetworkBuilder::takes_norm() {
  if (has_weights_) {
    ++hidden_slots_;
    return options_.batch_norm != BatchNormPlacement::kOff;
  }
  ++input_slots_;
  return options_.batch_norm == BatchNormPlacement::kInputAndHidden;
}

std::size_t NetworkBuilder::new_buffer(std::size_t width) {
  plan_.value_widths.push_back(width);
  return plan_.value_widths.size() - 1;
}

Step NetworkBuilder::next_step(Step::Kind kind, std::size_t outputs) {
  Step step;
  step.kind = kind;
  step.inputs = shape_.size();
  step.outputs = outputs;
  step.x = step.y = value_.buffer;
  step.constant_x = step.constant_y = value_.constant;
  step.first_block = plan_.steps.empty() ? 0 : plan_.steps.back().last_block;
  step.last_block = plan_.layout.blocks().size();
  step.first_statistic = plan_.statistics_size;
  return step;
}

InputForm NetworkBuilder::form() const {
  return value_.buffer == Step::kNetworkInput ? options_.form : InputForm::kDense;
}

void NetworkBuilder::refuse_form(std::string_view who) const {
  constexpr std::string_view kForms[] = {"dense", "sparse", "token"};
  fail("{} cannot take {} inputs: put a layer in front that can, or choose other data", who,
       kForms[static_cast<std::size_t>(form())]);
}

void NetworkBuilder::add(std::unique_ptr<const Layer> layer) {
  constexpr std::size_t kMostSteps = 100000;
  if (plan_.steps.size() >= kMostSteps)
    fail("a network has more than {} layers: repeat fewer", kMostSteps);
  assert(layer->input_shape().size() == shape_.size());
  if (!layer->takes(form())) refuse_form(layer->name());
  if (layer->works_in_place() && value_.kept) {
    Step copy = next_step(Step::Kind::kCopy, shape_.size());
    copy.last_block = copy.first_block;
    copy.y = value_.buffer = new_buffer(shape_.size());
    plan_.steps.push_back(std::move(copy));
  }
  Step step = next_step(Step::Kind::kLayer, layer->outputs());
  step.constant_y = value_.constant && step.first_block == step.last_block;
  if (!layer->works_in_place()) step.y = new_buffer(layer->outputs());
  value_ = {step.y, step.constant_y, layer->reads_output(), value_.channels_last};
  shape_ = layer->output_shape();
  plan_.statistics_size += layer->statistics_size();
  const auto& blocks = plan_.layout.blocks();
  for (std::size_t i = step.first_block; i < step.last_block; ++i)
    has_weights_ |= is_decayed(blocks[i].kind);
  step.layer = std::move(layer);
  plan_.steps.push_back(std::move(step));
}

void NetworkBuilder::add(const LayerList& layers) {
  const bool behind = bias_is_superfluous_;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    bias_is_superfluous_ =
        i + 1 < layers.size() ? layers[i + 1].recipe->takes_means_away(*this) : behind;
    layers[i].recipe->build(*this);
  }
  bias_is_superfluous_ = behind;
}

void NetworkBuilder::order_channels(bool last) {
  const bool differ = shape_.rank() == 3 && shape_[0] > 1 && shape_[1] * shape_[2] > 1;
  if (value_.channels_last != last && differ)
    add(std::make_unique<ChannelOrder>(shape_,
                                       last ? ChannelOrder::To::kLast : ChannelOrder::To::kFirst));
  value_.channels_last = last;
}

Shape NetworkBuilder::image(std::string_view who) {
  if (shape_.rank() != 3)
    fail("{} needs images, but gets {}: choose image data, or put reshape in front", who,
         shape_.text());
  if (form() != InputForm::kDense) refuse_form(who);
  order_channels(true);
  return shape_;
}

void NetworkBuilder::reshape(Shape shape) {
  if (shape.size() != shape_.size())
    fail("{} has {} elements and cannot become {}, which has {}", shape_.text(), shape_.size(),
         shape.text(), shape.size());
  order_channels(false);
  shape_ = std::move(shape);
}

std::size_t NetworkBuilder::normalized_units() const {
  return value_.channels_last && shape_.rank() == 3 ? shape_[0] : shape_.size();
}

void NetworkBuilder::fork() {
  if (form() != InputForm::kDense) refuse_form("residual");
  bias_is_superfluous_ = false;
  plan_.steps.push_back(next_step(Step::Kind::kFork, shape_.size()));
  forks_.push_back({value_, shape_, plan_.steps.size() - 1});
  value_.kept = true;
}

void NetworkBuilder::join() {
  const Fork fork = std::move(forks_.back());
  forks_.pop_back();
  if (shape_.rank() == 3 && shape_[0] > 1 && value_.channels_last != fork.value.channels_last)
    fail(
        "residual cannot add images as the data store them to those of its layers: put a "
        "convolution in front");
  std::optional<Shortcut> shortcut;
  if (Shortcut::fits(fork.shape, shape_))
    shortcut = plan_.steps[fork.step].shortcut = Shortcut(fork.shape, shape_);
  else if (shape_ != fork.shape)
    fail(
        "residual adds its input, {}, to the output of its layers, {}: both must have the same "
        "shape",
        fork.shape.text(), shape_.text());
  Step step = next_step(Step::Kind::kJoin, shape_.size());
  step.skip = fork.value.buffer;
  step.shortcut = shortcut;
  step.constant_skip = fork.value.constant;
  step.constant_y = value_.constant && fork.value.constant;
  if (value_.kept) step.y = new_buffer(shape_.size());
  value_ = {step.y, step.constant_y, false, value_.channels_last};
  plan_.steps.push_back(std::move(step));
}

void NetworkBuilder::check_end() const {
  if (!has_weights_) fail("these layers have no weights, so nothing can be learned: add dense");
  if (shape_.size() != options_.outputs)
    fail("these layers end in {}, but the data need {} outputs: end them with {}", shape_.text(),
         options_.outputs,
         shape_.rank() == 2 ? "tied_output or position_dense, which see no later position"
                            : fmt::format("dense({})", options_.outputs));
  if (options_.batch_norm == BatchNormPlacement::kHidden && hidden_slots_ == 0)
    fail(
        "batch normalization 'hidden' needs a hidden layer with a norm slot, as in \"dense(100) "
        "norm relu dense\": use off or add one");
  if (options_.batch_norm == BatchNormPlacement::kInputAndHidden && input_slots_ == 0)
    fail(
        "batch normalization 'input+hidden' needs a norm slot in front of the first weights, as in "
        "\"norm dense\": use another or add one");
}

// Backwards, as derivatives go: one buffer of two is read while the other is written; what a join
// leaves aside has a place of its own for each level of forks.
void NetworkBuilder::assign_derivatives() {
  std::vector<std::size_t>& widths = plan_.delta_widths;
  widths.assign(2, shape_.size());
  std::size_t here = 0, level = 1;
  for (std::size_t i = plan_.steps.size(); i-- > 0;) {
    Step& step = plan_.steps[i];
    widths[0] = widths[1] = std::max(widths[0], step.outputs);
    step.dy = here;
    if (step.kind == Step::Kind::kJoin) {
      step.left_aside = ++level;
      if (widths.size() == level) widths.push_back(0);
      widths[level] = std::max(widths[level], step.outputs);
    } else if (step.kind == Step::Kind::kFork) {
      step.left_aside = level--;
    } else if (step.kind == Step::Kind::kLayer && !step.layer->works_in_place() &&
               !step.constant_x) {
      here = 1 - here;
    }
    step.dx = here;
  }
}

Plan NetworkBuilder::finish() && {
  assert(forks_.empty());
  check_end();
  order_channels(false);  // as targets are
  const auto& blocks = plan_.layout.blocks();
  for (std::size_t i = ties_output_ ? 0 : blocks.size(); i-- > 0;)
    if (blocks[i].kind == BlockKind::kWeight || blocks[i].kind == BlockKind::kKernel) {
      plan_.layout.set_kind(i, BlockKind::kOutput);
      break;
    }
  assign_derivatives();
  plan_.output = shape_;
  return std::move(plan_);
}

}  // namespace ravine
