"""The pictures of the lecture, drawn from quick runs of the suites that record them."""

import hashlib

import pytest
import suites

from analysis import figures, lecture, load

PICTURES = {
    "illustrations": {"paths", "terminal-speed", "lookahead", "one-step", "chain", "bouncing",
                      "gradient-norm"},
    "schedules": {"robbins-monro"},
    "batch-size": {"gradient-noise", "update-cost", "batch-size", "noisy-quadratic"},
}


@pytest.fixture(scope="module", params=PICTURES)
def quick(request, tmp_path_factory):
    output = tmp_path_factory.mktemp("lecture") / f"{request.param}.h5"
    suites.quick(f"ravine-{request.param}", output)
    return output


def draw(path, folder):
    folder.mkdir()
    written = figures.draw_file(path, list(lecture.FIGURES), ["svg"], folder, "epoch")
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in written}


@pytest.mark.filterwarnings("error")
def test_every_suite_draws_its_pictures_the_same_twice(quick, tmp_path):
    drawn = draw(quick, tmp_path / "one")
    assert set(drawn) == {f"{quick.stem}-{name}.svg" for name in PICTURES[quick.stem]}
    assert draw(quick, tmp_path / "two") == drawn


def test_all_exact_checks_hold_and_are_in_the_file(quick):
    checks = load(quick).checks
    assert len(checks) > 0 and checks["id"].is_unique
    off = (checks["actual"] - checks["predicted"]).abs()
    bad = checks[off > checks["tolerance"] * checks["predicted"].abs().clip(lower=1)]
    assert bad.empty, bad
