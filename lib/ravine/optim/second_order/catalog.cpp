#include "ravine/optim/second_order/catalog.hpp"

#include "ravine/optim/catalog.hpp"
#include "ravine/optim/second_order/bfgs.hpp"
#include "ravine/optim/second_order/conjugate_gradient.hpp"
#include "ravine/optim/second_order/gradient_descent.hpp"
#include "ravine/optim/second_order/hessian_free.hpp"
#include "ravine/optim/second_order/lbfgs.hpp"
#include "ravine/optim/second_order/newton.hpp"
#include "ravine/optim/second_order/newton_cg.hpp"

namespace ravine {
namespace {

Catalog<Optimizer> build() {
  Catalog<Optimizer> catalog;
  catalog.nest(schedule_catalog());
  catalog.add(optimizer_entry<GradientDescent, GradientDescentOptions>(
      "steepest descent with a line search", "Cauchy 1847; Nocedal and Wright 2006, section 3.3"));
  catalog.add(optimizer_entry<ConjugateGradient, ConjugateGradientOptions>(
      "nonlinear conjugate gradients",
      "Fletcher and Reeves 1964; Polak and Ribiere 1969; Hestenes and Stiefel 1952; lecture L39"));
  catalog.add(optimizer_entry<Bfgs, BfgsOptions>(
      "quasi-Newton with a dense inverse Hessian",
      "Broyden, Fletcher, Goldfarb and Shanno 1970; Nocedal and Wright 2006, Algorithm 6.1; "
      "lecture L38"));
  catalog.add(optimizer_entry<Lbfgs, LbfgsOptions>(
      "quasi-Newton from the last few steps",
      "Liu and Nocedal 1989; Nocedal and Wright 2006, Algorithm 7.5; lecture L38"));
  catalog.add(
      optimizer_entry<Newton, NewtonOptions>("steps to the critical point of the quadratic model",
                                             "Nocedal and Wright 2006, section 3.3; lecture L37"));
  catalog.add(optimizer_entry<DampedNewton, DampedNewtonOptions>(
      "Newton with a multiple of I that makes the Hessian definite",
      "Nocedal and Wright 2006, Algorithm 3.3; lecture L37"));
  catalog.add(optimizer_entry<SaddleFreeNewton, SaddleFreeNewtonOptions>(
      "Newton with absolute curvatures: leaves saddles",
      "Dauphin, Pascanu, Gulcehre, Cho, Ganguli and Bengio 2014, equation 4; lecture L37"));
  catalog.add(optimizer_entry<NewtonCg, NewtonCgOptions>(
      "Newton steps from a few conjugate gradients each",
      "Dembo and Steihaug 1983; Nocedal and Wright 2006, Algorithm 7.1; lecture L37"));
  catalog.add(optimizer_entry<HessianFree, HessianFreeOptions>(
      "truncated Gauss-Newton by linear conjugate gradients", "Martens 2010; lecture L37"));
  return catalog;
}

}  // namespace

const Catalog<Optimizer>& second_order_catalog() {
  static const Catalog<Optimizer> catalog = build();
  return catalog;
}

}  // namespace ravine
