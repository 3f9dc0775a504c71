#include "ravine/problems/catalog.hpp"

#include "ravine/problems/char_lm.hpp"
#include "ravine/problems/deep_quadratic.hpp"
#include "ravine/problems/functions.hpp"
#include "ravine/problems/image_recipes.hpp"
#include "ravine/problems/linear_chain.hpp"
#include "ravine/problems/network_recipes.hpp"
#include "ravine/problems/noisy_quadratic.hpp"
#include "ravine/problems/problem_entry.hpp"
#include "ravine/problems/reddi.hpp"
#include "ravine/problems/wilson.hpp"

namespace ravine {
namespace detail {

void refuse_batch_norm(std::string_view name, const ProblemContext& context) {
  if (context.batch_norm != "off")
    fail("{} has no layers to normalize, but batch-norm is '{}': use off", name,
         context.batch_norm);
}

}  // namespace detail

Catalog<ProblemRecipe> problem_catalog() {
  Catalog<ProblemRecipe> catalog("problem");
  catalog.nest(layer_catalog());
  catalog.nest(sequence_model_catalog());
  catalog.add(problem_entry<Net>("network of any layers", ""));
  catalog.add(problem_entry<Mlp>("multilayer perceptron", ""));
  catalog.add(problem_entry<LogisticRegression>("softmax regression, convex", ""));
  catalog.add(problem_entry<Autoencoder>("deep autoencoder with mirrored decoder",
                                         "Hinton & Salakhutdinov 2006; Martens 2010"));
  catalog.add(problem_entry<CharLm>("language model of characters", "Karpathy 2022 (nanoGPT)"));
  catalog.add(problem_entry<LeNet5>("LeNet-5 with ReLU and maxima", "LeCun et al. 1998"));
  catalog.add(problem_entry<TwoConvTwoDense>("two convolutions and two dense layers of DeepOBS",
                                             "Schneider et al. 2019"));
  catalog.add(problem_entry<ThreeConvThreeDense>(
      "three convolutions and three dense layers of DeepOBS", "Schneider et al. 2019"));
  catalog.add(problem_entry<ResNet>("residual network of 6n + 2 layers for small images",
                                    "He et al. 2015, section 4.2"));
  catalog.add(problem_entry<Quadratic>("axis-aligned quadratic ravine", "lecture L8, L21"));
  catalog.add(problem_entry<Rosenbrock>("curved valley", "Rosenbrock 1960"));
  catalog.add(problem_entry<Beale>("plateaus around a narrow minimum", "Beale 1958"));
  catalog.add(problem_entry<Saddle>("x^2 - y^2", "Dauphin et al. 2014"));
  catalog.add(problem_entry<LinearChain>("product of weights", "lecture L22"));
  catalog.add(problem_entry<DeepQuadraticFields>("noisy quadratic of DeepOBS, 100 dimensions",
                                                 "Schneider et al. 2019"));
  catalog.add(problem_entry<NoisyQuadratic>("noise inversely proportional to the batch size",
                                            "Zhang et al. 2019"));
  catalog.add(
      problem_entry<Reddi>("online problem on which Adam fails", "Reddi et al. 2018, Figure 1"));
  catalog.add(problem_entry<Wilson>("least squares where adaptive rates fail",
                                    "Wilson et al. 2017, section 3.3"));

  catalog.alias("glyphs_mlp", "mlp(data=glyphs, hidden=100x2, activation=relu)", "ReLU network");
  catalog.alias("glyphs_logreg", "logreg(data=glyphs)", "convex");
  catalog.alias("mnist_mlp", "mlp(data=mnist, hidden=1000x2, activation=relu)", "ReLU network");
  catalog.alias("mnist_logreg", "logreg(data=mnist)", "convex");
  catalog.alias("fashion_mnist_mlp", "mlp(data=fashion_mnist, hidden=1000x2, activation=relu)",
                "ReLU network");
  catalog.alias("fashion_mnist_logreg", "logreg(data=fashion_mnist)", "convex");
  catalog.alias("deepobs_mnist_mlp", "mlp(data=mnist, hidden=1000-500-100, activation=relu)",
                "with truncated_normal(sd=0.03); Schneider et al. 2019");
  catalog.alias("deepobs_fashion_mnist_mlp",
                "mlp(data=fashion_mnist, hidden=1000-500-100, activation=relu)",
                "with truncated_normal(sd=0.03); Schneider et al. 2019");
  catalog.alias("mnist_lenet5", "lenet5(data=mnist)", "convolutions, 44 426 parameters");
  catalog.alias("mnist_2c2d", "deepobs_2c2d(data=mnist, full=true)", "Schneider et al. 2019");
  catalog.alias("fmnist_2c2d", "deepobs_2c2d(data=fashion_mnist, full=true)",
                "Schneider et al. 2019");
  catalog.alias("cifar10_3c3d", "deepobs_3c3d(data=cifar10, full=true)", "Schneider et al. 2019");
  catalog.alias("cifar10_resnet20", "resnet(data=cifar10, depth=20)", "He et al. 2015");
  catalog.alias("mnist_autoencoder",
                "autoencoder(data=mnist, hidden=1000-500-250, code=30, report=squared_error)",
                "Hinton & Salakhutdinov 2006");
  catalog.alias("curves_autoencoder",
                "autoencoder(data=curves, hidden=400-200-100-50-25, code=6, report=squared_error)",
                "Hinton & Salakhutdinov 2006");
  return catalog;
}

const std::vector<LayerDiagnostics>& Session::diagnose(std::span<const Real>) {
  fail("this problem has no layers to diagnose: leave the diagnostics out");
}

}  // namespace ravine
