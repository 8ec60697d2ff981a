"""Atomic writes, and JSON and safetensors files whose bytes depend on their content alone."""

from __future__ import annotations

import contextlib
import errno
import glob
import hashlib
import json
import os
import shutil
import stat
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from phototags.errors import PhototagsError

if TYPE_CHECKING:
    from pandas import DataFrame

PART = ".part"
DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextlib.contextmanager
def atomic_write(path: Path | str) -> Iterator[Path]:
    """Write a file under another name, then rename it: `path` is complete or not there.

    The parts that killed processes left of the same file are removed.

    Yields:
        a path of the same name in a temporary folder beside it (made if needed), which may hold
        whatever else a library writes. It is removed at the end, also when the block raises.

    Raises:
        PhototagsError: when `path` is no regular file, its folder cannot be made, or the disk or
            the user's quota is full.
    """
    path = Path(path)
    if not path.name or (path.exists() and not path.is_file()):
        raise PhototagsError(f"{path} should be a file to write, but is a folder or a device.")
    folder = path.with_name(f".{path.name}.{os.getpid()}{PART}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PhototagsError(
            f"{path} can't be written: {error}. Name another file, or make room there."
        ) from error
    try:
        remove_stale_parts(path)
        part = folder / path.name
        yield part
        with open(part, "rb") as written:
            os.fsync(written.fileno())
        os.chmod(part, folder.stat().st_mode & 0o666)  # safetensors would keep it to the user
        os.replace(part, path)
    except Exception as error:
        if is_disk_full(error):
            raise PhototagsError(
                f"no room to write {path}: {error}. Make room on that disk, then run again; "
                "nothing half-written was kept."
            ) from error
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_stale_parts(path: Path) -> None:
    """Remove the temporary folders of processes that ended while they wrote `path`."""
    for folder in path.parent.glob(f".{glob.escape(path.name)}.*{PART}"):
        process = folder.name.removesuffix(PART).rpartition(".")[2]
        if process.isdecimal() and not is_running(int(process)):
            shutil.rmtree(folder, ignore_errors=True)


def is_running(process: int) -> bool:
    """Whether this machine runs a process of that number.

    >>> is_running(os.getpid())
    True
    """
    try:
        os.kill(process, 0)
    except PermissionError:  # it is another user's
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


def is_disk_full(error: Exception) -> bool:
    """Whether a full disk or quota caused an error; some libraries keep only the text of it."""
    if getattr(error, "errno", None) in DISK_FULL:
        return True
    return any(os.strerror(number) in str(error) for number in DISK_FULL)


def read_small_file(path: Path | str, at_most: int) -> bytes:
    """Read a regular file of at most so many bytes.

    Raises:
        OSError: when it is missing, no regular file (a pipe would be waited for), or larger.
    """
    state = os.stat(path)
    if not stat.S_ISREG(state.st_mode):
        raise OSError("it is no regular file")
    with open(path, "rb") as file:
        content = file.read(at_most + 1)
    if len(content) > at_most:
        raise OSError(f"it has more than {at_most} bytes")
    return content


def hash_file(path: Path | str) -> str:
    """Hexadecimal sha256 of a file, read in pieces."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_json(path: Path | str, content: object) -> None:
    """Write JSON with sorted keys and a final newline."""
    write_text(path, json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def write_text(path: Path | str, text: str) -> None:
    """Write text in UTF-8."""
    with atomic_write(path) as part:
        part.write_text(text, encoding="utf-8")


def write_csv(
    path: Path | str, table: DataFrame, separator: str = ",", float_format: str | None = None
) -> None:
    """Write a table without its index; equal tables give equal bytes.

    Args:
        float_format: of numbers, as `%.6g`; None writes them in full.
    """
    with atomic_write(path) as part:
        table.to_csv(
            part, sep=separator, index=False, lineterminator="\n", float_format=float_format
        )


def write_tensors(path: Path | str, tensors: Mapping, about: object = None) -> None:
    """Write named torch tensors as safetensors; `about` is any JSON value, kept in the header."""
    from safetensors.torch import save_file

    content = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    with atomic_write(path) as part:  # one metadata key: the order of several is not fixed
        save_file(content, part, metadata={"about": json.dumps(about, sort_keys=True)})


def read_tensors(
    path: Path | str, names: Collection[str] | None = None, framework: str = "pt"
) -> tuple[dict, object]:
    """Read what `write_tensors` wrote.

    Args:
        names: the tensors to read, those of them that exist; None reads all.
        framework: `pt` for torch tensors; `np` for numpy arrays, which does not import torch.

    Returns:
        the tensors by name, and `about`.

    Raises:
        PhototagsError: when the file is missing or is no safetensors file.
    """
    from safetensors import SafetensorError, safe_open

    try:
        if not Path(path).is_file():
            raise OSError("there is no such file")
        with safe_open(path, framework) as file:
            about = json.loads((file.metadata() or {}).get("about", "null"))
            wanted = [name for name in file.keys() if names is None or name in names]  # noqa: SIM118
            return {name: file.get_tensor(name) for name in wanted}, about
    except (OSError, SafetensorError, ValueError, TypeError, RecursionError) as error:
        raise PhototagsError(
            f"{path} should be a safetensors file written by phototags, but: {error}. "
            "Remove it and run `snakemake` again."
        ) from error
