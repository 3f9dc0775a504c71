#include "ravine/optim/matrix/catalog.hpp"

#include <string>
#include <utility>

#include "ravine/optim/catalog.hpp"
#include "ravine/optim/matrix/dion.hpp"
#include "ravine/optim/matrix/muon.hpp"
#include "ravine/optim/matrix/muonh.hpp"
#include "ravine/optim/matrix/normuon.hpp"
#include "ravine/optim/matrix/psgd_kron.hpp"
#include "ravine/optim/matrix/scion.hpp"
#include "ravine/optim/matrix/shampoo.hpp"
#include "ravine/optim/matrix/soap.hpp"
#include "ravine/optim/matrix/spectral_descent.hpp"

namespace ravine {
namespace {

template <class Rule>
CatalogEntry<Optimizer> matrix_entry(std::string summary, std::string citation) {
  return optimizer_entry<OnMatrices<Rule>, WithRest<Rule>>(std::move(summary), std::move(citation));
}

}  // namespace

void add_matrix_rules(Catalog<Optimizer>& catalog) {
  catalog.add(matrix_entry<Muon>(
      "momentum with orthogonal steps for hidden weights, AdamW for the rest",
      "Jordan, Jin, Boza, You, Cesista, Newhouse and Bernstein 2024, blog post and code"));
  catalog.add(matrix_entry<NorMuon>("Muon whose outputs move equally far, AdamW for the rest",
                                    "Li, Liu, Liang, Chen and Zhao 2025, Algorithm 1"));
  catalog.add(matrix_entry<MuonH>("Muon at constant norms of weights, AdamW for the rest",
                                  "Wen et al. 2025, Hyperball; modded-nanogpt"));
  catalog.add(matrix_entry<SpectralDescent>(
      "steepest descent in the spectral norm for hidden weights, AdamW for the rest",
      "Carlson, Cevher and Carin 2015, equation 9"));
  catalog.add(matrix_entry<Dion>("orthogonal steps of low rank, AdamW for the rest",
                                 "Ahn, Xu, Abreu, Fan, Magakyan, Sharma, Zhan and Langford 2025"));
  catalog.add(optimizer_entry<Blockwise<Scion>, Scion>(
      "steps to the edge of a ball, whose norm depends on the layer",
      "Pethick, Xie, Antonakopoulos, Zhu, Silveti-Falls and Cevher 2025, Algorithm 1"));
  catalog.add(
      matrix_entry<Shampoo>("a preconditioner for each side of every weight, AdamW for the rest",
                            "Gupta, Koren and Singer 2018, Algorithm 1; Shi et al. 2023"));
  catalog.add(matrix_entry<Soap>("Adam in the basis of Shampoo's eigenvectors, AdamW for the rest",
                                 "Vyas et al. 2024, Algorithm 3"));
  catalog.add(matrix_entry<PsgdKron>(
      "a fitted preconditioner for each side of every weight, AdamW for the rest",
      "Li 2018, 2024; psgd_torch"));
}

}  // namespace ravine
