// Compares the gradients of one's own problems with finite differences, as a test of theirs should.
// One problem has a sign wrong: the check has to find it.

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <vector>

#include "parts.hpp"
#include "ravine/testing/gradient_check.hpp"

namespace {

struct WrongSign : Himmelblau {
  static constexpr std::string_view kName = "wrong_sign";
  double evaluate(std::span<const double> x, std::span<double> g) const {
    const double value = Himmelblau::evaluate(x, g);
    g[1] = -g[1];
    return value;
  }
};

double largest_error(const ravine::Catalogs& catalogs, const char* text) {
  const auto problem = catalogs.make_problem(text);
  const std::size_t size = std::min<std::size_t>(32, problem->train_end() - problem->train_begin());
  std::vector<std::int32_t> batch(size);
  std::iota(batch.begin(), batch.end(), static_cast<std::int32_t>(problem->train_begin()));
  ravine::AlignedVector<Real> theta(problem->layout().size());
  problem->initialize(*catalogs.initializers.make("he"), 0, theta);
  const auto session = problem->start(0, size, {});
  session->select(1, batch);
  const double error = ravine::check_gradient(*session, theta).max_relative_error;
  std::printf("%s: largest relative error %.2g\n", text, error);
  return error;
}

}  // namespace

int main() {
  constexpr double kMost = 1e-6;
  ravine::Catalogs catalogs;
  add_own_parts(catalogs);
  catalogs.problems.add(ravine::problem_entry<WrongSign>("a mistake on purpose", ""));
  for (const char* right : {"himmelblau", "mlp(data=rings, hidden=4, activation=tanh)"})
    if (largest_error(catalogs, right) > kMost) return 1;
  return largest_error(catalogs, "wrong_sign") > 0.1 ? 0 : 1;
}
