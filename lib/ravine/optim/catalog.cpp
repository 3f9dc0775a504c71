#include "ravine/optim/catalog.hpp"

#include "ravine/optim/matrix/catalog.hpp"
#include "ravine/optim/partition.hpp"
#include "ravine/optim/rules/adabelief.hpp"
#include "ravine/optim/rules/adadelta.hpp"
#include "ravine/optim/rules/adafactor.hpp"
#include "ravine/optim/rules/adagrad.hpp"
#include "ravine/optim/rules/adam.hpp"
#include "ravine/optim/rules/adamax.hpp"
#include "ravine/optim/rules/adamw.hpp"
#include "ravine/optim/rules/adan.hpp"
#include "ravine/optim/rules/ademamix.hpp"
#include "ravine/optim/rules/adopt.hpp"
#include "ravine/optim/rules/amsgrad.hpp"
#include "ravine/optim/rules/dadapt_adam.hpp"
#include "ravine/optim/rules/dadapt_sgd.hpp"
#include "ravine/optim/rules/gpa.hpp"
#include "ravine/optim/rules/grams.hpp"
#include "ravine/optim/rules/lamb.hpp"
#include "ravine/optim/rules/laprop.hpp"
#include "ravine/optim/rules/lars.hpp"
#include "ravine/optim/rules/lion.hpp"
#include "ravine/optim/rules/lookahead.hpp"
#include "ravine/optim/rules/mars.hpp"
#include "ravine/optim/rules/momentum.hpp"
#include "ravine/optim/rules/nadam.hpp"
#include "ravine/optim/rules/nadamw.hpp"
#include "ravine/optim/rules/nesterov.hpp"
#include "ravine/optim/rules/prodigy.hpp"
#include "ravine/optim/rules/qhadam.hpp"
#include "ravine/optim/rules/radam.hpp"
#include "ravine/optim/rules/rmsprop.hpp"
#include "ravine/optim/rules/rmsprop_nesterov.hpp"
#include "ravine/optim/rules/schedule_free.hpp"
#include "ravine/optim/rules/schedule_free_adamw.hpp"
#include "ravine/optim/rules/sgd.hpp"
#include "ravine/optim/rules/signum.hpp"
#include "ravine/optim/rules/sophia.hpp"
#include "ravine/optim/rules/yogi.hpp"
#include "ravine/optim/second_order/catalog.hpp"
#include "ravine/optim/wrappers/cautious.hpp"
#include "ravine/optim/wrappers/centralize.hpp"
#include "ravine/optim/wrappers/clip.hpp"
#include "ravine/optim/wrappers/decay.hpp"
#include "ravine/optim/wrappers/sam.hpp"

namespace ravine {
namespace {

// In the order of the lecture's page of updates (L19), then what came soon after it.
void add_classics(Catalog<Optimizer>& catalog) {
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
}

void add_adams(Catalog<Optimizer>& catalog) {
  catalog.add(elementwise_entry<AdamW>("Adam with decoupled weight decay",
                                       "Loshchilov and Hutter 2019, Algorithm 2"));
  catalog.add(elementwise_entry<NAdamW>("NAdam with decoupled weight decay",
                                        "Dozat 2016, Algorithm 2; Dahl et al. 2023"));
  catalog.add(elementwise_entry<AdaMax>("Adam with the largest gradient for a denominator",
                                        "Kingma and Ba 2015, Algorithm 2"));
  catalog.add(elementwise_entry<RAdam>("Adam held back until its mean square may be trusted",
                                       "Liu et al. 2020, Algorithm 2"));
  catalog.add(elementwise_entry<AdaBelief>("small steps where gradients differ from their mean",
                                           "Zhuang et al. 2020, Algorithm 2"));
  catalog.add(elementwise_entry<Yogi>("Adam whose mean square falls slowly",
                                      "Zaheer, Reddi, Sachan, Kale and Kumar 2018, Algorithm 2"));
  catalog.add(elementwise_entry<QhAdam>("Adam's means mixed with the gradient of the moment",
                                        "Ma and Yarats 2019, equation 20"));
  catalog.add(elementwise_entry<LaProp>("momentum of gradients that were divided before",
                                        "Ziyin, Wang and Ueda 2020, Algorithm 1"));
  catalog.add(elementwise_entry<Adan>("Nesterov momentum from differences of gradients",
                                      "Xie, Zhou, Li, Lin and Yan 2022, Algorithm 1"));
  catalog.add(elementwise_entry<AdEmaMix>("Adam with a second, much slower mean",
                                          "Pagliardini, Ablin and Grangier 2024, Algorithm 1"));
  catalog.add(elementwise_entry<Adopt>("Adam that converges for every beta2",
                                       "Taniguchi et al. 2024, Algorithm 2"));
  catalog.add(elementwise_entry<Grams>("Adam's step length, the gradient's direction",
                                       "Cao, Li and Song 2024, Algorithm 1"));
  catalog.add(blockwise_entry<Mars>("AdamW on gradients of reduced variance",
                                    "Yuan, Liu, Wu, Zhou and Gu 2024, Algorithm 2"));
}

void add_signs_and_blocks(Catalog<Optimizer>& catalog) {
  catalog.add(elementwise_entry<Signum>(
      "sign of the momentum", "Bernstein, Wang, Azizzadenesheli and Anandkumar 2018, Algorithm 2"));
  catalog.add(
      elementwise_entry<Lion>("sign of an interpolated momentum", "Chen et al. 2023, Algorithm 2"));
  catalog.add(optimizer_entry<Sophia, SophiaFields>(
      "momentum over the curvature's diagonal, clipped", "Liu et al. 2023, Algorithms 1 and 3"));
  catalog.add(blockwise_entry<Lars>("momentum with steps in proportion to each block",
                                    "You, Gitman and Ginsburg 2017, Algorithm 1"));
  catalog.add(blockwise_entry<Lamb>("AdamW with steps in proportion to each block",
                                    "You et al. 2020, Algorithm 2"));
  catalog.add(blockwise_entry<Adafactor>("Adam's denominator from means of rows and columns",
                                         "Shazeer and Stern 2018, Algorithm 5"));
}

void add_rates_from_data(Catalog<Optimizer>& catalog) {
  catalog.add(global_entry<DAdaptSgd>("dual averaging that estimates its own rate",
                                      "Defazio and Mishchenko 2023, Algorithm 4"));
  catalog.add(global_entry<DAdaptAdam>("Adam that estimates its own rate",
                                       "Defazio and Mishchenko 2023, Algorithm 5"));
  catalog.add(global_entry<Prodigy>("AdamW that estimates its own rate, faster",
                                    "Mishchenko and Defazio 2024, Algorithm 4"));
}

void add_averages(Catalog<Optimizer>& catalog) {
  catalog.add(elementwise_entry<ScheduleFree>("averages iterates in place of a schedule",
                                              "Defazio et al. 2024, equations 3-5"));
  catalog.add(global_entry<ScheduleFreeAdamW>("the same with Adam's denominator",
                                              "Defazio et al. 2024, Algorithm 1"));
  catalog.add(elementwise_entry<Gpa>("AdamW between two averages of its iterates",
                                     "Defazio et al. 2025, generalized primal averaging"));
}

void add_wrappers(Catalog<Optimizer>& catalog) {
  catalog.add(catalog_entry<Optimizer, PartitionFields>(
      "several rules side by side, each on its own blocks",
      "per-layer groups of parameters, as Muon is used (Jordan et al. 2024)", make_partition));
  catalog.add(optimizer_entry<Lookahead, LookaheadFields>(
      "k steps of another optimizer forward, one step back",
      "Zhang, Lucas, Hinton and Ba 2019, Algorithm 1"));
  catalog.add(
      wrapper_entry<Decay>("weight decay around a rule: decoupled, coupled or cautious",
                           "Loshchilov and Hutter 2019; Chen et al. 2025 (cautious weight decay)"));
  catalog.add(wrapper_entry<Clip>("a rule with gradients no longer than a threshold",
                                  "Pascanu, Mikolov and Bengio 2013, Algorithm 1"));
  catalog.add(wrapper_entry<Centralize>("a rule with gradients of mean zero for each output",
                                        "Yong, Huang, Hua and Zhang 2020, equation 1"));
  catalog.add(wrapper_entry<Cautious>("a rule without the updates that the gradient contradicts",
                                      "Liang, Chen, Liu and Liu 2024, Algorithm 1"));
  catalog.add(optimizer_entry<Sam<SamFields>, SamFields>(
      "a rule with gradients from where the loss is worst nearby",
      "Foret, Kleiner, Mobahi and Neyshabur 2021, Algorithm 1"));
  catalog.add(optimizer_entry<Sam<AsamFields>, AsamFields>(
      "the same in the units of each weight", "Kwon, Kim, Park and Choi 2021, Algorithm 1"));
}

Catalog<Optimizer> build_first_order() {
  Catalog<Optimizer> catalog;
  catalog.nest(schedule_catalog());
  add_classics(catalog);
  add_adams(catalog);
  add_signs_and_blocks(catalog);
  add_rates_from_data(catalog);
  add_averages(catalog);
  add_wrappers(catalog);
  add_matrix_rules(catalog);
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
