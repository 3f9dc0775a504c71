"""Own data files, from the command line: what is guessed is said, what cannot be known is refused."""

import pytest
import suites

ROWS = [f"0.{i % 7},0.{i % 5},{i % 2}" for i in range(20)]
PROGRAM = "ravine-optimizers"
FLAGS = ("--optimizer", "sgd", "--learning-rate", 0.1, "--seeds", 1, "--steps", 5,
         "--batch-size", 4)


@pytest.fixture
def run(tmp_path):
    def run(problem, *flags, files):
        for name, lines in files.items():
            (tmp_path / name).write_text("\n".join(lines) + "\n")
        return suites.run(PROGRAM, "--problem", problem, *FLAGS, "--output", "x.h5", *flags,
                          cwd=tmp_path)
    return run


def replaced(line, row):
    return [*ROWS[:line - 1], row, *ROWS[line:]]


REFUSED = {
    "missing target": (replaced(4, "0.3,0.3,nan"), "logreg(data=x.csv)",
                       "line 4: column 3 is 'nan', a missing value"),
    "missing regression target": ([f"{i},0.5,{'NaN' if i == 4 else 0.1 * i}" for i in range(20)],
                                  "mlp(data=x.csv, loss=squared)", "line 5: column 3 is 'NaN'"),
    "missing and named classes": (replaced(4, "0.3,0.3,?"), "logreg(data=x.csv, task=classes)",
                                  "line 4: column 3 is '?'"),
    "word among numbers": (replaced(4, "0.3,0.3,one"), "logreg(data=x.csv)",
                           "line 4: column 3 is 'one', but line 1 has the number '0' there"),
    "pandas index": ([",x,y,label", *(f"{i},{row}" for i, row in enumerate(ROWS))],
                     "logreg(data=x.csv)", "write the table without them (index=False)"),
    "decimal commas": (["0,5;1", "1,5;0", "2,5;1", "3,5;0"], "logreg(data=x.csv)",
                       "write decimals with a point"),
    "inputs below 0": ([row.replace("0.", "-3.", 1) for row in ROWS],
                       "autoencoder(data=x.csv, hidden=4, code=2)",
                       "loss=bernoulli needs inputs in [0, 1]"),
    "counts": ([f"{row[:-1]}{i % 9}" for i, row in enumerate(ROWS)],
               "mlp(data=x.csv, hidden=4, loss=squared)",
               "set task=classes or task=regression"),
    "absurd index": (["1 1:0.5", "-1 2000000000:1", "1 2:1", "-1 3:1"], "logreg(data=x.libsvm)",
                     "has the index 2000000000 but only 4 values"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_known_is_refused(run, case):
    lines, problem, sentence = REFUSED[case]
    done = run(problem, files={"x.csv": lines, "x.libsvm": lines})
    assert done.returncode == 2, done.stderr
    assert sentence in done.stderr and done.stderr.count("\n") == 1, done.stderr
    assert done.stdout == ""


def test_what_was_understood_is_said_once_and_never_on_stdout(run):
    problems = "logreg(data=./x.csv),mlp(data=x.csv, hidden=3)"
    line = (f"{PROGRAM}: x.csv: 20 rows, 2 features, target: column 3 'label', line 1 is a header, "
            "2 classes (task=regression if these are quantities)\n")
    for flags in (["--list"], ["--dry-run"], []):
        done = run(problems, *flags, files={"x.csv": ["0,1,label", *ROWS]})
        assert done.returncode == 0, done.stderr
        assert done.stderr.count(line) == 1 and "20 rows" not in done.stdout


def test_one_file_by_two_paths_is_one_trial(run, tmp_path):
    for path in ("x.csv", f"{tmp_path}/x.csv", f"../{tmp_path.name}/x.csv"):
        done = run(f"logreg(data={path})", files={"x.csv": ROWS})
        assert done.returncode == 0, done.stderr
        assert ("of them finished before" in done.stderr) == (path != "x.csv"), done.stderr


def test_target_task_and_quoted_paths(run):
    rows = ["label,x,flag", *(f"{i % 3},{row[4:]}" for i, row in enumerate(ROWS))]
    text = 'mlp(data="a, b.csv", hidden=3, loss=squared, target=label, task=regression)'
    done = run(text, files={"a, b.csv": rows})
    assert done.returncode == 0, done.stderr
    assert "a, b.csv: 20 rows, 2 features, target: column 1 'label'" in done.stderr
    assert ", regression\n" in done.stderr
