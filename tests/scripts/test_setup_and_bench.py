"""scripts/setup and scripts/bench, with stand-ins for the programs that they call."""

import os
import pathlib
import shutil
import subprocess
import time

import pytest

PROJECT = pathlib.Path(__file__).parents[2]
TOOLS = ["bash", "env", "sed", "tail", "mktemp", "rm", "cat", "dirname", "mkdir", "touch", "find"]


@pytest.fixture
def tools(tmp_path):
    """A folder that is the whole PATH: a few real tools, and what a test adds."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in TOOLS:
        (folder / name).symlink_to(shutil.which(name))
    return folder


def program(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/usr/bin/env bash\n" + text)
    path.chmod(0o755)


def run(script, *arguments, path=None, **options):
    variables = {**os.environ, "PATH": str(path)} if path else dict(os.environ)
    variables.pop("RAVINE_SKIP_SETUP", None)
    return subprocess.run([script, *arguments], capture_output=True, text=True, env=variables,
                          check=False, **options)


def machine(tools, missing, user=0):
    """A Debian that lacks the packages in `missing`; apt-get notes its calls."""
    program(tools, "dpkg-query", f'''
        for package in "${{@:3}}"; do
          case " {missing} " in *" $package "*) ;; *) echo "installed $package" ;; esac
        done
        [[ -z "{missing}" ]]''')
    program(tools, "id", f"echo {user}")
    program(tools, "apt-get", f'echo "$*" >>"{tools.parent}/apt.log"')


def apt_calls(tools):
    log = tools.parent / "apt.log"
    return log.read_text().splitlines() if log.exists() else []


def test_setup_does_nothing_when_all_is_there(tools):
    machine(tools, missing="")
    begin = time.monotonic()
    done = run(PROJECT / "scripts" / "setup", "--test", path=tools)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert apt_calls(tools) == [] and time.monotonic() - begin < 5


def test_setup_installs_what_is_missing_and_only_that(tools):
    machine(tools, missing="cmake libhdf5-dev")
    done = run(PROJECT / "scripts" / "setup", path=tools)
    assert done.returncode == 0
    call, = apt_calls(tools)
    assert call.endswith("install -y --no-install-recommends cmake libhdf5-dev")


def test_setup_renews_the_lists_only_after_a_failure(tools):
    machine(tools, missing="cmake")
    program(tools, "apt-get", f'''
        echo "$*" >>"{tools.parent}/apt.log"
        case "$*" in *update) touch "{tools.parent}/fresh" ;; *) [[ -e "{tools.parent}/fresh" ]] ;; esac''')
    assert run(PROJECT / "scripts" / "setup", path=tools).returncode == 0
    assert [call.split()[3] for call in apt_calls(tools)] == ["install", "update", "install"]


def test_setup_without_root_names_what_is_missing(tools):
    machine(tools, missing="cmake libhdf5-dev", user=1000)
    done = run(PROJECT / "scripts" / "setup", path=tools)
    assert done.returncode == 2 and apt_calls(tools) == []
    assert "sudo apt-get install cmake libhdf5-dev" in done.stderr and "RAVINE_FETCH=ON" in done.stderr


def test_setup_uses_a_sudo_that_asks_nothing(tools):
    machine(tools, missing="cmake", user=1000)
    program(tools, "sudo", '[[ $1 == -n ]] && shift && "$@"')
    program(tools, "true", "")
    assert run(PROJECT / "scripts" / "setup", path=tools).returncode == 0
    assert len(apt_calls(tools)) == 1


def test_setup_reports_a_failed_installation(tools):
    machine(tools, missing="cmake")
    program(tools, "apt-get", "echo no network; exit 100")
    done = run(PROJECT / "scripts" / "setup", path=tools)
    assert done.returncode == 2
    assert "no network" in done.stderr and "could not install 'cmake'" in done.stderr


def test_setup_elsewhere_asks_for_the_equivalents(tools):
    done = run(PROJECT / "scripts" / "setup", path=tools)
    assert done.returncode == 2 and "RAVINE_SKIP_SETUP=1" in done.stderr and "RAVINE_FETCH=ON" in done.stderr


def test_setup_refuses_unknown_arguments(tools):
    done = run(PROJECT / "scripts" / "setup", "--tset", path=tools)
    assert done.returncode == 2 and "--test" in done.stderr


@pytest.fixture
def clone(tmp_path, tools):
    """A clone whose suite, build and figures are stand-ins that note how they were called."""
    root = tmp_path / "clone"
    (root / "scripts" / "lib").mkdir(parents=True)
    shutil.copy(PROJECT / "scripts" / "bench", root / "scripts" / "bench")
    shutil.copy(PROJECT / "scripts" / "lib" / "common.sh", root / "scripts" / "lib" / "common.sh")
    program(root / "scripts", "setup", "")
    program(root / "scripts", "figures", f'echo "$*" >>"{root}/figures.log"; echo drawn')
    program(tools, "cmake", f'echo "$*" >>"{root}/cmake.log"')
    # Writes its output, wherever --output or the file of --config says, and ends with $CODE.
    program(root / "build" / "release", "ravine-optimizers", f'''
        said="$*" output=results/optimizers.h5 words=plain rest=' default' asks=
        while (($#)); do
          case $1 in
            --output) output=$2 rest= ;;
            --config) [[ $rest ]] && output=$(sed -n 's/^output = \\([^ ]*\\).*/\\1/p' "$2") rest= ;;
            --list | --dry-run) words+=' asks' ;;
            --print-output) asks=yes ;;
            --typo) echo "ravine-optimizers: unknown flag" >&2; exit 2 ;;
          esac
          shift
        done
        if [[ $asks ]]; then printf '%s\\n' "$output" "$words$rest"; exit; fi
        echo "$said" >>"{root}/suite.log"
        mkdir -p "$(dirname "$output")" && touch "$output"
        exit ${{CODE:-0}}''')
    return root


def bench(clone, tools, *arguments, code=0):
    return subprocess.run([clone / "scripts" / "bench", *arguments], capture_output=True, text=True,
                          env={"PATH": str(tools), "CODE": str(code)}, cwd=clone.parent, check=False)


def log(clone, name):
    path = clone / f"{name}.log"
    return path.read_text().splitlines() if path.exists() else []


def test_bench_builds_runs_and_draws(clone, tools):
    done = bench(clone, tools, "--seeds", "5")
    assert done.returncode == 0 and "drawn" in done.stdout
    assert len(log(clone, "cmake")) == 2
    assert log(clone, "suite") == [f"--output {clone}/results/optimizers.h5 --seeds 5"]
    assert log(clone, "figures") == [f"--output {clone}/results/figures -- {clone}/results/optimizers.h5"]


@pytest.mark.parametrize("code, drawn", [(1, True), (2, False), (75, False)])
def test_bench_passes_the_exit_code_on(clone, tools, code, drawn):
    assert bench(clone, tools, code=code).returncode == code
    assert bool(log(clone, "figures")) == drawn


def test_bench_honours_output(clone, tools):
    assert bench(clone, tools, "--output", "mine/x.h5").returncode == 0
    assert log(clone, "suite") == ["--output mine/x.h5"]
    assert log(clone, "figures") == ["--output mine/figures -- mine/x.h5"]
    config = clone.parent / "run.ini"
    config.write_text("seeds = 2\noutput = theirs/y.hdf5   # mine\n")
    bench(clone, tools, "--config", "run.ini")
    assert log(clone, "suite")[-1] == "--config run.ini"
    assert log(clone, "figures")[-1] == "--output theirs/figures -- theirs/y.hdf5"


@pytest.mark.parametrize("question", ["--help", "--list", "--dry-run", "--version", "--components"])
def test_bench_does_not_draw_for_questions(clone, tools, question):
    assert bench(clone, tools, question).returncode == 0
    assert log(clone, "figures") == [] and len(log(clone, "suite")) == 1


def test_bench_does_without_ninja(clone, tools):
    assert bench(clone, tools).returncode == 0
    assert "-G Unix Makefiles" in log(clone, "cmake")[0] and "--parallel" in log(clone, "cmake")[1]
    program(tools, "ninja", "")
    assert bench(clone, tools).returncode == 0
    assert "Makefiles" not in log(clone, "cmake")[2]


def test_bench_shows_why_a_build_failed(clone, tools):
    program(tools, "cmake", "echo error: no compiler; exit 1")
    done = bench(clone, tools)
    assert done.returncode == 2
    assert "error: no compiler" in done.stderr and "build/bench.log" in done.stderr
    assert log(clone, "suite") == []


def test_bench_answers_a_mistake_before_it_builds(clone, tools):
    done = bench(clone, tools, "--typo")
    assert done.returncode == 2 and done.stderr == "ravine-optimizers: unknown flag\n"
    assert log(clone, "cmake") == []


def test_bench_builds_first_where_sources_are_younger(clone, tools):
    """What an old program does not know may be what the sources have added."""
    (clone / "lib").mkdir()
    source = clone / "lib" / "new.cpp"
    source.touch()
    later = time.time() + 10
    os.utime(source, (later, later))
    assert bench(clone, tools, "--typo").returncode == 2
    assert len(log(clone, "cmake")) == 2


def test_bench_in_a_clone_that_cannot_be_written_shows_no_earlier_log(clone, tools):
    build = clone / "build"
    moved = build.rename(clone / "moved")
    build.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", build], capture_output=True, text=True,
                             check=False)
    if mounted.returncode != 0:
        pytest.skip(f"cannot mount a tmpfs: {mounted.stderr.strip()}")
    try:
        shutil.copytree(moved, build, dirs_exist_ok=True)
        (build / "bench.log").write_text("error of last week\n")
        subprocess.run(["mount", "-o", "remount,ro", build], check=True)
        done = bench(clone, tools)
    finally:
        subprocess.run(["umount", build], check=True)
    assert done.returncode == 2 and "last week" not in done.stderr
    assert f"cannot write '{build}/bench.log'" in done.stderr.splitlines()[-1]
    assert log(clone, "suite") == log(clone, "cmake") == []
