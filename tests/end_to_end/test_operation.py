"""How a suite is configured, talks and stops, with the real programs: what surrounds its results."""

import fcntl
import os
import pathlib
import pty
import re
import signal
import struct
import subprocess
import termios
import time

import pytest
import suites

SUITE = "ravine-optimizers"
TINY = ("--problem", "quadratic(dimension=2,condition=1)", "--optimizer", "sgd", "--learning-rate",
        "0.1", "--seeds", "3", "--steps", "5")
LONG = ("--problem", "mlp(data=glyphs, hidden=64)", "--optimizer", "sgd", "--learning-rate", "0.1",
        "--seeds", "1", "--steps", "1000000", "--workers", "1")
SIGNALS = [signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGUSR2,
           signal.SIGXCPU]
PROGRAM = suites.BUILD / SUITE


def popen(*arguments, **options):
    def hear_sighup():  # these tests may run under nohup themselves
        signal.signal(signal.SIGHUP, signal.SIG_DFL)

    return subprocess.Popen([PROGRAM, *map(str, arguments)],
                            **{"env": suites.environment(), "stdout": subprocess.DEVNULL,
                               "stderr": subprocess.PIPE, "preexec_fn": hear_sighup, **options})


def shell(command, *arguments, cwd):
    """Runs a line of bash with the program as $0. Returns its exit code."""
    return subprocess.run(["bash", "-c", command, PROGRAM, *map(str, arguments)], cwd=cwd,
                          env=suites.environment(), check=False, timeout=120).returncode


def wait_for(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


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


def test_a_log_that_breaks_during_a_run(tmp_path):
    process = popen(*LONG, "--output", tmp_path / "x.h5", "--checkpoint-every", "0.1s")
    process.stderr.close()
    folder = suites.spool(tmp_path / "x.h5")
    wait_for(lambda: list(folder.glob("*.checkpoint")))
    process.send_signal(signal.SIGTERM)  # it has to say that it stopped
    assert process.wait(60) == 75


@pytest.mark.parametrize("redirection", [">/dev/full", ">&-"])
@pytest.mark.parametrize("question", ["--list", "--dry-run", "--help", "--version", "--components",
                                      "--print-output"])
def test_an_answer_that_cannot_be_written_is_an_error(tmp_path, question, redirection):
    command = f'"$0" "$@" {redirection} 2>said'
    assert shell(command, *TINY, question, cwd=tmp_path) == 75
    said = (tmp_path / "said").read_text()
    assert "standard output" in said and said.count("\n") == 1


# Every signal that comes before a kill.

def handles(process, stop):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
    return int(caught, 16) >> (stop - 1) & 1


@pytest.mark.parametrize("stop", SIGNALS, ids=lambda stop: stop.name)
def test_a_signal_while_it_plans_is_resumable(tmp_path, stop):
    process = popen("--problem", "quadratic", "--optimizer", "sgd", "--learning-rate", 0.1, "--steps", 1,
                    "--seeds", 100000, "--output", tmp_path / "x.h5")  # a second of planning
    wait_for(lambda: handles(process, stop))
    process.send_signal(stop)
    assert process.wait(60) == 75
    assert b"the same command" in process.stderr.read()
    assert list(tmp_path.iterdir()) == []  # no trial had begun


def test_the_time_limit_holds_while_it_plans(tmp_path):
    output = tmp_path / "x.h5"
    done = suites.run(SUITE, "--time-limit", "1ms", "--output", output)
    assert done.returncode == 75 and "the same command" in done.stderr


def start_long(tmp_path, **options):
    process = popen(*LONG, "--output", tmp_path / "x.h5", "--checkpoint-every", "0.1s", **options)
    wait_for(lambda: list(suites.spool(tmp_path / "x.h5").glob("*.checkpoint")))
    return process


@pytest.mark.parametrize("stop", SIGNALS, ids=lambda stop: stop.name)
def test_a_signal_stores_where_it_is(tmp_path, stop):
    process = start_long(tmp_path)
    process.send_signal(stop)
    assert process.wait(60) == 75
    assert b"the same command continues" in process.stderr.read()


def test_nohup_stays_in_force(tmp_path):
    process = start_long(tmp_path, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    process.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(2)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 75


# The terminal.

def terminal_of(tmp_path, columns, term, narrower=None):
    """What a run draws on a terminal of so many columns, which becomes narrower on the way."""
    ours, its = pty.openpty()

    def resize(width):
        fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("4H", 24, width, 0, 0))

    resize(columns)
    process = popen(*LONG, "--output", tmp_path / "x.h5", stderr=its,
                    env={**suites.environment(), "TERM": term})
    os.close(its)
    drawn, begin = b"", time.monotonic()
    try:
        while part := os.read(ours, 65536):
            drawn += part
            if narrower and drawn.count(b"\r") == 4:
                resize(narrower)
            if drawn.count(b"\r\x1b") >= 9 or (term == "dumb" and b"at a time" in drawn):
                time.sleep(1)
                process.send_signal(signal.SIGTERM)
            assert time.monotonic() < begin + 60
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    assert process.wait(60) == 75
    return drawn.decode()


def test_the_progress_fits_the_terminal(tmp_path):
    drawn = terminal_of(tmp_path, 100, "xterm", narrower=40)
    lines = [line for line in re.split(r"\r\x1b\[K", drawn)[1:-1] if "\n" not in line]
    widths = [len(line) for line in lines]
    assert len(widths) > 3 and max(widths) < 100 and widths[-1] < 40 and widths[0] > 40, lines


def test_a_dumb_terminal_gets_no_control_sequences(tmp_path):
    drawn = terminal_of(tmp_path, 80, "dumb")
    assert "\x1b" not in drawn and "█" not in drawn and "stopped" in drawn


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
