"""Every signal that comes before a kill stores where a run is, also while it plans."""

import pathlib
import signal
import subprocess

import pytest
import suites
from long_runs import LONG, SUITE, popen, start_long, wait_for

SIGNALS = [signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGUSR2,
           signal.SIGXCPU]


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


def test_a_log_that_breaks_during_a_run(tmp_path):
    process = popen(*LONG, "--output", tmp_path / "x.h5", "--checkpoint-every", "0.1s")
    process.stderr.close()
    folder = suites.spool(tmp_path / "x.h5")
    wait_for(lambda: list(folder.glob("*.checkpoint")))
    process.send_signal(signal.SIGTERM)  # it has to say that it stopped
    assert process.wait(60) == 75
