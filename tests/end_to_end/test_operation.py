"""How a suite is configured and talks, with the real programs: what surrounds its results."""

import os
import re
import subprocess
import time

import pytest
import suites
from long_runs import PROGRAM, SUITE, TINY


def shell(command, *arguments, cwd):
    """Runs a line of bash with the program as $0. Returns its exit code."""
    return subprocess.run(["bash", "-c", command, PROGRAM, *map(str, arguments)], cwd=cwd,
                          env=suites.environment(), check=False, timeout=120).returncode


# What a script asks instead of reading configurations itself.

@pytest.mark.parametrize("settings, flags, answer", [
    ("", [], ["results/optimizers.h5", "plain"]),
    ("output = out/y.h5   # mine", [], ["out/y.h5", "plain"]),
    ("output = out/y.h5\r\nseeds = 1\r\n", [], ["out/y.h5", "plain"]),
    ("\ufeffoutput = y.h5", [], ["y.h5", "plain"]),
    ("output = run#1.hdf5", ["--shard", "0/2"], ["run#1.shard-0-of-2.hdf5", "plain"]),
    ("output = y.h5", ["--output", "x"], ["x", "plain"]),
    ("tune = grid", [], ["results/optimizers.h5", "tuned"]),
    ("tune = random\nstage = search", ["--output", "x.h5"], ["x.search.h5", "tuned"]),
    ("tune = grid\nstage = final", ["--shard=1/3"],
     ["results/optimizers.final.shard-1-of-3.h5", "tuned"]),
])
def test_the_output_of_a_command_line(tmp_path, settings, flags, answer):
    config = []
    if settings:
        (tmp_path / "c.ini").write_bytes(settings.encode())
        config = ["--config", "c.ini"]
    done = suites.run(SUITE, *config, *flags, "--print-output", "--list", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    path, kind = done.stdout.splitlines()
    assert [path, kind.split()[0]] == answer
    assert {path.name for path in tmp_path.iterdir()} <= {"c.ini"}


def test_a_switch_that_is_off_in_a_file_is_off(tmp_path):
    output = tmp_path / "x.h5"
    off = "".join(f"{name} = false\n" for name in ("fresh", "list", "dry-run", "help", "components",
                                                   "version", "print-output"))
    (tmp_path / "c.ini").write_text(off)
    for finished in (False, True):
        done = suites.run(SUITE, *TINY, "--config", tmp_path / "c.ini", "--output", output)
        assert done.returncode == 0 and output.exists()
        assert ("3 of them finished before" in done.stderr) == finished, done.stderr


@pytest.mark.parametrize("make", [
    lambda path: path.mkdir(), os.mkfifo, lambda path: path.symlink_to("/dev/zero"),
    lambda path: path.symlink_to("/dev/null"), lambda path: path.write_bytes(b""),
    lambda path: path.write_bytes(b"seeds = 1\0"), lambda path: path.write_text("fresh = maybe"),
    lambda path: path.write_text("config = d.ini"), lambda path: path.write_text("optimiser = sgd"),
], ids=["folder", "pipe", "zero", "null", "empty", "binary", "neither", "nested", "unknown"])
def test_what_is_no_configuration_is_refused(tmp_path, make):
    make(tmp_path / "c.ini")
    done = suites.run(SUITE, "--config", "c.ini", "--list", cwd=tmp_path)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and "c.ini" in done.stderr or "--fresh" in done.stderr


@pytest.mark.parametrize("arguments, words", [
    (["--epochs", "9223372036854775807"], "9223372036854775807"),
    (["--epochs", "100000000000"], "100000000000"),
    (["--steps", "1000000000000000"], "lower it"),
    (["--epochs", "abc"], "--epochs is 'abc': it must be a whole number"),
    (["--workers", "1e3"], "--workers is '1e3': it must be a whole number"),
    (["--keep-last", "maybe"], "true or false"),
    (["--target", "train_loss<=nan"], "finite"),
    (["--learning-rate", "-nan"], "is nan"),
    (["--learning-rate", "log(1, 2, 1)"], "both ends"),
    (["--seeds", "900000", "--learning-rate", "log(1e-4, 1, 10000)"], "trials"),
    (["--observe", "even(count=99999999999)"], "[1, 1000000]"),
    (["--time-limit", "1xs"], "'1xs'"),
    (["--output", ""], "--output is empty"),
    (["--output", "."], "folder"),
    (["--output", "/dev/null"], "ordinary file"),
    (["--output", "x" * 200], "200 bytes"),
    (["--components", "adamm"], "did you mean 'adam'"),
    (["--batch-size", "99999999999999999999"], "a whole number that fits 64 bits"),
    (["--problem", "mlp(hidden=99999999999)"], "1000000 is the most"),
    (["--problem", "mlp(l2=1e39)"], "fits float precision"),
    (["--target", "test_accuracy>=97"], "fractions from 0 to 1"),
    (["--mem", "1e30G"], "from 1 byte to 1024T"),
    (["--seeds", "2:2000000"], "1000000 seeds are the most"),
    (["--schedule", "constant(value=1e39)"], "fits float precision"),
    (["--optimizer", "adam(epsilon=1e-320)"], "adam(epsilon) is 1e-320, which float precision rounds to 0"),
    (["--optimizer", "adam(epsilon=1e-400)"], "adam(epsilon) is '1e-400': it must be a number that fits"),
    (["--optimizer", "adam(epsilon=exponential(final=1e-60))"], "is 1e-60, which float precision rounds to 0"),
    (["--optimizer", "adam(epsilon=inverse_power(k0=1, power=20))", "--steps", "1000"],
     "e-60, which float precision rounds to 0"),
    (["--learning-rate", "1e-60"], "--learning-rate is 1e-60, which float precision rounds to 0"),
    (["--learning-rate", "log(1e-60, 1, 3)"], "low end of log() is 1e-60, which float precision rounds"),
    (["--schedule", "constant(value=1e30)", "--learning-rate", "1e20"], "it must be in [0, 3.4"),
    (["--target", "validation_loss<=1", "--problem", "rosenbrock"], "measures only objective, train_loss"),
])
def test_absurd_values_are_refused_at_once(tmp_path, arguments, words):
    begin = time.monotonic()
    done = suites.run(SUITE, "--scale", "quick", *arguments, cwd=tmp_path)
    assert done.returncode == 2 and words in done.stderr, done.stderr
    assert done.stderr.count("\n") == 1 and list(tmp_path.iterdir()) == []
    assert time.monotonic() - begin < 20  # a loaded machine; these would take minutes


def test_what_a_list_names_twice_is_tried_once_with_a_word():
    done = suites.run(SUITE, *TINY[:2], "--optimizer", "sgd,sgd", "--learning-rate", "0.1,log(0.1,1,2)",
                      "--seeds", "1", "--steps", "5", "--list")
    assert len(done.stdout.splitlines()) == 2
    assert "--learning-rate names 0.1 twice" in done.stderr
    assert "--optimizer names sgd twice" in done.stderr


def test_components_by_name():
    done = suites.run(SUITE, "--components", "adam", "he")
    assert done.returncode == 0 and "beta1" in done.stdout and "optimizers" in done.stdout
    assert "initializers" in done.stdout and "momentum  " not in done.stdout


def test_a_short_flag_for_help():
    for program in (SUITE, "ravine-results"):
        assert "--help" in suites.run(program, "-h").stdout


# Messages go as far as they go; an answer that nobody gets is an error.

@pytest.mark.parametrize("redirection", ["2>/dev/full", "2>&-", ">/dev/full 2>&-",
                                         "2> >(exec true)"])
def test_a_run_does_not_need_its_log(tmp_path, redirection):
    for ignored in ("", "trap '' PIPE; "):
        command = f'{ignored}"$0" "$@" --fresh --output x.h5 {redirection}'
        assert shell(command, *TINY, cwd=tmp_path) == 0
    assert len(suites.digest(tmp_path / "x.h5")) == 64
    assert shell(f'"$0" --bogus {redirection}', cwd=tmp_path) == 2


@pytest.mark.parametrize("redirection", [">/dev/full", ">&-"])
@pytest.mark.parametrize("question", ["--list", "--dry-run", "--help", "--version", "--components",
                                      "--print-output"])
def test_an_answer_that_cannot_be_written_is_an_error(tmp_path, question, redirection):
    command = f'"$0" "$@" {redirection} 2>said'
    assert shell(command, *TINY, question, cwd=tmp_path) == 75
    said = (tmp_path / "said").read_text()
    assert "standard output" in said and said.count("\n") == 1


def test_the_estimate_knows_that_every_trial_takes_time():
    def seconds(*arguments):
        done = suites.run(SUITE, *TINY[:6], "--steps", "5", *arguments, "--dry-run")
        amount = re.search(r"time +about (?:(\d+) min )?(\d+) s", done.stdout)
        return 60 * int(amount[1] or 0) + int(amount[2])
    assert seconds("--seeds", 1, "--workers", 1000) >= 1
    few = seconds("--seeds", 20000, "--workers", 1)
    assert few >= 10
    # No more than the cores of this machine.
    assert seconds("--seeds", 20000, "--workers", 1000) >= few / (os.cpu_count() + 1)


@pytest.mark.parametrize("search", ["adam=log(1e-4, nan)", "adam=linear(nan, nan)", "adam=log(1, inf)",
                                    "adam=log(0.1, 0.10001)", "adam=linear(0, 0)"])
def test_ranges_of_a_search_are_two_finite_numbers_apart(tmp_path, search):
    done = suites.run(SUITE, "--tune", "random", "--budget", "3", "--problem", "quadratic",
                      "--optimizer", "adam", "--search", search, "--output", tmp_path / "x.h5")
    assert done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr


def test_a_limit_on_the_size_of_files_stops_resumably(tmp_path):
    output = tmp_path / "x.h5"
    done = subprocess.run(["bash", "-c", 'ulimit -f 100; exec "$@"', "bash", suites.BUILD / SUITE, *TINY,
                           "--output", output], capture_output=True, text=True, check=False,
                          env=suites.environment())
    assert done.returncode == 75 and "ulimit -f" in done.stderr, (done.returncode, done.stderr)
    assert suites.run(SUITE, *TINY, "--output", output).returncode == 0


def test_a_spool_that_names_no_suite_is_not_adopted(tmp_path):
    output = tmp_path / "x.h5"
    begun = suites.run(SUITE, *TINY[:-4], "--seeds", "3000", "--steps", "3000", "--time-limit", "1s",
                       "--output", output)
    assert begun.returncode == 75
    (suites.spool(output) / "suite").unlink()
    done = suites.run("ravine-schedules", *TINY, "--output", output)
    assert done.returncode == 2 and "--suite NAME" in done.stderr


@pytest.mark.parametrize("words", [[""], ["."], ["/"], ["results"], ["x.h5"], ["x.h5.spool", "--dry-run"],
                                   ["no/x.h5"]])
def test_tidy_names_what_is_not_a_result(tmp_path, words):
    (tmp_path / "results").mkdir()
    done = suites.run("ravine-results", "tidy", *words, cwd=tmp_path)
    assert done.returncode == 2 and done.stdout == "" and "--output" not in done.stderr


@pytest.mark.parametrize("command", ["show", "digest", "verify", "tidy", "merge out.h5"])
def test_a_name_that_does_not_exist_is_misuse(tmp_path, command):
    done = suites.run("ravine-results", *command.split(), "none.h5", cwd=tmp_path)
    assert done.returncode == 2 and "none.h5" in done.stderr and done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == [] and done.stdout == "" and "--output" not in done.stderr


@pytest.mark.parametrize("make", [lambda path: None, lambda path: (path / "a.txt").write_text("mine"),
                                  lambda path: (path / "a.h5").write_bytes(b"mine")], ids=["empty", "text", "h5"])
def test_any_folder_is_not_a_spool(tmp_path, make):
    (tmp_path / "x.spool").mkdir()
    make(tmp_path / "x.spool")
    done = suites.run("ravine-results", "merge", "m.h5", "x.spool", "--suite", "foo", cwd=tmp_path)
    assert done.returncode == 2 and "not a spool" in done.stderr and not (tmp_path / "m.h5").exists()


def test_every_program_says_its_version():
    for program in (SUITE, "ravine-results"):
        done = suites.run(program, "--version")
        assert done.returncode == 0 and re.match(r"ravine \d+\.\d+", done.stdout), done


def test_an_empty_name_to_merge_into_is_misuse(tmp_path):
    assert suites.run("ravine-results", "merge", "", tmp_path / "a.h5").returncode == 2
