"""ReFrame: does this machine compute the known bits, and how fast?

reframe -C SETTINGS.py -c scripts/recipes/reframe/ravine_quick.py -r

`ravine` must be in the PATH of the test's environment: add modules or prerun_cmds as your site needs them.
"""

import pathlib

import reframe as rfm
import reframe.utility.sanity as sn

# The digest of every suite's quick run, which is the same on every machine.
KNOWN = pathlib.Path(__file__).resolve().parents[3] / "tests" / "golden" / "quick_digests.tsv"


@rfm.simple_test
class RavineQuick(rfm.RunOnlyRegressionTest):
    suite = parameter(["averaging", "batch-norm", "batch-size", "illustrations", "initialization", "optimizers",
                       "schedules", "second-order"])
    valid_systems = ["*"]
    valid_prog_environs = ["*"]
    time_limit = "10m"
    # The word `time` of bash, so the job runs without a launcher.
    executable = "time -p ravine"

    @run_before("run")
    def set_command(self):
        self.executable_opts = ["run", self.suite, "--scale", "quick", "--fresh", "--output", "quick.h5"]
        self.postrun_cmds = ["ravine digest quick.h5"]

    @sanity_function
    def has_the_known_bits(self):
        known = dict(line.split() for line in KNOWN.read_text().splitlines() if not line.startswith("#"))
        return sn.all([sn.assert_found(r"trials done in .*, 0 failed", self.stderr),
                       sn.assert_found(rf"^{known[f'ravine-{self.suite}']}\b", self.stdout)])

    @performance_function("s")
    def run_time(self):
        return sn.extractsingle(r"^real (\S+)", self.stderr, 1, float)
