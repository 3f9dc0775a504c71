#include <gtest/gtest.h>

#include <string>

#include "ravine/core/error.hpp"
#include "ravine/problems/hidden_layers.hpp"
#include "ravine/problems/problem.hpp"
#include "ravine/train/catalogs.hpp"
#include "support/refusal.hpp"

namespace ravine {
namespace {

std::string refusal(const std::string& text) {
  return refusal_of([&] { problem_catalog().canonical(text); });
}

TEST(ProblemCatalog, CanonicalTextsFillEveryFieldAndReadBackAsThemselves) {
  EXPECT_EQ(problem_catalog().canonical("mlp"),
            "mlp(data=glyphs, hidden=100x2, activation=relu, loss=softmax, l2=0, dropout=0, "
            "scale=unit, train=0, full=false)");
  EXPECT_EQ(problem_catalog().canonical("logreg(l2=1e-4)"),
            "logreg(data=glyphs, l2=0.0001, scale=unit, train=0, full=false)");
  EXPECT_EQ(
      problem_catalog().canonical("net(layers=\"dense( 100 ) relu  dense(100) relu dense(10)\")"),
      "net(data=glyphs, layers=2*(dense(100) relu) dense(10), loss=softmax, l2=0, "
      "reconstruct=false, scale=unit, train=0, full=false)");
  EXPECT_EQ(problem_catalog().canonical("autoencoder(data=curves)"),
            "autoencoder(data=curves, hidden=400-200-100, code=30, activation=sigmoid, "
            "loss=bernoulli, report=loss, l2=0, scale=unit, train=0, full=false)");
  for (const std::string& name : problem_catalog().names()) {
    const std::string text = problem_catalog().canonical(name);
    EXPECT_EQ(problem_catalog().canonical(text), text);
    const bool has_second = text.starts_with("mlp(") || text.starts_with("autoencoder(") ||
                            text.find("augment=") != std::string::npos;
    EXPECT_EQ(problem_catalog().row(problem_catalog().expand(name).name).version,
              has_second ? 2 : 1)
        << name;
  }
}

// What a problem says that it offers is what its sessions do.
TEST(ProblemCatalog, OffersAreKept) {
  for (const char* text : {"rosenbrock", "quadratic(noise=1)", "quadratic_deep", "noisy_quadratic",
                           "reddi", "wilson", "mlp(hidden=5, train=50)", "logreg(train=50)"})
    for (const char* batch_norm : {"off", "hidden"}) {
      const bool normalized = batch_norm == std::string("hidden");
      if (normalized && !std::string(text).starts_with("mlp")) continue;
      const auto problem = Catalogs().make_problem(text, batch_norm);
      const std::size_t size = problem->layout().size();
      AlignedVector<Real> theta(size), out(size);
      problem->initialize(*initializer_catalog().make("he"), 1, theta);
      const auto session = problem->start(1, problem->train_end() - problem->train_begin(), {1});
      std::vector<std::int32_t> all;
      for (std::size_t i = problem->train_begin(); i < problem->train_end(); ++i)
        all.push_back(static_cast<std::int32_t>(i));
      session->select(1, all);
      const auto works = [](auto f) {
        try {
          return f();
        } catch (const Error&) {
          return false;
        }
      };
      const auto hessian = [&] { return session->hessian_vector(theta, theta, out), true; };
      const auto gauss_newton = [&] {
        return session->gauss_newton_vector(theta, theta, out), true;
      };
      const auto squares = [&] { return session->mean_squared_gradient(theta, out); };
      const auto layers = [&] { return !session->diagnose(theta).empty(); };
      const Capabilities offers = problem->offers();
      EXPECT_EQ(works(hessian), offers.has(Capability::kHessianProducts)) << text;
      EXPECT_EQ(works(gauss_newton), offers.has(Capability::kGaussNewtonProducts)) << text;
      EXPECT_EQ(works(squares), offers.has(Capability::kMeanSquaredGradients)) << text;
      EXPECT_EQ(works(layers), offers.has(Capability::kLayers)) << text;
      EXPECT_EQ(session->stationary(), offers.has(Capability::kStationary)) << text;
    }
}

TEST(ProblemCatalog, KeysOfOwnFilesAreWrittenWhereTheySaySomething) {
  const std::string plain = problem_catalog().canonical("logreg(data=x.csv)");
  EXPECT_EQ(plain, "logreg(data=x.csv, l2=0, scale=unit, train=0, full=false)");
  EXPECT_EQ(problem_catalog().canonical("logreg(data=x.csv, target=last, task=auto, header=auto)"),
            plain);
  for (const char* model : {"mlp", "logreg", "autoencoder"}) {
    const std::string text = problem_catalog().canonical(
        std::string(model) + "(data=x.csv, target=\"a, b\", task=regression, header=yes)");
    EXPECT_NE(text.find(", target=\"a, b\", task=regression, header=yes)"), std::string::npos)
        << text;
    EXPECT_EQ(problem_catalog().canonical(text), text);
  }
  EXPECT_EQ(refusal("mlp(task=regress)").substr(0, 22), "mlp(task) is 'regress'");
}

TEST(ProblemCatalog, OneFileHasOneText) {
  for (const char* model : {"mlp", "logreg", "autoencoder"})
    EXPECT_EQ(problem_catalog().canonical(std::string(model) + "(data=./a//../x.csv)"),
              problem_catalog().canonical(std::string(model) + "(data=x.csv)"));
  EXPECT_NE(problem_catalog().canonical("mlp(data=\"a,b.csv\")").find("(data=\"a,b.csv\", "),
            std::string::npos);
}

TEST(ProblemCatalog, AliasesExpandAndTheirFieldsMayBeOverridden) {
  EXPECT_EQ(problem_catalog().canonical("mnist_mlp"),
            problem_catalog().canonical("mlp(data=mnist, hidden=1000x2)"));
  EXPECT_EQ(problem_catalog().canonical("mnist_mlp(hidden=50, l2=0.5)"),
            problem_catalog().canonical("mlp(data=mnist, hidden=50, l2=0.5)"));
  EXPECT_EQ(problem_catalog().canonical("deepobs_mnist_mlp"),
            problem_catalog().canonical("mlp(data=mnist, hidden=1000-500-100)"));
  EXPECT_EQ(problem_catalog().entry("logreg").fields.front().key, "data");
}

TEST(ProblemCatalog, OneNetworkHasOneText) {
  EXPECT_EQ(problem_catalog().canonical("mlp(hidden=100-100)"),
            problem_catalog().canonical("mlp(hidden=100x2)"));
  EXPECT_EQ(problem_catalog().canonical("mlp(hidden=0100x1)"),
            problem_catalog().canonical("mlp(hidden=100)"));
}

TEST(ProblemCatalog, RefusalsNameTheValueTheRuleAndTheRemedy) {
  EXPECT_NE(refusal("net(layers=dense(100) relo dense)")
                .find("unknown layer 'relo' (did you mean 'relu'?)"),
            std::string::npos);
  EXPECT_NE(refusal("mnist_mpl").find("unknown problem 'mnist_mpl' (did you mean 'mnist_mlp'?)"),
            std::string::npos);
  EXPECT_EQ(refusal("mlp(hidden=100x)"),
            "hidden is '100x': write widths such as 100, 100x3 or 1000-500-100");
  EXPECT_EQ(refusal("mlp(l2=-1)"), "mlp(l2) is -1: it must be in [0, inf)");
  EXPECT_NE(refusal("mlp(activation=rleu)").find("did you mean 'relu'?"), std::string::npos);
  EXPECT_NE(refusal("mlp(hiden=5)").find("did you mean 'hidden'?"), std::string::npos);
  EXPECT_EQ(refusal("beale(x=1)"), "beale takes no arguments, but 'x' was given");
  EXPECT_THROW(Catalogs().make_problem("quadratic", "hiden"), Error);
}

TEST(HiddenLayers, ReadsEveryFormAndWritesTheShortest) {
  using Widths = std::vector<std::size_t>;
  EXPECT_EQ(parse_hidden_layers("100x3"), (Widths{100, 100, 100}));
  EXPECT_EQ(parse_hidden_layers("1000-500-100"), (Widths{1000, 500, 100}));
  EXPECT_EQ(parse_hidden_layers("20 - 10x2"), (Widths{20, 10, 10}));
  EXPECT_EQ(write_hidden_layers({20, 10, 10, 5}), "20-10x2-5");
  for (const char* bad : {"", "0", "a", "10x", "x3", "10x0", "-10", "10-", "10x2x3", "1e3",
                          "99999999999999999999", "10--5"})
    EXPECT_THROW(parse_hidden_layers(bad), Error) << bad;
}

}  // namespace
}  // namespace ravine
