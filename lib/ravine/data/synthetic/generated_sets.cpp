#include "ravine/data/synthetic/generated_sets.hpp"

#include <array>

#include "ravine/data/synthetic/curves.hpp"
#include "ravine/data/synthetic/glyphs.hpp"
#include "ravine/data/synthetic/ill_conditioned.hpp"
#include "ravine/data/synthetic/shapeset.hpp"
#include "ravine/data/synthetic/zipf.hpp"

namespace ravine::detail {
namespace {

Dataset curves(std::uint64_t seed, std::size_t train, bool) { return make_curves(seed, train); }

constexpr std::array kGeneratedSets = {
    GeneratedSet{"curves", curves, 0, 1.0 / 255},
    GeneratedSet{"glyphs", make_glyphs, 0, 1.0 / 255},
    GeneratedSet{"ill_conditioned", make_ill_conditioned},
    GeneratedSet{"shapeset", make_shapeset, 127.5, 1 / 127.5},
    GeneratedSet{"zipf", make_zipf},
};

}  // namespace

std::span<const GeneratedSet> generated_sets() { return kGeneratedSets; }

}  // namespace ravine::detail
