#include "ravine/plan/search_space.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "ravine/optim/catalog.hpp"
#include "support/refusal.hpp"

namespace ravine {
namespace {

std::vector<Setting> search(const std::string& text, Search::Method method, int budget,
                            const std::vector<double>& rates = {}) {
  return settings(text, rates, {method, budget}, optimizer_catalog());
}

double argument(const Setting& setting, const char* key) {
  const Component component = Component::parse(setting.optimizer);
  const std::string* text = component.find(key);
  return text ? parse_double(*text, key) : NAN;
}

TEST(SearchRange, ScalesMeetTheirEndsAndMiddle) {
  const auto log = SearchRange::parse("log(1e-4, 1)");
  EXPECT_EQ(log.at(0), 1e-4);
  EXPECT_EQ(log.at(0.5), 0.01);
  EXPECT_EQ(log.at(1), 1);
  const auto share = SearchRange::parse("one_minus_log(0.9, 0.999)");
  EXPECT_EQ(share.at(0), 0.9);
  EXPECT_EQ(share.at(0.5), 0.99);
  EXPECT_EQ(share.at(1), 0.999);
  EXPECT_EQ(SearchRange::parse("linear(0, 1)").at(0.25), 0.25);
  for (double u = 0; u < 1; u += 0.01)  // three digits, so within half a per cent
    EXPECT_NEAR(log.at(u) / std::pow(10, -4 + 4 * u), 1, 0.005);
}

TEST(SearchRange, RefusesWhatIsNoScale) {
  for (const char* bad : {"", "log", "log()", "log(1)", "log(0, 1)", "log(1, 0.1)", "lin(0, 1)",
                          "one_minus_log(0.5, 1)", "log(a, b)", "linear(0, 1"})
    EXPECT_THROW(SearchRange::parse(bad), Error) << bad;
}

// By what trials are told apart: the rule with every field, and its rate.
std::size_t distinct(const std::vector<Setting>& tried) {
  std::set<std::pair<std::string, double>> all;
  for (const Setting& setting : tried)
    all.emplace(optimizer_catalog().canonical(setting.optimizer), setting.learning_rate);
  return all.size();
}

TEST(Settings, EveryOptimizerOfTheCatalogGetsExactlyItsBudgetWithinItsRangesOrIsRefused) {
  int tuned = 0;
  for (const std::string& name : optimizer_catalog().names())
    for (const auto method : {Search::Method::kRandom, Search::Method::kGrid})
      for (const int budget : {2, 5, 6, 8, 20, 24, 100, 500}) {
        const RateRange rates = optimizer_catalog().learning_rate(name);
        if (rates.search.empty()) {
          EXPECT_THROW(search(name, method, budget), Error) << name;
          continue;
        }
        ++tuned;
        const auto tried = search(name, method, budget);
        EXPECT_EQ(tried.size(), static_cast<std::size_t>(budget)) << name;
        EXPECT_EQ(distinct(tried), tried.size()) << name << ' ' << budget;
        EXPECT_EQ(tried.front().optimizer, name);
        EXPECT_EQ(tried.front().learning_rate, rates.customary);
        const auto range = SearchRange::parse(rates.search);
        for (const Setting& setting : tried) {
          EXPECT_GE(setting.learning_rate, range.at(0));
          EXPECT_LE(setting.learning_rate, range.at(1));
          optimizer_catalog().make(setting.optimizer);  // its fields are in their ranges
        }
      }
  // Every rule that follows gradients, and the two aliases of Adam.
  EXPECT_EQ(tuned, static_cast<int>(first_order_catalog().names().size()) * 2 * 8);
}

std::string refusal(const std::string& text, const Search& search) {
  return refusal_of([&] { settings(text, {}, search, optimizer_catalog()); });
}

TEST(Settings, ASpaceSmallerThanTheBudgetIsRefused) {
  for (const auto method : {Search::Method::kRandom, Search::Method::kGrid}) {
    // 1 to 1.03 in three digits: 1, 1.01, 1.02 and 1.03, and the default beside them.
    const Search narrow{method, 5, {parse_search_choice("sgd=log(1, 1.03)")}};
    EXPECT_EQ(settings("sgd", {}, narrow, optimizer_catalog()).size(), 5u);
    Search more = narrow;
    more.budget = 6;
    EXPECT_NE(refusal("sgd", more).find("holds only about 5 settings"), std::string::npos);
    EXPECT_NE(refusal("sgd", {method, 3, {parse_search_choice("sgd=fixed")}}).find("about 1 "),
              std::string::npos);
  }
}

TEST(Settings, ARangeOfTheUserTakesThePlaceOfTheDeclaredOne) {
  Search search{Search::Method::kRandom, 30, {}};
  for (const char* text : {"lbfgs=log(0.1, 1)", "momentum.beta=linear(0.2, 0.4)", "adam=fixed"})
    search.ranges.push_back(parse_search_choice(text));
  const auto tried = [&](const char* name) {
    auto all = settings(name, {}, search, optimizer_catalog());
    EXPECT_EQ(all.size(), 30u) << name;
    all.erase(all.begin());
    return all;
  };
  for (const Setting& setting : tried("lbfgs(history=3)")) {
    EXPECT_EQ(argument(setting, "history"), 3);
    EXPECT_GE(setting.learning_rate, 0.1);
  }
  for (const Setting& setting : tried("momentum")) {
    EXPECT_GE(argument(setting, "beta"), 0.2);
    EXPECT_LE(argument(setting, "beta"), 0.4);
  }
  for (const Setting& setting : tried("adam")) EXPECT_EQ(setting.learning_rate, 1e-3);
  search.method = Search::Method::kGrid;
  EXPECT_EQ(distinct(tried("adam")), 29u);
}

TEST(Settings, WhatAnOptimizerHoldsIsTunedWithIt) {
  Search search{Search::Method::kRandom, 20, {}};
  const std::string text = "lookahead(inner=adam(beta2=0.99))";
  const auto tried = settings(text, {}, search, optimizer_catalog());
  EXPECT_EQ(tried.front().optimizer, text);
  EXPECT_EQ(tried.front().learning_rate, 1e-3);  // the customary rate of Adam
  std::set<double> beta1, alpha, rates;
  for (std::size_t i = 1; i < tried.size(); ++i) {
    const Component whole = Component::parse(tried[i].optimizer);
    const Component inner = Component::parse(*whole.find("inner"));
    EXPECT_EQ(inner.name, "adam");
    EXPECT_EQ(*inner.find("beta2"), "0.99");  // set by the user
    EXPECT_FALSE(inner.find("epsilon"));      // declares no scale
    beta1.insert(parse_double(*inner.find("beta1"), "beta1"));
    alpha.insert(parse_double(*whole.find("alpha"), "alpha"));
    rates.insert(tried[i].learning_rate);
  }
  EXPECT_GT(beta1.size(), 15u);
  EXPECT_GT(alpha.size(), 15u);
  EXPECT_GE(*rates.begin(), 1e-5);
  EXPECT_LE(*rates.rbegin(), 0.1);
  EXPECT_GE(*beta1.begin(), 0.5);
  EXPECT_LE(*beta1.rbegin(), 0.99);

  search.ranges = {parse_search_choice("lookahead.inner.beta1=linear(0.1, 0.2)")};
  check_search(search, {"adam", text}, optimizer_catalog());
  const auto chosen = settings(text, {}, search, optimizer_catalog());
  for (std::size_t i = 1; i < chosen.size(); ++i) {
    const Component whole = Component::parse(chosen[i].optimizer);
    EXPECT_LE(parse_double(*Component::parse(*whole.find("inner")).find("beta1"), "beta1"), 0.2);
  }
  const auto message = [&](const char* range) {
    search.ranges = {parse_search_choice(range)};
    try {
      check_search(search, {text}, optimizer_catalog());
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_NE(message("lookahead.inner.beta11=linear(0, 1)").find("did you mean 'inner.beta1'?"),
            std::string::npos);
  EXPECT_NE(message("lookahead.inner.beta2=linear(0, 0.5)").find("--optimizer sets"),
            std::string::npos);
  EXPECT_NE(
      message("lookahead.inner.beta1=linear(0, 2)").find("contains values that the rule refuses"),
      std::string::npos);
  EXPECT_NE(message("lookahead.inner=linear(0, 1)").find("does not have a number of that name"),
            std::string::npos);
}

TEST(Settings, RangesThatMeanNothingAreRefused) {
  for (const char* bad : {"", "adam", "=log(1, 2)", "adam.=log(1, 2)", "adam=log(2, 1)", "adam=0.1",
                          "adam.beta1=fixed"})
    EXPECT_THROW(parse_search_choice(bad), Error) << bad;
  const auto check = [](std::vector<const char*> texts, std::vector<std::string> optimizers) {
    Search search;
    for (const char* text : texts) search.ranges.push_back(parse_search_choice(text));
    check_search(search, optimizers, optimizer_catalog());
  };
  check({"adam=log(1, 2)", "adam_slide=log(1, 2)", "momentum.beta=linear(0, 0.5)"},
        {"adam", "adam_slide", "momentum(beta=0.9)", "momentum"});
  EXPECT_THROW(check({"adm=log(1, 2)"}, {"adam"}), Error);
  EXPECT_THROW(check({"adam.rho=log(0.1, 0.2)"}, {"adam"}), Error);
  EXPECT_THROW(check({"adam.bias_correction=linear(0, 1)"}, {"adam"}), Error);
  EXPECT_THROW(check({"lookahead.k=log(2, 20)"}, {"lookahead"}), Error);
  EXPECT_THROW(check({"momentum.beta=linear(0, 2)"}, {"momentum"}), Error);
  EXPECT_THROW(check({"momentum.beta=linear(0, 0.5)"}, {"momentum(beta=0.9)"}), Error);
  EXPECT_THROW(check({"adam=log(1, 2)", "adam=log(1, 3)"}, {"adam"}), Error);
  // The lecture's names mean the same fields.
  check({"adam.rho1=linear(0.5, 0.6)"}, {"adam(beta2=0.9)"});
  EXPECT_THROW(check({"adam.rho1=linear(0.5, 0.6)"}, {"adam(beta1=0.9)"}), Error);
  EXPECT_THROW(check({"adam.rho1=linear(0, 0.5)", "adam.beta1=linear(0, 0.5)"}, {"adam"}), Error);
  const Search old{Search::Method::kRandom, 5, {parse_search_choice("adam.rho1=linear(0, 0.1)")}};
  const auto tried = settings("adam", {}, old, optimizer_catalog());
  EXPECT_LE(argument(tried.back(), "beta1"), 0.1);
}

TEST(Settings, ALargerRandomBudgetKeepsTheSmallerOne) {
  const auto few = search("adam", Search::Method::kRandom, 8);
  const auto many = search("adam", Search::Method::kRandom, 30);
  for (std::size_t i = 0; i < few.size(); ++i) {
    EXPECT_EQ(few[i].optimizer, many[i].optimizer);
    EXPECT_EQ(few[i].learning_rate, many[i].learning_rate);
  }
}

TEST(Settings, OptimizersSeeTheSameQuantilesOfTheirRates) {
  const auto adam = search("adam", Search::Method::kRandom, 20);          // log(1e-5, 0.1)
  const auto momentum = search("momentum", Search::Method::kRandom, 20);  // log(1e-4, 1)
  for (std::size_t i = 1; i < adam.size(); ++i)  // none of these was drawn twice
    EXPECT_NEAR(momentum[i].learning_rate / adam[i].learning_rate, 10, 0.1);
}

TEST(Settings, RandomSharesAreUniformInTheLogarithmOfTheRest) {
  // Half of the draws lie below the geometric middle of 1 - beta: 0.5 to 0.001 has 0.0224.
  int below = 0;
  const auto tried = search("momentum", Search::Method::kRandom, 1001);
  for (std::size_t i = 1; i < tried.size(); ++i) below += argument(tried[i], "beta") < 1 - 0.02236;
  EXPECT_NEAR(below, 500, 3.3 * std::sqrt(250.0));
}

TEST(Settings, AGridGivesEachFieldItsLevelsAndEachCombinationItsRates) {
  // 18 settings beside the default: 3 values of beta with 6 rates each.
  std::map<double, std::set<double>> rates;
  const auto tried = search("momentum", Search::Method::kGrid, 19);
  for (std::size_t i = 1; i < tried.size(); ++i)
    rates[argument(tried[i], "beta")].insert(tried[i].learning_rate);
  ASSERT_EQ(rates.size(), 3u);
  const std::set<double> six = {1e-4, 6.31e-4, 3.98e-3, 0.0251, 0.158, 1};
  EXPECT_EQ(rates[0.5], six);
  EXPECT_EQ(rates[0.9776], six);  // 1 - sqrt(0.5 * 0.001) = 0.97764
  EXPECT_EQ(rates[0.999], six);
}

TEST(Settings, AGridTooSmallForItsFieldsSearchesTheRateAlone) {
  const auto tried = search("adamw", Search::Method::kGrid, 10);
  std::set<double> rates;
  for (std::size_t i = 1; i < tried.size(); ++i) {
    EXPECT_EQ(tried[i].optimizer, "adamw");
    rates.insert(tried[i].learning_rate);
  }
  EXPECT_EQ(rates.size(), 9u);
  EXPECT_EQ(*rates.begin(), 1e-5);
  EXPECT_EQ(*rates.rbegin(), 0.1);
}

TEST(Settings, WhatTheUserSetsIsNotTuned) {
  for (const Setting& setting : search("momentum(beta=0.7)", Search::Method::kRandom, 10))
    EXPECT_EQ(argument(setting, "beta"), 0.7);
  for (const Setting& setting : search("sgd", Search::Method::kRandom, 10, {0.5, 0.25}))
    if (setting.learning_rate != 0.1) {
      EXPECT_GE(setting.learning_rate, 0.25);
      EXPECT_LE(setting.learning_rate, 0.5);
    }
  EXPECT_THROW(search("adamm", Search::Method::kRandom, 10), Error);
}

}  // namespace
}  // namespace ravine
