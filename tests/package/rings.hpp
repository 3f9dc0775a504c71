#pragma once

#include <cmath>
#include <cstdint>

#include "ravine/core/random.hpp"
#include "ravine/data/dataset.hpp"

/// Two noisy rings, one around the other: points (cos a, sin a) times 1 or 2, and their class.
inline ravine::Dataset make_rings(const ravine::DataRequest& request) {
  ravine::Dataset data;
  data.features.rows = 1000;
  data.features.cols = 2;
  data.classes = 2;
  data.train = {0, 600};
  data.validation = {600, 800};
  data.test = {800, 1000};
  for (std::uint64_t i = 0; i < data.features.rows; ++i) {
    ravine::RandomStream random(request.seed, ravine::Purpose::kData, i);
    const double x = random.normal(), y = random.normal();
    const double radius = (i % 2 == 0 ? 1 : 2) + 0.1 * random.normal();
    const double scale = radius / std::sqrt(x * x + y * y);
    data.features.dense.push_back(static_cast<float>(scale * x));
    data.features.dense.push_back(static_cast<float>(scale * y));
    data.labels.push_back(static_cast<std::int32_t>(i % 2));
  }
  return data;
}
