// Products of dense layers in the shapes of the networks, and with sparse inputs.

#include "ravine/linalg/products.hpp"

#include <fmt/format.h>

#include <set>

#include "networks.hpp"
#include "rows.hpp"
#include "work.hpp"

namespace ravine::kernels {
namespace {

// X (batch, in), W (in, out), Y (batch, out): forward, its two derivatives.
struct Layer {
  std::size_t batch, in, out;
  auto operator<=>(const Layer&) const = default;
};

struct Matrices {
  explicit Matrices(Layer layer)
      : memory_{AlignedVector<Real>(layer.batch * layer.in),
                AlignedVector<Real>(layer.in * layer.out),
                AlignedVector<Real>(layer.batch * layer.out)},
        x(memory_[0].data(), layer.batch, layer.in),
        w(memory_[1].data(), layer.in, layer.out),
        y(memory_[2].data(), layer.batch, layer.out) {
    for (std::size_t i = 0; i < memory_.size(); ++i) fill_random(memory_[i], i);
  }

 private:
  std::array<AlignedVector<Real>, 3> memory_;

 public:
  MatrixView<Real> x, w, y;
};

// As layers call them: nothing is added to what a product itself has just stored.
void forward(Threads threads, const Matrices& m) { affine(threads, m.x, m.w, m.w.row(0), m.y); }
void weight_gradient(Threads threads, const Matrices& m) {
  add_transposed_product(threads, m.x, m.y, m.w, Start::kZero);
}
void input_gradient(Threads threads, const Matrices& m) {
  add_product_transposed(threads, m.y, m.w, m.x, Start::kZero);
}

struct Product {
  const char* name;
  void (*run)(Threads, const Matrices&);
};
constexpr std::array kProducts = {Product{"forward", forward},
                                  Product{"weight_gradient", weight_gradient},
                                  Product{"input_gradient", input_gradient}};

void add_product_row(const Limits& limits, Layer layer, const Product& product, int threads) {
  const auto row = [=, &limits](benchmark::State& state) {
    const Matrices matrices(layer);
    for (auto _ : state) {
      product.run({threads}, matrices);
      benchmark::ClobberMemory();
    }
    const double multiplications = static_cast<double>(layer.batch * layer.in * layer.out);
    report(state, limits, {.flops = 2 * multiplications, .threads = threads});
  };
  const std::string name = fmt::format("product/{}/{}x{}x{}/threads:{}", product.name, layer.batch,
                                       layer.in, layer.out, threads);
  threads == 1 ? add_row(name, row) : add_wall_row(name, row);
}

// A sparse product reads one row of weights per entry; the sums stay in L1.
void add_sparse_row(const Limits& limits, const char* name, bool backward) {
  add_row(name, [&limits, backward](benchmark::State& state) {
    constexpr std::size_t kBatch = 128, kColumns = 10000, kOut = 100, kEvery = 100;
    const auto data = random_sparse(kBatch, kColumns, kEvery);
    std::vector<std::int32_t> selected(kBatch);
    for (std::size_t i = 0; i < kBatch; ++i) selected[i] = static_cast<std::int32_t>(i);
    const SparseRows& sparse = data->features.sparse;
    const SparseView x{sparse.row_start.data(), sparse.columns.data(), sparse.values.data(),
                       selected, kColumns};
    const Matrices m({kBatch, kColumns, kOut});
    for (auto _ : state) {
      if (backward)
        add_transposed_product({}, x, m.y, m.w);
      else
        add_product({}, x, m.w, m.y);
      benchmark::ClobberMemory();
    }
    const double entries = static_cast<double>(sparse.values.size());
    const double passes = backward ? 2 : 1;  // the gradient is read and written
    report(state, limits,
           {.bytes = passes * entries * kOut * sizeof(Real),
            .working_set_bytes = m.w.size() * sizeof(Real)});
  });
}

}  // namespace

void add_products(const Limits& limits) {
  std::set<Layer> seen;
  for (const NetworkShapeRow& network : networks()) {
    const auto widths = network.widths();
    for (std::size_t i = 0; i + 1 < widths.size(); ++i) {
      const Layer layer{network.batch, widths[i], widths[i + 1]};
      if (!seen.insert(layer).second) continue;
      for (const Product& product : kProducts) {
        const bool first = i == 0;
        if (first && product.run == input_gradient) continue;  // data need no derivative
        add_product_row(limits, layer, product, 1);
        // Only large products are worth two threads.
        if (layer.in * layer.out >= 100000) add_product_row(limits, layer, product, 2);
      }
    }
  }
  add_sparse_row(limits, "product/sparse_forward/128x10000x100", false);
  add_sparse_row(limits, "product/sparse_weight_gradient/128x10000x100", true);
}

}  // namespace ravine::kernels
