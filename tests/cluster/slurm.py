"""A Slurm of three nodes on loopback, for a test: munged, slurmctld and three slurmd in a folder.

Everything runs in the foreground as a child of the test, is stopped by its pid, and dies with the
test. Steps of jobs are found by the environment that only this cluster gives them.
"""

import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

NODES = ("n1", "n2", "n3")
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "scontrol", "setpriv")
ENVIRONMENT = {**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"}


def why_not():
    """Why no Slurm can run here, or ""."""
    missing = [name for name in PROGRAMS if not shutil.which(name, path=ENVIRONMENT["PATH"])]
    if missing:
        return f"{', '.join(missing)} are not installed: scripts/setup --test"
    return "" if os.geteuid() == 0 else "a Slurm of several nodes on one machine needs root"


def free_ports(count):
    with contextlib.ExitStack() as open_ones:
        sockets = [open_ones.enter_context(socket.create_server(("127.0.0.1", 0)))
                   for _ in range(count)]
        return [one.getsockname()[1] for one in sockets]


def configuration(folder):
    host, (controller, *ports) = socket.gethostname(), free_ports(1 + len(NODES))
    nodes = "\n".join(f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs=1 "
                      "RealMemory=4000" for node, port in zip(NODES, ports))
    # A credential's life is also how long a requeued job waits; a silent node is down after seconds.
    return f"""ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=5
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SlurmdTimeout=5
MessageTimeout=2
TCPTimeout=1
KillWait=10
MinJobAge=86400
SchedulerParameters=sched_interval=1,sched_min_interval=0,bf_interval=1,batch_sched_delay=0
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/%n.log
{nodes}
PartitionName=main Nodes=ALL Default=YES State=UP
"""


class Cluster:
    """Use with `with`: three idle nodes inside, no process of them afterwards."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.configuration = self.folder / "slurm.conf"
        self.environment = {name: value for name, value in ENVIRONMENT.items()
                            if not name.startswith("SLURM")}
        self.environment["SLURM_CONF"] = str(self.configuration)
        self.daemons = {}

    def __enter__(self):
        (self.folder / "state").mkdir()
        self.configuration.write_text(configuration(self.folder))
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o600)
        try:
            # Forced: the folders of a test are closed to others, which munged warns of.
            self.start("munged", "--foreground", "--force", "--key-file", key, "--num-threads", 2,
                       *(f"--{kind}={self.folder}/munge.{kind.removesuffix('-file')}"
                         for kind in ("socket", "pid-file", "log-file", "seed-file")))
            self.await_(lambda: (self.folder / "munge.socket").exists(), "munged did not start")
            self.start("slurmctld", "-D", "-c")
            for node in NODES:
                self.start("slurmd", "-D", "-N", node, name=node)
            self.await_(lambda: self.ask("sinfo", "-h", "-N", "-o", "%T").split() == ["idle"] * 3,
                        "the nodes are not idle")
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self, program, *arguments, name=None):
        # Killed with the test, however that ends.
        with (self.folder / f"{name or program}.out").open("w") as out:
            self.daemons[name or program] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", program, *map(str, arguments)],
                env=self.environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out)

    def ask(self, *command):
        """Standard output of a command of Slurm; nothing if it failed."""
        return subprocess.run(command, env=self.environment, capture_output=True, text=True,
                              timeout=300, check=False).stdout

    def await_(self, condition, otherwise, seconds=300):
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"{otherwise}\n{self.state()}"
            time.sleep(0.1)

    def state(self):
        """For messages: queue, nodes and what the daemons said last."""
        logs = [*self.folder.glob("*.out"), *self.folder.glob("*.log")]
        return "\n".join([self.ask("squeue"), self.ask("sinfo", "-N"),
                          *(f"{log.name}: {log.read_text()[-1000:]}" for log in logs)])

    def fail_node(self, node):
        """A node dies: its daemon, then its steps from the top, so that nobody is left to report."""
        self.daemons[node].kill()
        own = self.processes(f"SLURMD_NODENAME={node}")
        jobs = set(self.ask("squeue", "-h", "-w", node, "-o", "%A").split())
        steps = [pid for pid in self.processes() if any(
            command(pid).startswith(f"slurmstepd: [{job}.") for job in jobs)]
        for pid in [*steps, *own]:
            kill(pid)

    def processes(self, *also):
        """The pids of all that this cluster started, with these variables in their environment."""
        wanted = {f"SLURM_CONF={self.configuration}", *also}
        return [int(path.name) for path in pathlib.Path("/proc").glob("[0-9]*")
                if wanted <= environment(path)]

    def stop(self):
        if "slurmctld" in self.daemons:
            self.ask("scancel", "--user=root")
        for daemon in self.daemons.values():
            kill(daemon.pid)
            daemon.wait()
        # A step may be starting another process just now.
        while left := self.processes():
            for pid in left:
                kill(pid)
            time.sleep(0.05)


def environment(process):
    try:
        return set((process / "environ").read_bytes().decode(errors="replace").split("\0"))
    except OSError:
        return set()


def command(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def kill(pid):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
