"""The memory of a suite does not grow with its trials."""

import suites

from analysis.peers import processes


def peak_megabytes(output, trials):
    return processes.run([suites.BUILD / "ravine-optimizers", "--problem",
                          "mlp(data=glyphs, hidden=32, train=1024)", "--optimizer", "adam",
                          "--learning-rate", "0.001", "--steps", "10", "--seeds", trials, "--workers",
                          "1", "--output", output]).peak_bytes * 1e-6


def test_memory_does_not_grow_with_trials(tmp_path):
    """A block that the allocator loses in every trial once made 20 MB of a hundred of them."""
    few, many = (peak_megabytes(tmp_path / f"{trials}.h5", trials) for trials in (4, 100))
    assert many < few + 6
