#include "ravine/data/sources.hpp"
#include "ravine/data/synthetic/curves.hpp"
#include "ravine/data/synthetic/glyphs.hpp"
#include "ravine/data/synthetic/ill_conditioned.hpp"
#include "ravine/data/synthetic/motifs.hpp"
#include "ravine/data/synthetic/sentences.hpp"
#include "ravine/data/synthetic/shapeset.hpp"
#include "ravine/data/synthetic/zipf.hpp"

namespace ravine::detail {
namespace {

Dataset curves(std::uint64_t seed, std::size_t train, bool) { return make_curves(seed, train); }

using Draw = Dataset (*)(std::uint64_t seed, std::size_t train, bool full);

DataSource drawn(const char* name, const char* summary, const char* citation, Draw draw) {
  return {.name = name,
          .summary = summary,
          .citation = citation,
          .draws_any_number = true,
          .make = [draw](const DataRequest& request) {
            return draw(request.seed, static_cast<std::size_t>(request.train), request.full);
          }};
}

}  // namespace

std::vector<DataSource> generated_sets() {
  return {
      drawn("curves", "thin curves, 28 x 28 pixels, for autoencoders",
            "generated; after Hinton and Salakhutdinov 2006", curves),
      drawn("glyphs", "digits as a pen writes them, 28 x 28 pixels, 10 classes", "generated",
            make_glyphs),
      drawn("ill_conditioned", "two noisy classes, curvatures from 1 to 1/100",
            "generated; in place of ALPHA, Bottou 2010", make_ill_conditioned),
      drawn("motifs", "textured shapes in colour, 3 x 32 x 32 pixels, 10 classes", "generated",
            make_motifs),
      {.name = "sentences",
       .summary = "sentences of a small grammar of known entropy, as characters",
       .citation = "generated",
       .draws_any_number = true,
       .make =
           [](const DataRequest& request) {
             return make_sentences(request.seed, static_cast<std::size_t>(request.train),
                                   static_cast<std::size_t>(request.context), request.full);
           }},
      drawn("shapeset", "one or two shapes, 32 x 32 pixels, 9 classes",
            "generated; Glorot and Bengio 2010, section 2.1", make_shapeset),
      drawn("zipf", "bags of 10 000 words, 2 classes, sparse",
            "generated; in place of IMDB, Duchi, Hazan and Singer 2011", make_zipf),
  };
}

}  // namespace ravine::detail
