"""A tuned run: two stages in one command, or each by itself in shards; what is stored is reused."""

import re

import pytest
import suites

from ravine import load

SUITE = "ravine-second-order"  # has the cheapest trials
TRIALS = ("--problem", "rosenbrock", "--optimizer", "sgd,momentum", "--steps", 20, "--seeds", 3)
TUNE = (*TRIALS, "--tune", "random", "--budget", 5)


def tune(output, *arguments, trials=TUNE):
    done = suites.run(SUITE, *trials, "--output", output, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def tuned(tmp_path_factory):
    output = tmp_path_factory.mktemp("tuned") / "x.h5"
    tune(output, "--workers", 1)
    return output


def test_stages_settings_and_seeds(tuned):
    plan = load(tuned).plan
    for contest in ("sgd", "momentum"):
        own = plan[plan["contest"] == contest]
        search, final = (own[own["stage"] == stage] for stage in ("search", "final"))
        assert len(search) == 5 and set(search["seed"]) == {1_000_000}
        assert list(search["setting"]) == ["default"] + 4 * ["candidate"]
        assert set(final["seed"]) == {0, 1, 2}
        ends = load(tuned).curves.groupby("trial")["objective"].last()[search.index]
        ends[search["outcome"] == "diverged"] = float("inf")
        winner = search.loc[ends.idxmin()]
        chosen = final[final["setting"].str.contains("tuned")]
        assert set(chosen["optimizer"]) == {winner["optimizer"]}
        assert set(chosen["learning_rate"]) == {winner["learning_rate"]}


def test_dry_run_counts_both_stages():
    said = suites.run(SUITE, *TUNE, "--dry-run").stdout
    # five settings each, then the default and the winner with three seeds each
    assert "search and final stage" in said and re.search(r"trials +22\n", said), said
    assert re.search(r"trials +10\n", suites.run(SUITE, *TUNE, "--dry-run", "--stage", "search").stdout)


def test_shards_of_stages_merge_to_the_same_bits(tuned, tmp_path):
    output = tmp_path / "x.h5"
    for stage in ("search", "final"):
        parts = [tmp_path / f"x.{stage}.shard-{i}-of-2.h5" for i in range(2)]
        for i in range(2):
            tune(output, "--stage", stage, "--shard", f"{i}/2")
        merged = suites.run("ravine-results", "merge", tmp_path / f"x.{stage}.h5", *parts)
        assert merged.returncode == 0, merged.stderr
    merged = suites.run("ravine-results", "merge", output, tmp_path / "x.search.h5",
                        tmp_path / "x.final.h5")
    assert merged.returncode == 0, merged.stderr
    assert suites.digest(output) == suites.digest(tuned)


def test_another_optimizer_reuses_the_others(tmp_path):
    output = tmp_path / "x.h5"
    tune(output)
    said = tune(output, trials=[word.replace("sgd,momentum", "sgd,momentum,adam")
                                if isinstance(word, str) else word for word in TUNE])
    assert re.search(r"search: 15 trials, 10 of them finished before", said)


def test_trials_of_an_untuned_run_are_relabelled(tuned, tmp_path):
    output = tmp_path / "x.h5"
    for seeds in (3, "1000000:1000001"):
        done = suites.run(SUITE, *TRIALS[:-1], seeds, "--learning-rate", "0.1,0.01", "--output", output)
        assert done.returncode == 0, done.stderr
    assert "finished before" in tune(output)
    assert suites.digest(output) == suites.digest(tuned)


@pytest.mark.parametrize("method", ["random", "grid"])
@pytest.mark.parametrize("budget", [2, 8, 20, 100])
def test_every_optimizer_gets_exactly_the_budget(method, budget):
    rules = ("sgd", "lookahead", "schedule_free", "adamw", "lbfgs")
    said = suites.run(SUITE, "--problem", "rosenbrock", "--optimizer", ",".join(rules), "--steps", 5,
                      "--seeds", 2, "--tune", method, "--budget", budget, "--stage", "search",
                      "--search", "lbfgs=log(0.01, 1)", "--list")
    assert said.returncode == 0, said.stderr
    lines = said.stdout.splitlines()
    assert len(lines) == len({line.split()[0] for line in lines}) == budget * len(rules)
    for rule in rules:
        assert sum(bool(re.search(rf"  {rule}(\(|  )", line)) for line in lines) == budget


def test_what_an_optimizer_holds_is_tuned_with_it(tmp_path):
    output = tmp_path / "x.h5"
    done = suites.run(SUITE, "--problem", "rosenbrock", "--optimizer", "lookahead(inner=adam)",
                      "--steps", 5, "--seeds", 2, "--tune", "random", "--budget", 6,
                      "--search", "lookahead.inner.beta2=linear(0.5, 0.6)", "--output", output)
    assert done.returncode == 0, done.stderr
    plan = load(output).plan
    assert set(plan["contest"]) == {"lookahead(inner=adam)"}
    searched = plan[plan["setting"] == "candidate"]
    assert len(searched) == 5
    assert searched["optimizer_inner_beta1"].nunique() == searched["learning_rate"].nunique() == 5
    assert searched["optimizer_inner_beta2"].between(0.5, 0.6).all()
    assert searched["learning_rate"].between(1e-5, 0.1).all()


def test_own_data_may_lie_in_any_folder(tmp_path):
    """Results name a file without its folder, and the final stage must find it all the same."""
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "own.csv").write_text(
        "u,v,flag\n" + "".join(f"{i % 7}.5,{i % 5}.25,{'pq'[i % 2]}\n" for i in range(60)))
    done = suites.run(SUITE, "--problem", f"logreg(data={tmp_path}/far/own.csv)", "--optimizer", "sgd",
                      "--batch-size", "full", "--steps", 5, "--seeds", 2, "--tune", "random",
                      "--budget", 3, "--output", tmp_path / "x.h5")
    assert done.returncode == 0, done.stderr
    plan = load(tmp_path / "x.h5").plan
    assert set(plan["stage"]) == {"search", "final"} and set(plan["problem_data"]) == {"own.csv"}


@pytest.mark.parametrize("arguments, words", [
    (["--tune", "rndom"], "did you mean 'random'"),
    (["--tune", "grid", "--budget", 1], "--budget"),
    (["--budget", 5], "add --tune"),
    (["--tune", "grid", "--stage", "last"], "search or final"),
    (["--tune", "grid", "--shard", "0/2"], "--stage search"),
    (["--tune", "grid", "--from", "x.h5"], "--stage final"),
    (["--tune", "grid", "--stage", "final", "--from", "none.h5"], "none.h5"),
    (["--tune", "grid", "--seeds", "1000000:1000001"], "other --seeds"),
    (["--search", "sgd=log(1, 2)"], "add --tune"),
    (["--tune", "random", "--search", "sdg=log(1, 2)"], "did you mean 'sgd'"),
    (["--tune", "random", "--search", "momentum.btea=linear(0, 1)"], "did you mean 'beta'"),
    (["--tune", "random", "--search", "sgd"], "RULE=RANGE"),
    (["--tune", "random", "--search", "sgd=log(1, 1.01)"], "holds only about 3 settings"),
    (["--tune", "random", "--optimizer", "bfgs"], 'give a range, such as --search "bfgs=log(1e-4, 1)"'),
    (["--tune", "random", "--optimizer", "adam,adam_paper"], "separate files"),
])
def test_misuse(tmp_path, arguments, words):
    done = suites.run(SUITE, *TRIALS[:-2], *arguments, "--output", tmp_path / "never.h5")
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert words in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_incomplete_search_is_named(tuned, tmp_path):
    done = suites.run(SUITE, *TRIALS, "--tune", "random", "--budget", 7, "--stage", "final", "--from",
                      tuned, "--output", tmp_path / "never.h5")
    assert done.returncode == 2 and "run --stage search" in done.stderr
