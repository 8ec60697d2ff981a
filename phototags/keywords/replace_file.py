"""Replace a person's file as a whole, with its permissions, or not at all."""

import contextlib
import glob
import os
import shutil
from pathlib import Path

from phototags.errors import PhototagsError
from phototags.io.storage import PART, is_disk_full, is_running


def replace_file(
    path: Path, content: bytes, mode: int | None = None, changed_ns: int | None = None
) -> None:
    """Write a file's new content beside it, with its owner, permissions and attributes; rename it.

    Args:
        path: no link.
        mode: permissions of a file that is new; None leaves them to the process.
        changed_ns: its time of change; None is the present, so that backups and photo programs
            see the change.

    Raises:
        PhototagsError: when the disk is full. OSError: when the folder cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}{PART}")
    part.unlink(missing_ok=True)
    try:
        with open(part, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        written = part.stat()
        if path.exists():
            _copy_permissions(path, part)
        elif mode is not None:
            part.chmod(mode)
        os.utime(part, ns=(written.st_atime_ns, changed_ns or written.st_mtime_ns))
        os.replace(part, path)
        sync_folder(path.parent)
    except OSError as error:
        if is_disk_full(error):
            raise PhototagsError(
                f"no room to write {path}: {error}. Make room on that disk, then run again; "
                "nothing half-written was kept."
            ) from error
        raise
    finally:
        part.unlink(missing_ok=True)


def _copy_permissions(source: Path, target: Path) -> None:
    """Copy owner, mode and extended attributes as far as the system allows."""
    with contextlib.suppress(OSError):
        os.chown(target, source.stat().st_uid, source.stat().st_gid)
    with contextlib.suppress(OSError):
        shutil.copystat(source, target)


def sync_folder(folder: Path) -> None:
    """Have the disk keep the names in a folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_parts(path: Path) -> None:
    """Remove what killed processes left while they replaced a file."""
    for part in path.parent.glob(f".{glob.escape(path.name)}.*{PART}"):
        process = part.name.removesuffix(PART).rpartition(".")[2]
        if process.isdecimal() and not is_running(int(process)):
            part.unlink(missing_ok=True)
