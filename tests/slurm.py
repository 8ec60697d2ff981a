"""A real SLURM node for tests: munged, slurmctld and slurmd of Debian's packages on loopback.

Each daemon runs as this user in the foreground, as a child process that `stop` ends by its pid.
Nothing of the machine's own munge or SLURM is read or changed.
"""

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

DAEMONS = "/usr/sbin"  # is in root's PATH only
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "srun")
CPUS, MEMORY_MB = 2, 8000
# No accounting, as on a site without slurmdbd. A job above its memory is ended, without cgroups.
CONFIGURATION = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
SlurmctldPort={controller_port}
SlurmdPort={node_port}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/controller
SlurmdSpoolDir={folder}/node
SlurmctldPidFile={folder}/controller.pid
SlurmdPidFile={folder}/node.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
JobCompType=jobcomp/none
ReturnToService=2
SlurmdTimeout=10
KillWait=1
SchedulerParameters=sched_interval=2,bf_interval=2
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
MinJobAge=3600
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory} State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
"""


def find_missing() -> list[str]:
    """Programs of the node that this machine lacks."""
    places = os.pathsep.join([os.environ["PATH"], DAEMONS])
    return [name for name in PROGRAMS if not shutil.which(name, path=places)]


class SlurmNode:
    """One node and its controller.

    Args:
        folder: empty; becomes the place of sockets, keys, logs and state. Its path is short: that
            of a socket has 107 bytes at most.
    """

    def __init__(self, folder: Path):
        self.folder, self.daemons = folder, {}
        self.environment = os.environ | {
            "SLURM_CONF": str(folder / "slurm.conf"),
            "PATH": os.pathsep.join([str(folder / "programs"), os.environ["PATH"], DAEMONS]),
        }

    def __enter__(self):
        for name in ("controller", "node", "programs"):
            (self.folder / name).mkdir()
        self.folder.chmod(0o755)  # munged refuses a socket that others cannot reach
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        controller_port, node_port = find_free_ports(2)
        text = CONFIGURATION.format(
            host=socket.gethostname().split(".")[0], user=getpass.getuser(), folder=self.folder,
            controller_port=controller_port, node_port=node_port, cpus=CPUS, memory=MEMORY_MB,
        )  # fmt: skip
        (self.folder / "slurm.conf").write_text(text)
        self.write_srun()
        try:
            self.start("munged", "-F", "--force", f"--key-file={key}", *self.munge_files())
            wait_until(lambda: (self.folder / "munge.socket").exists(), "munged's socket", 20)
            self.start("slurmctld", "-D", "-i")
            self.start("slurmd", "-D")
            wait_until(self.is_idle, f"an idle node (see {self.folder}/*.log)", 60)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *error):
        self.stop()

    def write_srun(self) -> None:
        """Put an srun into PATH that reads our slurm.conf: the executor's jobs unset SLURM_CONF."""
        srun, conf = self.folder / "programs/srun", self.folder / "slurm.conf"
        srun.write_text(f'#!/bin/sh\nSLURM_CONF={conf} exec {shutil.which("srun")} "$@"\n')
        srun.chmod(0o755)

    def munge_files(self) -> list[str]:
        names = {"socket": "munge.socket", "pid-file": "munge.pid", "seed-file": "munge.seed"}
        return [f"--{option}={self.folder / name}" for option, name in names.items()]

    def start(self, name: str, *words: str) -> None:
        with open(self.folder / f"{name}.log", "a") as log:
            self.daemons[name] = subprocess.Popen(
                [name, *words], env=self.environment, stdout=log, stderr=log, cwd=self.folder
            )

    def is_idle(self) -> bool:
        return self.read_state() == "idle"

    def read_state(self) -> str:
        """The state of the node, such as `idle`, `mixed` or `down*`."""
        return self.ask("sinfo", "--noheader", "--format=%T")

    def ask(self, *command: str) -> str:
        """What a SLURM command prints; empty where the controller does not answer."""
        said = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        return said.stdout.strip()

    def kill(self, name: str) -> None:
        """End a daemon at once, as when a node loses power."""
        self.daemons[name].kill()
        self.daemons.pop(name).wait()

    def stop(self) -> None:
        """Cancel all jobs and end the daemons, the last started first."""
        if "slurmctld" in self.daemons:
            self.ask("scancel", f"--user={getpass.getuser()}")
            with contextlib.suppress(TimeoutError):
                wait_until(lambda: not self.ask("squeue", "--noheader"), "no jobs", 30)
        for daemon in reversed(self.daemons.values()):
            daemon.terminate()
            daemon.wait(30)
        self.daemons = {}


def find_free_ports(number: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [
            stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(number)
        ]
        return [one.getsockname()[1] for one in sockets]


def wait_until(condition, expected: str, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"expected {expected} within {seconds} s")
        time.sleep(0.2)
