"""Files appear whole or not at all, and twice the same content is twice the same bytes."""

import contextlib
import errno
import glob
import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from phototags.errors import PhototagsError

PART = ".part"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextlib.contextmanager
def atomic_write(path: Path | str) -> Iterator[Path]:
    """Write to a neighbour, then move: a killed job leaves no half file that looks done.

    The neighbour has a folder to itself, for whatever a library writes beside it. What a killed
    process left of the same file is removed by the next that writes it.

    Yields:
        a path of the same name in a folder beside it (made if needed), removed when the block
        raises.

    Raises:
        PhototagsError: the disk, or what the user may have of it, is full.
    """
    path = Path(path)
    room = path.with_name(f".{path.name}.{os.getpid()}{PART}")
    try:
        room.mkdir(parents=True, exist_ok=True)
        remove_stale_parts(path)
        part = room / path.name
        yield part
        with open(part, "rb") as written:
            os.fsync(written.fileno())
        os.replace(part, path)
    except Exception as error:
        if is_disk_full(error):
            raise PhototagsError(
                f"no room to write {path}: {error}. Make room on that disk, then run again; "
                "nothing half-written was kept."
            ) from error
        raise
    finally:
        shutil.rmtree(room, ignore_errors=True)


def remove_stale_parts(path: Path) -> None:
    """Remove what processes that are no more left when they were killed while writing a file."""
    for room in path.parent.glob(f".{glob.escape(path.name)}.*{PART}"):
        process = room.name.removesuffix(PART).rpartition(".")[2]
        if process.isdecimal() and not is_running(int(process)):
            shutil.rmtree(room, ignore_errors=True)


def is_running(process: int) -> bool:
    """Whether there is a process of that number on this machine.

    >>> is_running(os.getpid())
    True
    """
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def is_disk_full(error: Exception) -> bool:
    """Whether a full disk or quota is the reason; libraries keep the number, or the text alone."""
    if getattr(error, "errno", None) in FULL:
        return True
    return any(os.strerror(number) in str(error) for number in FULL)


def hash_file(path: Path | str) -> str:
    """Hexadecimal sha256 of a file's bytes, read in pieces."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_json(path: Path | str, content: object) -> None:
    """Sorted keys and a final newline, so that equal content is equal bytes."""
    with atomic_write(path) as part:
        part.write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def write_tensors(path: Path | str, tensors: Mapping, about: object = None) -> None:
    """Write named tensors as safetensors; `about` is any JSON value, kept in the header."""
    from safetensors.torch import save_file

    content = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    with atomic_write(path) as part:  # one metadata key: the order of several is not fixed
        save_file(content, part, metadata={"about": json.dumps(about, sort_keys=True)})


def read_tensors(path: Path | str, names: Collection[str] | None = None) -> tuple[dict, object]:
    """The tensors and the `about` that `write_tensors` wrote.

    Args:
        names: the tensors that are wanted, as far as there are any; the others are not read.

    Raises:
        PhototagsError: when the file is missing or is no safetensors file.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            about = json.loads((file.metadata() or {}).get("about", "null"))
            wanted = [name for name in file.keys() if names is None or name in names]  # noqa: SIM118
            return {name: file.get_tensor(name) for name in wanted}, about
    except (OSError, SafetensorError, json.JSONDecodeError) as error:
        raise PhototagsError(
            f"{path} should be a safetensors file written by phototags, but: {error}. "
            "Remove it and run `snakemake` again."
        ) from error
