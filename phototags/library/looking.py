"""Look at photo files in several processes: read, hash, decode and embed them."""

from __future__ import annotations

import hashlib
import os
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from phototags.errors import PhotoError, PhototagsError
from phototags.library.own_words import OwnWords, read_own_words
from phototags.photos.picture_files import MAX_BYTES
from phototags.photos.removals import REASON, Removals

if TYPE_CHECKING:
    from torch import Tensor

    from phototags.features.backbones import Backbone, JoinedBackbone

BATCH = 8
"""Photos a forward pass, always, so that a photo's features do not depend on where a run began."""
WATCHED_SECONDS = 1.0


@dataclass
class Look:
    """What looking at one file found.

    Args:
        sha256: of its bytes, b"" where it could not be read.
        own: what its owner wrote.
        features: (F,) float16; None where the content is known already, or cannot be used.
        hash: perceptual, a signed number of 64 bits.
        reason, message: why there are no features; empty where there are, or where it is known.
    """

    path: str
    sha256: bytes = b""
    own: OwnWords = field(default_factory=OwnWords)
    features: np.ndarray | None = None
    hash: int = 0
    reason: str = ""
    message: str = ""


@dataclass(frozen=True, eq=False)
class Looker:
    """Looks at batches of files; a copy works in each process.

    Args:
        backbone: None only hashes the files.
        known: sha256 of contents that need no second look.
        removals: photos to leave out, by their sha256.
    """

    backbone: Backbone | JoinedBackbone | None
    known: frozenset[bytes]
    removals: Removals

    def look(self, paths: list[str]) -> list[Look]:
        """Look at up to BATCH files."""
        looks, squares = [], []
        for path in paths:
            look, photo = self._open(path)
            looks.append(look)
            if photo is not None:
                squares.append((look, photo))
        if squares:
            self._embed(*zip(*squares, strict=True))
        return looks

    def _open(self, path: str) -> tuple[Look, Tensor | None]:
        from phototags.export.tag_photos import read_photo

        look = Look(path)
        try:
            content = read_photo(path, MAX_BYTES)
            look.sha256 = hashlib.sha256(content).digest()
            if self.removals.find_digest(look.sha256.hex()):
                raise PhotoError(REASON, "the file of removals names it")
            look.own = read_own_words(path, content)
            if self.backbone is None or look.sha256 in self.known:
                return look, None
            return look, self._decode(content)
        except PhotoError as error:
            look.reason, look.message = error.reason, str(error)
            return look, None

    def _decode(self, content: bytes) -> Tensor:
        """Decode a photo and resize it, if all parts of the backbone see one size."""
        from phototags.export.tag_photos import decode_photo
        from phototags.features.embed_photos import prepare_inputs

        photo = decode_photo(content, self.backbone)
        alone = len(self.backbone.parts) == 1
        return prepare_inputs(photo, self.backbone)[0] if alone else photo

    def _embed(self, looks: tuple[Look, ...], photos: tuple[Tensor, ...]) -> None:
        from phototags.features.embed_photos import embed_photos, perceptual_hash

        full = [*photos, *[photos[0]] * (BATCH - len(photos))]
        features = embed_photos(self.backbone, full, batch_size=BATCH).numpy().astype(np.float16)
        for look, photo, one in zip(looks, photos, features, strict=False):
            look.features, look.hash = one, perceptual_hash(photo)


def look_at_files(looker: Looker, paths: Iterable[str], workers: int) -> Iterator[list[Look]]:
    """Look at files in several processes, in their order.

    Raises:
        PhototagsError: when a process was killed.
    """
    paths = iter(paths)
    batches = iter(lambda: list(islice(paths, BATCH)), [])
    if workers == 1:
        yield from map(looker.look, batches)
        return
    with ProcessPoolExecutor(workers, initializer=_begin, initargs=(looker, os.getpid())) as pool:
        try:
            yield from pool.map(_look, batches)
        except BrokenProcessPool as error:
            raise PhototagsError(
                "a process that looks at photos was killed, perhaps for lack of memory. What was "
                "indexed is kept: run again, with fewer --workers."
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


_looker: Looker | None = None


def _begin(looker: Looker, parent: int) -> None:
    """Prepare a process: it leaves Ctrl-C to its parent, and ends when that is gone."""
    global _looker
    _looker = looker
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCHED_SECONDS)
    os._exit(1)


def _look(paths: list[str]) -> list[Look]:
    return _looker.look(paths)
