"""Copy a file from a mirror, a folder or the same folder behind an http(s) address, or from a url.

Every request goes through the gate of the photos (`http_session.open_session`): each redirect's
address is checked, bytes and time are bounded.
"""

import asyncio
import time
from pathlib import Path
from urllib.parse import quote

import aiohttp
from yarl import URL

from phototags.download.http_session import REDIRECTS, open_session, read_redirect
from phototags.download.mirror_folder import copy_from_folder
from phototags.download.url_safety import AddressRule, allow_named, read_url
from phototags.errors import PhotoError, SourceError
from phototags.io.progress import show_progress
from phototags.io.storage import hash_file

PIECE = 1 << 20
SECONDS = 60  # without a byte, before the connection counts as dead
MIN_RATE = 1024  # bytes a second on average, after SECONDS; slower is no download
MAX_SECONDS = 86_400  # of one try
MAX_SOURCE = 256 << 30  # bytes; the largest file that a corpus has is a tenth of it
MAX_REDIRECTS = 5
TRIES = 4
MISSING = (404, 410)


def copy_from_mirror(
    mirror: str, path: str, to: Path, resume: bool, at_most: int | None = None
) -> bool:
    """Copy the mirror's file `path` to `to`; False when the mirror has no such file.

    A download that broke off leaves `to` as far as it came, and goes on there next time when
    `resume` is set (the caller then checks a hash: the file may have changed meanwhile).

    Args:
        at_most: bytes to take from an address; None for `MAX_SOURCE`.

    Raises:
        SourceError: when the mirror is no folder, does not answer, leads to an address that is
            not public, or sends more than `at_most`.
    """
    if not mirror.startswith(("http://", "https://")):
        return copy_from_folder(Path(mirror).expanduser(), path, to)
    url = f"{mirror.rstrip('/')}/{quote(path)}"
    return download_file(url, to, resume, at_most, private_names=True)


def download_file(
    url: str, to: Path, resume: bool, at_most: int | None = None, *, private_names: bool = False
) -> bool:
    """Download a file to `to`, in several tries; False when there is none (status 404 or 410).

    Args:
        url, private_names: as `url_safety.allow_named` takes them.
        resume, at_most: as `copy_from_mirror` takes them.

    Raises:
        SourceError: as `copy_from_mirror`.
    """
    try:
        place = read_url(url)
        addresses = allow_named(place, private_names=private_names)
        return _download(place, to, resume, at_most, addresses)
    except PhotoError as error:
        raise SourceError(
            f"{url} should lead to a public http(s) address, but: {error}. Check corpora.mirror in "
            "params.yaml (or MIRROR= of make)."
        ) from error


def _download(
    url: URL, to: Path, resume: bool, at_most: int | None, addresses: AddressRule
) -> bool:
    for attempt in range(TRIES):
        if attempt:
            time.sleep(2**attempt)
        start = to.stat().st_size if (resume or attempt) and to.exists() else 0
        try:
            return asyncio.run(_fetch(url, to, start, at_most, addresses))
        except (aiohttp.ClientError, OSError, ValueError) as error:  # time-outs are OSErrors
            failure = error
    raise SourceError(
        f"{url} could not be fetched in {TRIES} tries: {failure!r:.300}. Check corpora.mirror in "
        "params.yaml (or MIRROR= of make) and the network; a further run goes on from here."
    ) from failure


async def _fetch(
    url: URL, to: Path, start: int, at_most: int | None, addresses: AddressRule
) -> bool:
    """Fetch what is missing of `to`; raises OSError when the connection breaks off."""
    named = url
    headers = {"Range": f"bytes={start}-"} if start else {}
    limits = aiohttp.ClientTimeout(total=MAX_SECONDS, sock_connect=SECONDS, sock_read=SECONDS)
    async with open_session(addresses, timeout=limits, decode=False) as session:
        for _ in range(MAX_REDIRECTS + 1):
            addresses.check(url.raw_host)
            async with session.get(url, headers=headers, allow_redirects=False) as response:
                if response.status in REDIRECTS:
                    url = read_redirect(response, url)
                    if url is None:
                        raise OSError(f"status {response.status} that leads nowhere")
                    continue
                if response.status in MISSING:
                    return False
                if response.status == 416:  # nothing left, or another file: start over
                    to.unlink(missing_ok=True)
                if response.status not in (200, 206):
                    raise OSError(f"status {response.status}")
                await _write(response, to, _find_start(response, start), at_most, named)
                return True
    raise SourceError(f"{named} leads through more than {MAX_REDIRECTS} redirects")


def _find_start(response: aiohttp.ClientResponse, asked: int) -> int:
    """Find the offset of a body's first byte in the file: that asked for, or 0."""
    if response.status == 200:
        return 0
    given = response.headers.get("Content-Range", f"bytes {asked}-")
    if not asked or not given.startswith(f"bytes {asked}-"):
        raise OSError(f"bytes from {asked} on were asked for, but a part came: {given!r:.60}")
    return asked


async def _write(
    response: aiohttp.ClientResponse, to: Path, start: int, at_most: int | None, named: URL
) -> None:
    length, begun = response.content_length, time.monotonic()
    most = MAX_SOURCE if at_most is None else at_most
    bar, came = show_progress(range(most), f"{to.name} (MiB)", (length or 0) // PIECE or None), 0
    with open(to, "r+b" if start else "wb") as file:
        file.seek(start)
        async for piece in response.content.iter_chunked(PIECE):
            file.write(piece)
            came += len(piece)
            for _ in range(came // PIECE - (came - len(piece)) // PIECE):
                next(bar, None)
            if start + came > most:
                quarantine(to)
                raise SourceError(f"{named} should have {most} bytes, but sends more: refused")
            seconds = time.monotonic() - begun
            if seconds > SECONDS and came < MIN_RATE * seconds:
                raise OSError(f"{came} bytes came in {seconds:.0f} seconds: too slow")
    bar.close()
    if length is not None and came != length:
        raise OSError(f"{came} of {length} bytes came")


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
