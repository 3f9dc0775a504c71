#include "ravine/optim/catalog.hpp"

#include "ravine/optim/partition.hpp"
#include "ravine/optim/rules/adadelta.hpp"
#include "ravine/optim/rules/adagrad.hpp"
#include "ravine/optim/rules/adam.hpp"
#include "ravine/optim/rules/adamw.hpp"
#include "ravine/optim/rules/amsgrad.hpp"
#include "ravine/optim/rules/lion.hpp"
#include "ravine/optim/rules/lookahead.hpp"
#include "ravine/optim/rules/momentum.hpp"
#include "ravine/optim/rules/nadam.hpp"
#include "ravine/optim/rules/nesterov.hpp"
#include "ravine/optim/rules/rmsprop.hpp"
#include "ravine/optim/rules/rmsprop_nesterov.hpp"
#include "ravine/optim/rules/schedule_free.hpp"
#include "ravine/optim/rules/sgd.hpp"
#include "ravine/optim/second_order/catalog.hpp"

namespace ravine {
namespace {

Catalog<Optimizer> build_first_order() {
  Catalog<Optimizer> catalog;
  catalog.nest(schedule_catalog());
  // In the order of the lecture's page of updates (L19), then what came after it.
  catalog.add(elementwise_entry<Sgd>("stochastic gradient descent",
                                     "Robbins and Monro 1951; lecture L3, Algorithm 2"));
  catalog.add(elementwise_entry<Momentum>("velocity that averages past gradients",
                                          "Polyak 1964; lecture L9"));
  catalog.add(elementwise_entry<Nesterov>(
      "momentum with the gradient taken ahead",
      "Nesterov 1983; Sutskever, Martens, Dahl and Hinton 2013, equations 3-4; lecture L12"));
  catalog.add(elementwise_entry<AdaGrad>("rates fall with the sum of squared gradients",
                                         "Duchi, Hazan and Singer 2011; lecture L14"));
  catalog.add(
      elementwise_entry<RmsProp>("rates follow a running mean of squared gradients",
                                 "Tieleman and Hinton 2012, Coursera lecture 6.5; lecture L16"));
  catalog.add(elementwise_entry<RmsPropNesterov>(
      "RMSProp with Nesterov momentum",
      "Goodfellow, Bengio and Courville 2016, Algorithm 8.6; lecture L17"));
  catalog.add(elementwise_entry<Adam>("RMSProp with momentum and bias corrections",
                                      "Kingma and Ba 2015, Algorithm 1; lecture L18"));
  catalog.add(elementwise_entry<AdaDelta>("step sizes from running means of past steps",
                                          "Zeiler 2012, Algorithm 1"));
  catalog.add(elementwise_entry<NAdam>("Adam with Nesterov momentum", "Dozat 2016, Algorithm 2"));
  catalog.add(elementwise_entry<AmsGrad>("Adam whose rates never rise",
                                         "Reddi, Kale and Kumar 2018, Algorithm 2"));
  catalog.add(elementwise_entry<AdamW>("Adam with decoupled weight decay",
                                       "Loshchilov and Hutter 2019, Algorithm 2"));
  catalog.add(
      elementwise_entry<Lion>("sign of an interpolated momentum", "Chen et al. 2023, Algorithm 2"));
  catalog.add(optimizer_entry<Lookahead, LookaheadFields>(
      "k steps of another optimizer forward, one step back",
      "Zhang, Lucas, Hinton and Ba 2019, Algorithm 1"));
  catalog.add(catalog_entry<Optimizer, PartitionFields>(
      "several rules side by side, each on its own blocks",
      "per-layer groups of parameters, as Muon is used (Jordan et al. 2024)", make_partition));
  catalog.add(elementwise_entry<ScheduleFree>("averages iterates in place of a schedule",
                                              "Defazio et al. 2024, equations 3-5"));
  catalog.alias("adam_slide", "adam(beta1=0.9, beta2=0.9)",
                "Adam as on the lecture's slide (L18), for a learning rate of 1e-4");
  catalog.alias("adam_paper", "adam(beta1=0.9, beta2=0.999, epsilon=1e-08)",
                "Adam with the constants of Kingma and Ba 2015, for a learning rate of 1e-3");
  return catalog;
}

}  // namespace

const Catalog<Optimizer>& first_order_catalog() {
  static const Catalog<Optimizer> catalog = build_first_order();
  return catalog;
}

const Catalog<Optimizer>& optimizer_catalog() {
  static const Catalog<Optimizer> catalog = [] {
    Catalog<Optimizer> all = first_order_catalog();
    for (const auto& entry : second_order_catalog().entries()) all.add(entry);
    return all;
  }();
  return catalog;
}

}  // namespace ravine
