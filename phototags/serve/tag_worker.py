"""The worker that tags photos: one thread, which takes those that wait together."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import TYPE_CHECKING

from phototags.errors import PhotoError
from phototags.serve.limits import Limits
from phototags.serve.metrics import Metrics
from phototags.serve.refusals import RefusalError

if TYPE_CHECKING:
    from torch import Tensor

    from phototags.export.tag_photos import ExportedTagger

Tags = tuple[tuple[str, float], ...]
END_SECONDS = 5.0
TOP = 50
"""Tags that are computed of each photo; an answer shows as many as were asked for."""


class TagWorker:
    """Tags photos in batches, in the order in which they came.

    A thread of its own: decoding and the network keep a processor busy, and two networks at once
    would only wait for each other.

    Args:
        load: loads the tagger; called once, in the thread.
    """

    def __init__(self, load: Callable[[], ExportedTagger], limits: Limits, metrics: Metrics):
        self.load, self.limits, self.metrics = load, limits, metrics
        self.state = "loading"
        self._tagger: ExportedTagger | None = None
        self._waiting: queue.SimpleQueue[tuple[bytes, Future[Tags]] | None] = queue.SimpleQueue()
        self._places = threading.BoundedSemaphore(limits.tag_queue)
        self._thread = threading.Thread(target=self._work, daemon=True, name="tag worker")

    def start(self) -> None:
        """Load the tagger and begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what waits, then end; a tagger that still loads is left."""
        self._waiting.put(None)
        self._thread.join(END_SECONDS)

    @contextlib.contextmanager
    def reserve(self) -> Iterator[None]:
        """Hold a place in the queue, before a photo's bytes take memory.

        Raises:
            RefusalError: `queue_full`.
        """
        if not self._places.acquire(blocking=False):
            what = f"{self.limits.tag_queue} photos wait to be tagged already"
            raise RefusalError(429, "queue_full", what, {"Retry-After": "2"})
        self.metrics.waiting.inc()
        try:
            yield
        finally:
            self.metrics.waiting.dec()
            self._places.release()

    def submit(self, content: bytes) -> Future[Tags]:
        """Queue a photo, with a place reserved; its tags, or a PhotoError, come later."""
        future: Future[Tags] = Future()
        self._waiting.put((content, future))
        return future

    def _work(self) -> None:
        try:
            self._tagger = self.load()
            self.state = "ready"
        except Exception as error:  # told to each who asks; the rest of the service goes on
            self.state, failure = "failed", error
        ended = False
        while not ended:
            batch, ended = self._take_batch()
            if self.state == "failed":
                _fail(batch, failure)
                continue
            try:
                self._tag(batch)
            except Exception as error:
                _fail(batch, error)

    def _take_batch(self) -> tuple[list[tuple[bytes, Future[Tags]]], bool]:
        """Wait for a photo, and take those that wait beside it; True at the end of work."""
        batch, one = [], self._waiting.get()
        while one is not None:
            if one[1].set_running_or_notify_cancel():  # else its client has left
                batch.append(one)
            if len(batch) == self.limits.tag_batch:
                return batch, False
            try:
                one = self._waiting.get_nowait()
            except queue.Empty:
                return batch, False
        return batch, True

    def _tag(self, batch: list[tuple[bytes, Future[Tags]]]) -> None:
        from phototags.export.tag_photos import tag_pictures

        pictures: list[tuple[Tensor, Future[Tags]]] = []
        for content, future in batch:
            try:
                pictures.append((self._decode(content), future))
            except PhotoError as error:
                future.set_exception(error)
        if not pictures:
            return
        self.metrics.batches.observe(len(pictures))
        tags = tag_pictures(self._tagger, [picture for picture, _ in pictures], TOP)
        for (_, future), of in zip(pictures, tags, strict=True):
            future.set_result(of)

    def _decode(self, content: bytes) -> Tensor:
        from phototags.export.tag_photos import decode_photo

        caps = self.limits.photo_pixels, self.limits.photo_bytes
        return decode_photo(content, self._tagger.backbone, *caps)


def _fail(batch: list[tuple[bytes, Future[Tags]]], error: Exception) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)
