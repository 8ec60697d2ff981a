"""A killed training goes on where it was, and ends with the bytes of an undisturbed one."""

import hashlib
import json
import logging
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import torch
from torch import Tensor

from phototags.errors import PhototagsError
from phototags.io.storage import hash_file, read_tensors, write_tensors
from phototags.training.state import Course

log = logging.getLogger(__name__)
SECONDS = 10.0  # that a workflow's job may lose to a kill, more where writing takes long
PAUSE = 50  # times as long as a write took until the next: a large backbone's state takes seconds


class Checkpoint:
    """The file that holds a training's state after a step: whole, or not there.

    It must not be an output of a job: Snakemake removes the outputs of a job that failed.

    Args:
        path: a safetensors file. fingerprint: of all that decides how the training goes; a
            file with another is not taken up.
        seconds: that pass between two writes at least, since a step costs less than its file;
            0 writes each step.
    """

    def __init__(self, path: Path | str, fingerprint: str, seconds: float = 0.0):
        self.path, self.fingerprint, self.seconds = Path(path), fingerprint, seconds
        self.next = time.monotonic() + seconds

    def keep(self, course: Course) -> None:
        """Write the state over the last one, when enough time has passed.

        A full disk is told in the log: the training itself does not need the file.
        """
        if (start := time.monotonic()) < self.next:
            return
        tensors, numbers = course.tensors(), course.numbers()
        about = {"fingerprint": self.fingerprint, "numbers": numbers}
        try:
            write_tensors(self.path, tensors, about | {"digest": digest(tensors, numbers)})
        except (OSError, PhototagsError) as error:
            log.warning("the last checkpoint stays, a newer one cannot be written: %s", error)
        end = time.monotonic()
        self.next = end + (max(self.seconds, PAUSE * (end - start)) if self.seconds else 0)

    def resume(self, course: Course) -> bool:
        """Put the course where the file is; one that is no use is named in the log and removed.

        Returns:
            whether the course was moved.
        """
        if not self.path.exists():
            return False
        try:
            tensors, about = read_tensors(self.path)
            if about["digest"] != digest(tensors, about["numbers"]):
                raise PhototagsError("its content is not what was written")
        except (PhototagsError, KeyError, TypeError) as error:
            log.warning("1 checkpoint is damaged, %s: %s. Training starts anew", self.path, error)
            self.remove()
            return False
        if about["fingerprint"] != self.fingerprint:
            log.warning("%s is of other settings or photos. Training starts anew", self.path)
            self.remove()
            return False
        course.take_up(tensors, about["numbers"])
        where = len(course.rows), course.batches, self.path
        log.info("going on after epoch %d and %d batches, from %s", *where)
        return True

    def remove(self) -> None:
        """Forget the state: the training's outputs are written."""
        self.path.unlink(missing_ok=True)


def fingerprint_of(files: Iterable[Path | str], settings: Mapping) -> str:
    """Hexadecimal sha256 of what a training reads, its code among it, and where it computes.

    Args:
        files: their content counts and their order, not their names.
        settings: any JSON.
    """
    said = {
        "files": [hash_file(file) for file in files],
        "settings": dict(settings),
        "torch": torch.__version__,
        "instructions": torch.backends.cpu.get_cpu_capability(),
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def digest(tensors: Mapping[str, Tensor], numbers: Mapping) -> str:
    """Hexadecimal sha256 of a state, whatever file holds it."""
    found = hashlib.sha256(json.dumps(numbers, sort_keys=True).encode())
    for name in sorted(tensors):
        values = tensors[name].detach().cpu().contiguous()
        found.update(f"{name} {values.dtype} {list(values.shape)}".encode())
        found.update(values.reshape(-1).view(torch.uint8).numpy())
    return found.hexdigest()
