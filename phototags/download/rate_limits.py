"""Schedule requests so that each host is asked within its limits, and none in vain."""

import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from yarl import URL

from phototags.download.fetch_result import FetchResult
from phototags.params.download import Download

LONGEST_BACKOFF = 30.0


@dataclass(slots=True, eq=False)
class FetchTask:
    """One url to fetch, and the state of its tries.

    Args:
        listed_url: as listed.
        order: place in the list; earlier ones are asked first.
        url: to ask now, another than `listed_url` after a redirect; the text of a bad one.
        tries: begun so far; a redirect continues its try.
        redirects: followed in this try.
        opted_out: an answer of this try says that its owner opted out.
        usable_until: when an answer of this try will say so, in seconds since 1970.
        try_seconds: of network in this try; total_seconds: in all of them.
    """

    listed_url: str
    order: int
    url: URL | str
    tries: int = 0
    redirects: int = 0
    opted_out: bool = False
    usable_until: float | None = None
    try_seconds: float = 0.0
    total_seconds: float = 0.0

    @property
    def host(self) -> str:
        """Name of the server to ask now."""
        return self.url.raw_host.lower()


@dataclass(slots=True, eq=False)
class Host:
    """One server, and the tasks that wait for it.

    Args:
        waiting: heap of (not before, order, task).
        free_at: when it may be asked again. listed_at: its entry in the scheduler's heap.
        unreached: tries in a row that reached no server.
        failed: photos in a row whose last try failed for a time.
        closed: why it is left alone for this run.
    """

    waiting: list[tuple[float, int, FetchTask]] = field(default_factory=list)
    running: int = 0
    free_at: float = 0.0
    listed_at: float = float("inf")
    unreached: int = 0
    failed: int = 0
    closed: FetchResult | None = None


class HostScheduler:
    """Gives out waiting tasks as soon as their host may be asked.

    Hosts that are ready take turns, so that a slow or paused one holds up nobody else.

    Args:
        settings: limits and delays.
        clock: seconds, monotonic.
    """

    def __init__(self, settings: Download, clock: Callable[[], float]):
        self.settings, self.clock = settings, clock
        self.hosts: dict[str, Host] = {}
        self.ready: list[tuple[float, int, Host]] = []  # heap; entries gone stale are skipped
        self.turns = itertools.count()
        self.unfinished = 0

    def add(self, task: FetchTask, wait: float = 0.0) -> FetchResult | None:
        """Queue a task, not to be started for `wait` seconds.

        Returns:
            None, or the result when the host is given up and asking is useless.
        """
        host = self.hosts.setdefault(task.host, Host())
        if host.closed is None:
            self.unfinished += 1
            at = self.clock() + wait if wait else 0.0
            heapq.heappush(host.waiting, (at, task.order, task))
            self._list(host)
        return host.closed

    def next(self) -> tuple[FetchTask | None, float | None]:
        """Return the next task that may start, else when to look again (None: at a change)."""
        now = self.clock()
        while self.ready:
            at, _, host = self.ready[0]
            if at > now:
                return None, at
            heapq.heappop(self.ready)
            if at != host.listed_at:
                continue
            host.listed_at = float("inf")
            if host.waiting and max(host.free_at, host.waiting[0][0]) <= now:
                task = heapq.heappop(host.waiting)[2]
                host.running += 1
                host.free_at = now + self.settings.host_delay
                self._list(host)
                return task, None
            self._list(host)
        return None, None

    def finish(self, task: FetchTask, result: FetchResult | None) -> list[FetchTask]:
        """Take back a task that `next` gave out, and update the state of its host.

        Args:
            result: None for a redirect.

        Returns:
            tasks that will not start in this run, when the host is given up just now: it asked to
            be left alone for long, could not be reached many times in a row, or answered none of
            many photos (a host that only hangs, or only says 503).
        """
        host = self.hosts[task.host]
        host.running -= 1
        self.unfinished -= 1
        given_up = []
        if result is None:
            host.unreached = 0
        else:
            host.free_at = max(host.free_at, self.clock() + result.wait if result.wait else 0.0)
            self._count_failures(host, task, result)
            silent = host.unreached >= self.settings.dead_host_tries
            useless = host.failed >= self.settings.dead_host_photos
            longer = result.wait > self.settings.max_wait
            if result.retry_next_run and (silent or useless or longer):
                given_up = self._close(host, result)
        self._list(host)
        return given_up

    def _count_failures(self, host: Host, task: FetchTask, result: FetchResult) -> None:
        host.unreached = 0 if result.reached else host.unreached + 1
        if not result.retry_next_run:
            host.failed = 0
        elif task.tries >= self.settings.max_tries or not result.retry_now:
            host.failed += 1

    def _close(self, host: Host, result: FetchResult) -> list[FetchTask]:
        host.closed = host.closed or result
        given_up = [task for _, _, task in sorted(host.waiting, key=lambda entry: entry[1])]
        self.unfinished -= len(given_up)
        host.waiting.clear()
        return given_up

    def _list(self, host: Host) -> None:
        """Enter the moment from which the host's first task may start."""
        if host.waiting and host.running < self.settings.max_requests_per_host:
            at = max(host.free_at, host.waiting[0][0])
            if at < host.listed_at:
                host.listed_at = at
                heapq.heappush(self.ready, (at, next(self.turns), host))


def backoff_seconds(tries: int, settings: Download, generator: random.Random) -> float:
    """Return the seconds before the next try: doubled each time, half of them random (jitter).

    >>> 1.0 <= backoff_seconds(2, Download(backoff=1.0), random.Random(0)) <= 2.0
    True
    """
    longest = min(settings.backoff * 2 ** (tries - 1), LONGEST_BACKOFF)
    return longest * (0.5 + 0.5 * generator.random())
