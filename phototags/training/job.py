"""The description of one training: the files it reads and writes, and its settings.

A rule makes one, and one process or several train by it; several read it from a JSON file.
"""

import json
import logging
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from phototags.errors import ModelError
from phototags.io.storage import write_json

log = logging.getLogger(__name__)
MAX_RESTARTS = 3  # of a training in several processes, after one of them was killed
Files = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class TrainJob:
    """One training.

    Args:
        inputs: by name. `tags`, `split`, `vocabulary` and `vectors` are a file each; `features`,
            `users`, `start` and, for a trained backbone, `shards` are several, or none.
        outputs: `model`, `config`, `history` and, for a trained backbone, `backbone`, all in one
            folder.
        params: `system` (settings as JSON), `seed`, `backbone`, `compute` (keys of
            train.compute), `instruction_set`, `code` and, for a trained backbone, `image_limits`
            (pixels and bytes of an image).
        train: name of the training corpus.
        loader_threads: that decode images in each process; they change no result.
        checkpoint_seconds: between two checkpoints at least; changes no result.
    """

    inputs: Files
    outputs: Mapping[str, str]
    params: Mapping[str, Any]
    train: str
    loader_threads: int = 1
    checkpoint_seconds: float = 10.0

    @classmethod
    def from_rule(cls, rule: Any) -> "TrainJob":
        """Describe a job of the workflow and write it down beside its checkpoint.

        Args:
            rule: the object `snakemake` that the rule's script gets.
        """
        params = dict(rule.params.items())
        params["system"] = json.loads(params["system"])
        job = cls(
            inputs={
                name: files if isinstance(files, str) else list(files)
                for name, files in rule.input.items()
            },
            outputs=dict(rule.output.items()),
            params=params,
            train=rule.wildcards.train,
            loader_threads=max(1, rule.threads // params["compute"].get("processes", 1)),
        )
        job.write()
        return job

    @classmethod
    def read(cls, file: Path | str) -> "TrainJob":
        """Read the job that `from_rule` wrote.

        Raises:
            ModelError: the file is missing or no job's.
        """
        try:
            return cls(**json.loads(Path(file).read_text()))
        except (OSError, ValueError, TypeError) as error:
            raise ModelError(
                f"{file} should be the job.json of a training, but: {error}. The workflow writes "
                "it when the training starts: run `snakemake MODEL_FILE --force` once."
            ) from error

    def write(self) -> None:
        """Write the job where `file` says."""
        write_json(self.file, asdict(self))

    @property
    def seed(self) -> int:
        """Of all random numbers of the training."""
        return self.params["seed"]

    @property
    def processes(self) -> int:
        """Number of processes that the workflow trains it in."""
        return self.params["compute"].get("processes", 1)

    @property
    def folder(self) -> Path:
        """Where the tagger is written."""
        return Path(self.outputs["model"]).parent

    @property
    def checkpoint_folder(self) -> Path:
        """Holds checkpoint and job.json; no rule's output. An absolute `folder` holds its own."""
        return Path("checkpoints") / self.folder

    @property
    def file(self) -> Path:
        """The job itself as JSON."""
        return self.checkpoint_folder / "job.json"

    def write_to(self, folder: Path | str) -> "TrainJob":
        """The same job with outputs of the same names in another folder."""
        outputs = {name: str(Path(folder) / Path(of).name) for name, of in self.outputs.items()}
        return replace(self, outputs=outputs)

    def list_inputs(self, *without: str) -> list[str]:
        """All input files in the order of their names, without the inputs named."""
        return [
            one
            for name, files in sorted(self.inputs.items())
            if name not in without
            for one in ([files] if isinstance(files, str) else files)
        ]

    def refuse_missing_inputs(self) -> None:
        """Raise the ModelError that names the first input that is not there."""
        for path in self.list_inputs():
            if not Path(path).exists():
                raise ModelError(
                    f"{path} should be there, but is not: run the workflow first, at least "
                    f"`snakemake {path}`, in the same folder."
                )


def launch_processes(job: TrainJob) -> None:
    """Train in several processes of this machine, by torchrun; what they say is logged.

    Where one of them ends, torchrun ends the others. They are then started anew, up to MAX_RESTARTS
    times, and go on from the checkpoint; what is wrong with the job itself is not tried again.

    Raises:
        ModelError: when they fail.
    """
    for restarts in range(MAX_RESTARTS + 1):
        code, reason = run_processes(job)
        if not code:
            return
        if reason:
            break
        log.warning(
            "a process of the training ended, %d restarts are left", MAX_RESTARTS - restarts
        )
    reason = reason or "its reason is in the log"
    raise ModelError(f"training in {job.processes} processes failed: {reason}")


def run_processes(job: TrainJob) -> tuple[int, str]:
    """Start the processes once, and wait for their end.

    Returns:
        torchrun's exit code, and the error that a process says, if one does.
    """
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command += [f"--nproc-per-node={job.processes}", "-m", "phototags.training.distributed"]
    reason = ""
    with subprocess.Popen(
        [*command, str(job.file)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        for line in map(str.rstrip, running.stdout):
            log.info("%s", line)
            if line.startswith("error: "):
                reason = line.removeprefix("error: ")
    return running.returncode, reason
