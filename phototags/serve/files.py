"""Read the file of an indexed photo, and nothing else; make previews; read who made it."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from phototags.errors import PhotoError
from phototags.library.scan import is_below
from phototags.photos.file_kinds import SNIFFED, sniff_format
from phototags.photos.gallery import encode_jpeg
from phototags.photos.pillow import FORMATS, open_image
from phototags.serve.limits import Limits
from phototags.serve.photos import StoredPhoto
from phototags.serve.refusals import RefusalError, refuse_photo
from phototags.serve.schemas import Credit

T = TypeVar("T")
CACHED_BYTES = 64_000_000
"""Of previews that are kept in memory."""
AT_ONCE = 2
"""Photos that are read or decoded at the same time: each may take some 100 MB."""
WAIT_SECONDS = 60.0
ARTIST, COPYRIGHT = 0x013B, 0x8298
MAX_TEXT = 300  # characters of a credit


class PhotoFiles:
    """Files of photos, within limits of memory; previews are kept."""

    def __init__(self, limits: Limits):
        self.limits = limits
        self._threads = ThreadPoolExecutor(AT_ONCE, "photo files")
        self._lock = threading.Lock()
        self._previews: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._size = 0

    def read(self, photo: StoredPhoto) -> tuple[bytes, str]:
        """Read a photo's bytes; returns them and their kind, of Content-Type.

        Raises:
            RefusalError: as `read_content`, or `busy`.
        """
        content = self._take_turn(lambda: read_content(photo, self.limits.photo_bytes))
        kind = FORMATS[_sniff(content)].lower()
        return content, f"image/{kind}"

    def preview(self, photo: StoredPhoto, side: int) -> bytes:
        """A JPEG of a photo without its metadata, with at most `side` pixels a side."""
        key = photo.id, side
        with self._lock:
            if key in self._previews:
                self._previews.move_to_end(key)
                return self._previews[key]
        limits = self.limits
        made = self._take_turn(
            lambda: make_preview(read_content(photo, limits.photo_bytes), side, limits)
        )
        with self._lock:
            if key not in self._previews:
                self._previews[key] = made
                self._size += len(made)
            while self._size > CACHED_BYTES:
                self._size -= len(self._previews.popitem(last=False)[1])
        return made

    def _take_turn(self, read: Callable[[], T]) -> T:
        """Read or decode as soon as those are done that asked before.

        Raises:
            RefusalError: `busy`, after a while.
        """
        turn = self._threads.submit(read)
        try:
            return turn.result(WAIT_SECONDS)
        except TimeoutError:
            if not turn.cancel() and turn.done():
                raise
            what = "many photos are read already"
            raise RefusalError(429, "busy", what, {"Retry-After": "5"}) from None

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(cancel_futures=True)


def read_content(photo: StoredPhoto, max_bytes: int) -> bytes:
    """Read the bytes of the first file of a photo that still holds them.

    Links are resolved, and what they lead to must lie in an indexed folder. Whatever is done to
    names and links meanwhile: only bytes that were indexed, by their sha256, are returned.

    Raises:
        RefusalError: `gone`, `outside_folders`, `changed` or `too_many_bytes`; of several files
            the reason of the last.
    """
    refusal = RefusalError(404, "gone", "the file is no longer there")
    for path in photo.paths:
        try:
            return _read_path(path, photo, max_bytes)
        except RefusalError as error:
            refusal = error
        except OSError:
            refusal = RefusalError(404, "gone", "the file is no longer there")
    raise refusal


def _read_path(path: str, photo: StoredPhoto, max_bytes: int) -> bytes:
    resolved = os.path.realpath(path)
    if not any(is_below(resolved, os.path.realpath(folder)) for folder in photo.folders):
        raise RefusalError(403, "outside_folders", "a link leads out of the indexed folders")
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with open(os.open(resolved, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise RefusalError(404, "gone", "the file is no longer there")
        content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        what = f"photos of up to {max_bytes} bytes are served; --max-bytes sets it"
        raise RefusalError(413, "too_many_bytes", what)
    if hashlib.sha256(content).hexdigest() != photo.id:
        what = "the file has changed since it was indexed: run `phototags index` again"
        raise RefusalError(409, "changed", what)
    return content


def make_preview(content: bytes, side: int, limits: Limits) -> bytes:
    """Make a JPEG of a photo, upright and in sRGB, with at most `side` pixels a side."""
    from PIL import Image

    from phototags.photos.decoding import decode

    try:
        pixels = decode(content, limits.photo_pixels, limits.photo_bytes, side)
    except PhotoError as error:
        raise refuse_photo(error) from error
    image = Image.fromarray(pixels.permute(1, 2, 0).contiguous().numpy())
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return encode_jpeg(image)


def read_credit(content: bytes) -> Credit:
    """Read author, rights, licence and page from Exif and XMP; empty where they say nothing."""
    try:
        with open_image(io.BytesIO(content), _sniff(content)) as image:
            exif = image.getexif()
            found = _find_texts(image.getxmp() if hasattr(image, "getxmp") else {})
            author, rights = (str(exif.get(key, "")) for key in (ARTIST, COPYRIGHT))
    except Exception:  # damaged metadata raise nearly anything
        return Credit()

    def first(*texts: str | None) -> str:
        return next((text.strip("\0 \n")[:MAX_TEXT] for text in texts if text), "")

    return Credit(
        author=first(found.get("attributionName"), found.get("creator"), author),
        rights=first(found.get("UsageTerms"), found.get("rights"), rights),
        licence_url=keep_web(first(found.get("license"), found.get("WebStatement"))),
        page_url=keep_web(first(found.get("attributionURL"), found.get("source"))),
    )


def keep_web(text: str) -> str:
    """An address of the web, "" for anything else.

    >>> keep_web("https://a.example/x"), keep_web("javascript:alert(1)")
    ('https://a.example/x', '')
    """
    return text if text.startswith(("https://", "http://")) else ""


def _find_texts(xmp: Any) -> dict[str, str]:
    """The texts of XMP's elements by their names without prefixes, of lists the first."""
    return dict(reversed(list(_walk(xmp, ""))))


def _walk(value: Any, name: str) -> Iterator[tuple[str, str]]:
    structural = ("Seq", "Alt", "Bag", "li", "text", "resource")
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, of in value.items():
            yield from _walk(of, name if key in structural else key)
    elif isinstance(value, Iterable):
        for of in value:
            yield from _walk(of, name)


def _sniff(content: bytes) -> str:
    try:
        return sniff_format(content[: max(SNIFFED, 64)])
    except PhotoError as error:
        raise refuse_photo(error) from error
