"""scripts/fetch_datasets fetches, verifies, resumes and says what it cannot do."""

import fcntl
import hashlib
import subprocess

import pytest
from fetch_servers import CONTENT, SCRIPT, fetch, only, server, stored  # noqa: F401: fixtures among them


def test_fetches_verifies_and_skips_what_is_there(fetch, server, tmp_path):
    first = fetch("alpha")
    assert first.returncode == 0, first.stderr
    assert stored(tmp_path) == only("alpha/one.bin", "alpha/two.bin")
    assert len(first.stdout.splitlines()) == 2
    count = len(server.requests)
    second = fetch("ALPHA")
    assert second.returncode == 0
    assert second.stdout.count("already there") == 2
    assert len(server.requests) == count


def test_resumes_in_the_middle_of_a_broken_connection(fetch, server, tmp_path):
    server.cuts = [300000]
    assert fetch("alpha").returncode == 0
    assert stored(tmp_path) == only("alpha/one.bin", "alpha/two.bin")
    assert ("/alpha/one.bin", "bytes=300000-") in server.requests


def test_a_later_run_resumes_and_no_partial_file_has_the_final_name(fetch, server, tmp_path):
    server.cuts = [100000, 0, 0]
    broken = fetch("alpha")
    assert broken.returncode == 1
    assert "only 100000 of 1024000 bytes came" in broken.stdout
    assert "run again to resume" in broken.stdout
    assert stored(tmp_path) == {"alpha/one.bin.part": CONTENT["alpha/one.bin"][:100000],
                                **only("alpha/two.bin")}
    server.requests.clear()
    assert fetch("alpha").returncode == 0
    assert server.requests == [("/alpha/one.bin", "bytes=100000-")]
    assert stored(tmp_path) == only("alpha/one.bin", "alpha/two.bin")


def test_starts_again_where_the_server_cannot_resume(fetch, server, tmp_path):
    server.ranges = False
    server.cuts = [100000]
    assert fetch("alpha").returncode == 0
    assert stored(tmp_path) == only("alpha/one.bin", "alpha/two.bin")


@pytest.mark.parametrize("stale_bytes", [5000, 1024000, 2000000])
def test_recovers_from_a_stale_part(fetch, tmp_path, stale_bytes):
    part = tmp_path / "data" / "alpha" / "one.bin.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x" * stale_bytes)
    result = fetch("alpha")
    assert result.returncode == 0, result.stdout
    assert stored(tmp_path) == only("alpha/one.bin", "alpha/two.bin")


def test_refuses_a_wrong_checksum_and_leaves_nothing(fetch, server, tmp_path):
    wrong = b"X" + CONTENT["alpha/one.bin"][1:]
    server.content["alpha/one.bin"] = wrong
    result = fetch("alpha")
    assert result.returncode == 1
    assert hashlib.sha256(wrong).hexdigest() in result.stdout
    assert hashlib.sha256(CONTENT["alpha/one.bin"]).hexdigest() in result.stdout
    assert stored(tmp_path) == only("alpha/two.bin")


def test_refuses_a_source_that_is_too_long(fetch, server, tmp_path):
    server.content["alpha/two.bin"] += b"more"
    result = fetch("alpha")
    assert result.returncode == 1
    assert "more bytes where the catalog says 3000" in result.stdout
    assert stored(tmp_path) == only("alpha/one.bin")


def test_replaces_a_damaged_file_only_by_a_right_one(fetch, server, tmp_path):
    target = tmp_path / "data" / "alpha" / "two.bin"
    target.parent.mkdir(parents=True)
    target.write_bytes(b"damaged")
    del server.content["alpha/two.bin"]
    result = fetch("alpha")
    assert result.returncode == 1
    assert "404" in result.stdout
    assert target.read_bytes() == b"damaged"
    server.content = dict(CONTENT)
    assert fetch("alpha").returncode == 0
    assert stored(tmp_path) == only("alpha/one.bin", "alpha/two.bin")


def test_derived_sets_come_from_a_mirror_only(fetch, server, tmp_path):
    refused = fetch("beta-set")
    assert refused.returncode == 1
    assert "pass --mirror" in refused.stdout
    assert fetch("beta_set", "--mirror", server.url + "/").returncode == 0
    assert stored(tmp_path) == only("beta-set/derived.bin")


def test_mirror_folder(fetch, server, tmp_path):
    mirror = tmp_path / "mirror"
    for file, content in CONTENT.items():
        (mirror / file).parent.mkdir(parents=True, exist_ok=True)
        (mirror / file).write_bytes(content)
    (mirror / "alpha/two.bin").write_bytes(b"two")
    result = fetch("--mirror", str(mirror))
    assert result.returncode == 1
    assert "3 bytes where the catalog says 3000" in result.stdout
    assert stored(tmp_path) == only("alpha/one.bin", "beta-set/derived.bin")
    assert server.requests == []
    (mirror / "alpha/two.bin").unlink()
    missing = fetch("alpha", "--mirror", str(mirror))
    assert missing.returncode == 1
    assert "No such file" in missing.stdout


def test_without_names_fetches_what_has_a_url(fetch, tmp_path):
    assert fetch().returncode == 0
    assert stored(tmp_path) == only("alpha/one.bin", "alpha/two.bin")


def test_two_fetches_do_not_write_one_file(fetch, tmp_path):
    part = tmp_path / "data" / "alpha" / "two.bin.part"
    part.parent.mkdir(parents=True)
    with open(part, "ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        result = fetch("alpha")
        assert part.exists()
    assert result.returncode == 1
    assert "another fetch_datasets" in result.stdout


@pytest.mark.parametrize("words, message", [
    (["alhpa"], "did you mean 'alpha'?"),
    (["alpha", "--mirror", "/does/not/exist"], "neither a folder nor"),
    (["--catalog", "/does/not/exist"], "is not a catalog"),
    (["--unknown"], "unrecognized arguments"),
])
def test_misuse_ends_with_2_and_a_sentence(fetch, tmp_path, words, message):
    result = fetch(*words)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "data").exists()


def test_an_unreachable_server_is_one_sentence(fetch):
    result = fetch("alpha", "--mirror", "http://127.0.0.1:9")
    assert result.returncode == 1
    assert "refused" in result.stdout
    assert "Traceback" not in result.stderr


def test_list_names_every_set_of_the_catalog():
    result = subprocess.run([SCRIPT, "--list"], capture_output=True, text=True,
                            check=False)
    assert result.returncode == 0
    names = [line.split()[0] for line in result.stdout.splitlines()]
    assert {"mnist", "fashion_mnist", "a9a", "imdb", "cal_housing"} <= set(names)
    assert len(names) == len(set(names))


def test_a_folder_that_cannot_be_made_is_one_sentence(fetch, tmp_path):
    (tmp_path / "data").write_text("a file")
    done = fetch("alpha")
    assert done.returncode == 1 and "Errno" not in done.stdout and "cannot be written" in done.stdout
