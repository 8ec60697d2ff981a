"""Copy a file from a mirror: a folder, or the same folder behind an http(s) address."""

import shutil
import tarfile
import time
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path

from phototags.errors import SourceError
from phototags.io.progress import show_progress
from phototags.io.storage import hash_file

PIECE = 1 << 20
SECONDS = 60  # without a byte, before the connection counts as dead
TRIES = 4
MISSING = (404, 410)


def copy_from_mirror(
    mirror: str, path: str, to: Path, resume: bool, at_most: int | None = None
) -> bool:
    """Copy the mirror's file `path` to `to`; False when the mirror has no such file.

    Where a folder mirror has pictures in `images/` instead of `images.tar`, they are put into
    one. A download that broke off leaves `to` as far as it came, and goes on there next time
    when `resume` is set (the caller then checks a hash: the file may have changed meanwhile).

    Args:
        at_most: bytes to take from an address; None for as many as come.

    Raises:
        SourceError: when the mirror is no folder, does not answer, or sends more than `at_most`.
    """
    if mirror.startswith(("http://", "https://")):
        return _download(f"{mirror.rstrip('/')}/{path}", to, resume, at_most)
    folder = Path(mirror).expanduser()
    if not folder.is_dir():
        raise SourceError(
            f"the mirror {mirror} should be a folder or an http(s) address, but is no folder. "
            "Correct corpora.mirror in params.yaml (or MIRROR= of make), or leave it out."
        )
    source = folder / path
    pictures = source.with_suffix("")
    if source.is_file():
        shutil.copyfile(source, to)
    elif source.suffix == ".tar" and pictures.is_dir():
        write_tar(pictures, to)
    else:
        return False
    return True


def write_tar(folder: Path, to: Path) -> None:
    """Write a tar of a folder's files, named from the folder on; equal files make equal bytes."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    with tarfile.open(to, "w", format=tarfile.PAX_FORMAT) as tar:
        for file in show_progress(files, f"packing {folder.name}"):
            member = tarfile.TarInfo(file.relative_to(folder.parent).as_posix())
            member.size = file.stat().st_size
            with open(file, "rb") as content:
                tar.addfile(member, content)


def _download(url: str, to: Path, resume: bool, at_most: int | None) -> bool:
    for attempt in range(TRIES):
        if attempt:
            time.sleep(2**attempt)
        try:
            return _stream(url, to, resume or attempt > 0, at_most)
        except urllib.error.HTTPError as error:
            if error.code in MISSING:
                return False
            failure = error
            if error.code == 416:  # nothing left, or another file: start over
                to.unlink(missing_ok=True)
        except (OSError, HTTPException) as error:  # URLError and timeouts are OSErrors
            failure = error
    raise SourceError(
        f"{url} could not be fetched in {TRIES} tries: {failure}. Check corpora.mirror in "
        "params.yaml (or MIRROR= of make) and the network; a further run goes on from here."
    ) from failure


def _stream(url: str, to: Path, resume: bool, at_most: int | None) -> bool:
    """Fetch what is missing of `to`; raises OSError when the connection breaks off."""
    start = to.stat().st_size if resume and to.exists() else 0
    headers = {"Range": f"bytes={start}-"} if start else {}
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=SECONDS) as response:
        if response.status != 206:
            start = 0
        length = response.headers.get("Content-Length")
        with open(to, "r+b" if start else "wb") as file:
            file.seek(start)
            pieces = iter(lambda: response.read(PIECE), b"")
            for piece in show_progress(
                pieces, f"{to.name} (MiB)", int(length or 0) // PIECE or None
            ):
                file.write(piece)
                if at_most is not None and file.tell() > at_most:
                    quarantine(to)
                    raise SourceError(f"{url} should have {at_most} bytes, but sends more: refused")
            if length is not None and file.tell() != start + int(length):
                raise OSError(f"{file.tell()} of {start + int(length)} bytes came")
    return True


def check_file(file: Path, sha256: str | None, name: str, size: int | None = None) -> str:
    """Compute a file's sha256, and compare it and the size in bytes with what is expected.

    Raises:
        SourceError: when one is not as expected; the file is put aside, so that it is not
            taken up again.
    """
    found, digest = file.stat().st_size, hash_file(file)
    for form, wanted, came in (("{} bytes", size, found), ("sha256 {}", sha256, digest)):
        if wanted not in (None, came):
            raise SourceError(
                f"{name} should have {form.format(wanted)}, but has {form.format(came)}: the copy "
                "is damaged or of another release. Put the right one into a mirror; what came is "
                f"kept as {quarantine(file)}."
            )
    return digest


def quarantine(file: Path) -> Path:
    """Rename a wrong file so that nothing reads it; only the last one is kept."""
    return file.replace(file.with_name(f"{file.name}.wrong"))
