#include "ravine/core/math.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>

#include "ravine/core/elementary.hpp"

namespace ravine {
namespace {

// The same function serves body and tail, which is padded with zeros.
template <class T, class Function>
void map(std::span<const T> in, std::span<T> out, Function function) {
  assert(in.size() == out.size());
  const std::size_t body = in.size() / kLanes<T> * kLanes<T>, rest = in.size() - body;
  for (std::size_t i = 0; i < body; i += kLanes<T>)
    store(out.data() + i, function(load(in.data() + i)));
  if (rest == 0) return;
  std::array<T, kLanes<T>> tail{};
  std::copy_n(in.data() + body, rest, tail.data());
  store(tail.data(), function(load(tail.data())));
  std::copy_n(tail.data(), rest, out.data() + body);
}

}  // namespace

#define RAVINE_MAP(NAME)                                                        \
  void NAME(std::span<const float> in, std::span<float> out) {                  \
    map(in, out, [](Packet<float> x) { return elementary::NAME<float>(x); });   \
  }                                                                             \
  void NAME(std::span<const double> in, std::span<double> out) {                \
    map(in, out, [](Packet<double> x) { return elementary::NAME<double>(x); }); \
  }
RAVINE_MAP(exp)
RAVINE_MAP(log)
RAVINE_MAP(logistic)
RAVINE_MAP(tanh)
RAVINE_MAP(one_minus_exp)
RAVINE_MAP(softplus_remainder)
#undef RAVINE_MAP

}  // namespace ravine
