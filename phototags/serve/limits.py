"""Limits of the service, and the rate of requests of each client."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from phototags.photos.picture_files import MAX_PIXELS

MAX_CLIENTS = 10_000
"""Whose rates are remembered; beyond, those unheard of for longest are forgotten."""


@dataclass(frozen=True)
class Limits:
    """What one request, one client and all together may ask for.

    Args:
        photo_bytes, photo_pixels: of a photo that is sent or served; most
            formats may have eight times as many pixels, as `decode` takes them.
        body_bytes: of any other request.
        body_seconds: until a body has come whole.
        rate: requests a second of one client on average. burst: requests at once.
        requests: carried out at the same time.
        tag_queue: photos that wait to be tagged, at most. tag_batch: tagged at once.
        top: results of an answer, at most.
    """

    photo_bytes: int = 30_000_000
    photo_pixels: int = MAX_PIXELS
    body_bytes: int = 65_536
    body_seconds: float = 30.0
    rate: float = 200.0
    burst: int = 1000
    requests: int = 128
    tag_queue: int = 16
    tag_batch: int = 8
    top: int = 200


class RateLimiter:
    """Token buckets, one a client.

    Args:
        rate: tokens that a bucket gains a second. burst: tokens that it holds.
        clock: seconds.

    >>> now = [0.0]
    >>> limiter = RateLimiter(2, 1, lambda: now[0])
    >>> limiter.take("a"), limiter.take("a"), limiter.take("b")
    (0.0, 0.5, 0.0)
    >>> now[0] = 0.5
    >>> limiter.take("a")
    0.0
    """

    def __init__(self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic):
        self.rate, self.burst, self.clock = rate, burst, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> float:
        """Take a token; returns 0, or the seconds until there is one."""
        now = self.clock()
        tokens, then = self._buckets.pop(client, (float(self.burst), now))
        tokens = min(self.burst, tokens + (now - then) * self.rate)
        wait = 0.0 if tokens >= 1 else (1 - tokens) / self.rate if self.rate else math.inf
        self._buckets[client] = (tokens - (wait == 0), now)
        if len(self._buckets) > MAX_CLIENTS:
            self._buckets.popitem(last=False)
        return wait
