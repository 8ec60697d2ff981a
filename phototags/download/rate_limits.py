"""Who is asked when: each host within its limit and at its pace, and nobody in vain."""

import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from yarl import URL

from phototags.download.fetch_result import Answer
from phototags.params.download import Download

LONGEST_BACK_OFF = 30.0


@dataclass(slots=True, eq=False)
class Question:
    """One url on its way to its outcome.

    Args:
        url: as listed.
        order: place in the list; earlier ones are asked first.
        at: the address to ask now; another than `url` after a redirect.
        tries: begun so far; a redirect continues its try.
        hops: redirects followed in this try.
        spent: seconds of network in this try; total: in all of them.
    """

    url: str
    order: int
    at: URL
    tries: int = 0
    hops: int = 0
    spent: float = 0.0
    total: float = 0.0

    @property
    def host(self) -> str:
        return self.at.raw_host.lower()


@dataclass(slots=True, eq=False)
class Host:
    """One server and what waits for it."""

    waiting: list[tuple[float, int, Question]] = field(default_factory=list)
    running: int = 0
    free_at: float = 0.0
    listed_at: float = float("inf")
    unreached: int = 0
    closed: Answer | None = None


class Agenda:
    """All waiting questions, given out when their host may be asked.

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
        self.open = 0

    def put(self, question: Question, wait: float = 0.0) -> Answer | None:
        """Queue a question, not to be asked for `wait` seconds.

        Returns:
            None, or the answer when the host is given up and asking is useless.
        """
        host = self.hosts.setdefault(question.host, Host())
        if host.closed is None:
            self.open += 1
            at = self.clock() + wait if wait else 0.0
            heapq.heappush(host.waiting, (at, question.order, question))
            self._list(host)
        return host.closed

    def next(self) -> tuple[Question | None, float | None]:
        """The next question that may be asked now, else when to look again (None: at a change)."""
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
                question = heapq.heappop(host.waiting)[2]
                host.running += 1
                host.free_at = now + self.settings.host_delay
                self._list(host)
                return question, None
            self._list(host)
        return None, None

    def done(self, question: Question, answer: Answer | None) -> list[Question]:
        """Take back what `next` gave out; learn from the answer how the host is.

        Args:
            answer: None for a redirect.

        Returns:
            questions that will not be asked in this run, when the host is given up just now:
            it asked to be left alone for long, or could not be reached many times in a row.
        """
        host = self.hosts[question.host]
        host.running -= 1
        self.open -= 1
        left = []
        if answer is None:
            host.unreached = 0
        else:
            host.free_at = max(host.free_at, self.clock() + answer.wait if answer.wait else 0.0)
            host.unreached = 0 if answer.reached else host.unreached + 1
            silent = host.unreached >= self.settings.dead_host_tries
            if answer.again and (silent or answer.wait > self.settings.longest_wait):
                left = self._close(host, answer)
        self._list(host)
        return left

    def _close(self, host: Host, answer: Answer) -> list[Question]:
        host.closed = host.closed or answer
        left = [question for _, _, question in sorted(host.waiting, key=lambda entry: entry[1])]
        self.open -= len(left)
        host.waiting.clear()
        return left

    def _list(self, host: Host) -> None:
        """Enter the moment from which the host's first question may be asked."""
        if host.waiting and host.running < self.settings.host_at_once:
            at = max(host.free_at, host.waiting[0][0])
            if at < host.listed_at:
                host.listed_at = at
                heapq.heappush(self.ready, (at, next(self.turns), host))


def retry_after(value: str | None, now: datetime | None = None) -> float:
    """Seconds that a Retry-After header asks for, 0 when there is none or it means nothing.

    >>> retry_after("120"), retry_after("soon"), retry_after("-5")
    (120.0, 0.0, 0.0)
    """
    value = (value or "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - (now or datetime.now(UTC))).total_seconds(), 0.0)


def back_off(tries: int, settings: Download, chance: random.Random) -> float:
    """Seconds before the next try: doubled each time, half of it by chance so that a crowd parts.

    >>> 1.0 <= back_off(2, Download(back_off=1.0), random.Random(0)) <= 2.0
    True
    """
    longest = min(settings.back_off * 2 ** (tries - 1), LONGEST_BACK_OFF)
    return longest * (0.5 + 0.5 * chance.random())
