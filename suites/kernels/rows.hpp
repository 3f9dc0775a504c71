#pragma once

#include "limits.hpp"

namespace ravine::kernels {

// Each adds the rows of its file. The limits must outlive the rows.
void add_products(const Limits& limits);
void add_layers(const Limits& limits);
void add_updates(const Limits& limits);
void add_matrix_updates(const Limits& limits);
void add_second_order_updates(const Limits& limits);
void add_batches(const Limits& limits);
void add_random_numbers(const Limits& limits);
void add_steps(const Limits& limits);
void add_observations(const Limits& limits);
void add_storage(const Limits& limits);
void add_bookkeeping(const Limits& limits);

}  // namespace ravine::kernels
