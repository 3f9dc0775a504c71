#pragma once

#include "himmelblau.hpp"
#include "ravine/problems/problem_entry.hpp"
#include "ravine/train/catalogs.hpp"
#include "rings.hpp"
#include "sign_momentum.hpp"

/// Adds an optimizer, a problem and a data set to the rows of ravine.
inline void add_own_parts(ravine::Catalogs& catalogs) {
  catalogs.optimizers.add(ravine::elementwise_entry<SignMomentum>(
      "sign of the momentum", "Bernstein et al. 2018, Algorithm 2"));
  catalogs.problems.add(
      ravine::problem_entry<Himmelblau>("four minima around a hill", "Himmelblau 1972"));
  catalogs.data_sets.add({.name = "rings", .summary = "two noisy rings", .make = make_rings});
}
