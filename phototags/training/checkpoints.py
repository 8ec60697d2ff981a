"""Checkpoints: a killed training goes on from the last step and ends with the same bytes."""

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
from phototags.training.state import TrainState

log = logging.getLogger(__name__)
WRITE_RATIO = 50  # seconds to the next write per second of the last: a large state takes seconds


class Checkpoint:
    """The file with a training's state after a step; it is written whole or not at all.

    It must not be an output of a rule: Snakemake removes the outputs of a job that failed.

    Args:
        path: a safetensors file.
        fingerprint: of all that decides how the training goes; a file with another is not used.
        seconds: between two writes at least, since a step costs less than its file; 0 writes
            after each step.
    """

    def __init__(self, path: Path | str, fingerprint: str, seconds: float = 0.0):
        self.path, self.fingerprint, self.seconds = Path(path), fingerprint, seconds
        self.next_write = time.monotonic() + seconds

    def save(self, state: TrainState) -> None:
        """Overwrite the file with the state, when enough time has passed since the last write.

        A full disk is logged and no error: the training itself does not need the file.
        """
        if self.is_due():
            self.write(self.read_state(state), state.numbers())

    def write(self, tensors: Mapping[str, Tensor], numbers: Mapping) -> None:
        """Overwrite the file; the longer that takes, the later the next write."""
        start = time.monotonic()
        about = {"fingerprint": self.fingerprint, "numbers": numbers}
        try:
            write_tensors(self.path, tensors, about | {"digest": hash_state(tensors, numbers)})
        except (OSError, PhototagsError) as error:
            log.warning("the last checkpoint stays, a newer one cannot be written: %s", error)
        end = time.monotonic()
        pause = max(self.seconds, WRITE_RATIO * (end - start)) if self.seconds else 0
        self.next_write = end + pause

    def is_due(self) -> bool:
        """Whether enough time has passed since the last write."""
        return time.monotonic() >= self.next_write

    def read_state(self, state: TrainState) -> dict[str, Tensor]:
        """The state's tensors, as the file has them."""
        return state.tensors()

    def load_state(self, state: TrainState, tensors: dict[str, Tensor], numbers: dict) -> None:
        """Restore the state from the file's content."""
        state.load(tensors, numbers)

    def resume(self, state: TrainState) -> bool:
        """Restore the state from the file; a file that cannot be used is logged and removed.

        Returns:
            whether the state was restored.
        """
        if not self.path.exists():
            return False
        try:
            tensors, about = read_tensors(self.path)
            if about["digest"] != hash_state(tensors, about["numbers"]):
                raise PhototagsError("its content is not what was written")
        except (PhototagsError, KeyError, TypeError) as error:
            log.warning("1 checkpoint is damaged, %s: %s. Training starts anew", self.path, error)
            self.remove()
            return False
        if about["fingerprint"] != self.fingerprint:
            log.warning("%s is of other settings or photos. Training starts anew", self.path)
            self.remove()
            return False
        self.load_state(state, tensors, about["numbers"])
        where = len(state.history), state.batches_done, self.path
        log.info("going on after epoch %d and %d batches, from %s", *where)
        return True

    def remove(self) -> None:
        """Delete the file, once the training's outputs are written."""
        self.path.unlink(missing_ok=True)


def compute_fingerprint(files: Iterable[Path | str], settings: Mapping) -> str:
    """Hash what decides how a training goes: its files, settings, torch and processor.

    Args:
        files: their content and order count, not their names.
        settings: any JSON.

    Returns:
        hexadecimal sha256.
    """
    content = {
        "files": [hash_file(file) for file in files],
        "settings": dict(settings),
        "torch": torch.__version__,
        "instructions": torch.backends.cpu.get_cpu_capability(),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def hash_state(tensors: Mapping[str, Tensor], numbers: Mapping) -> str:
    """Hash a state, whatever file holds it; hexadecimal sha256."""
    digest = hashlib.sha256(json.dumps(numbers, sort_keys=True).encode())
    for name in sorted(tensors):
        values = tensors[name].detach().cpu().contiguous()
        digest.update(f"{name} {values.dtype} {list(values.shape)}".encode())
        digest.update(values.reshape(-1).view(torch.uint8).numpy())
    return digest.hexdigest()
