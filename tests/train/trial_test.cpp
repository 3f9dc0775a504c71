#include "ravine/train/trial.hpp"

#include <gtest/gtest.h>

namespace ravine {
namespace {

Trial some_trial() {
  Trial trial;
  trial.problem = "rosenbrock";
  trial.optimizer = "momentum(beta=sutskever(max=0.99))";
  trial.averaging = "polyak, ema(decay=0.9)";
  trial.learning_rate = 0.1;
  trial.steps = 100;
  return canonical(trial, Catalogs{});
}

TEST(Trial, SpecReadsBackAsTheSameTrial) {
  const Trial trial = some_trial();
  const std::string spec = trial_spec(trial, "sha256:abc", Catalogs{});
  EXPECT_EQ(trial_spec(parse_spec(spec), "sha256:abc", Catalogs{}), spec);
  EXPECT_EQ(trial_spec(canonical(parse_spec(spec), Catalogs{}), "sha256:abc", Catalogs{}), spec);
  EXPECT_NE(spec.find("learning_rate = 0.1\n"), std::string::npos);
  EXPECT_NE(spec.find("optimizer = momentum(beta=sutskever("), std::string::npos);
}

TEST(Trial, IdDependsOnEveryField) {
  const Trial trial = some_trial();
  const std::string id = trial_id(trial_spec(trial, "d", Catalogs{}));
  EXPECT_EQ(id.size(), 16u);
  EXPECT_NE(id, trial_id(trial_spec(trial, "other data", Catalogs{})));
  Trial other = trial;
  other.seed = 1;
  EXPECT_NE(id, trial_id(trial_spec(other, "d", Catalogs{})));
  other = trial;
  other.learning_rate = 0.2;
  EXPECT_NE(id, trial_id(trial_spec(other, "d", Catalogs{})));
}

// Files of earlier versions say nothing of divergence: it was 1e4 for all.
TEST(Trial, ASpecWithoutALineHasItsDefault) {
  const Trial trial = some_trial();
  std::string spec = trial_spec(trial, "d", Catalogs{});
  const std::string line = "divergence = 10000\n";
  ASSERT_NE(spec.find(line), std::string::npos);
  spec.erase(spec.find(line), line.size());
  EXPECT_EQ(parse_spec(spec), trial);
  Trial patient = trial;
  patient.divergence = "never";
  EXPECT_EQ(parse_spec(trial_spec(patient, "d", Catalogs{})), patient);
  patient.divergence = "1";
  EXPECT_THROW(canonical(patient, Catalogs{}), Error);
}

// A schedule inside another component gives other numbers when it changes, too.
TEST(Trial, VersionsCoverSchedulesInsideComponents) {
  const auto versions = [](const char* optimizer, const char* schedule) {
    Trial trial = some_trial();
    trial.optimizer = optimizer;
    trial.schedule = schedule;
    trial.averaging = "none";
    const std::string spec = trial_spec(canonical(trial, Catalogs{}), "d", Catalogs{});
    return spec.substr(spec.find("versions"));
  };
  const std::string plain = versions("momentum", "constant");
  EXPECT_EQ(plain, "versions = problem 1, initializer 1, optimizer 1, schedule 1\n");
  EXPECT_EQ(versions("momentum(beta=linear(initial=0.5, final=0.9))", "constant"),
            "versions = problem 1, initializer 1, optimizer 1, schedule 2, schedule 1\n");
  EXPECT_EQ(versions("momentum", "warmup(then=step)"),
            "versions = problem 1, initializer 1, optimizer 1, schedule 2, schedule 2\n");
  EXPECT_EQ(versions("lookahead(inner=momentum(beta=linear(initial=0.5, final=0.9)))", "constant"),
            "versions = problem 1, initializer 1, optimizer 1, optimizer 1, schedule 2, "
            "schedule 1\n");
}

// Specs of before parameters had the names of the papers.
TEST(Trial, OldNamesInASpecAreRead) {
  Trial trial = some_trial();
  trial.optimizer = "adam(beta1=0.8)";
  const std::string spec = trial_spec(canonical(trial, Catalogs{}), "d", Catalogs{});
  std::string old = spec;
  const std::string now = "adam(beta1=0.8, beta2=0.999, epsilon=1e-08";
  ASSERT_NE(old.find(now), std::string::npos);
  old.replace(old.find(now), now.size(), "adam(rho1=0.8, rho2=0.999, delta=1e-08");
  EXPECT_EQ(canonical(parse_spec(old), Catalogs{}), parse_spec(spec));
}

// Suites connect the catalogs: fields of optimizers hold a program's own schedules.
TEST(Trial, ConnectedCatalogsShareTheirSchedules) {
  Catalogs own;
  own.schedules.alias("mine", "linear(initial=0.5, final=0.9)", "a schedule of a program's own");
  Trial trial = some_trial();
  trial.optimizer = "lookahead(inner=momentum(beta=mine))";
  EXPECT_THROW(canonical(trial, own), Error);
  EXPECT_NE(canonical(trial, own.connect()).optimizer.find("initial=0.5"), std::string::npos);
}

TEST(Trial, UnknownPartsAreRefusedByName) {
  Trial trial = some_trial();
  trial.optimizer = "adma";
  try {
    canonical(trial, Catalogs{});
    FAIL() << "an unknown optimizer was accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean 'adam'?"), std::string::npos);
  }
  EXPECT_THROW(parse_spec("colour = red\n"), Error);
  EXPECT_THROW(parse_spec("no equals sign\n"), Error);
}

}  // namespace
}  // namespace ravine
