"""Download a list of urls within the rate limits, and record each outcome at once."""

import asyncio
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

import aiohttp
from yarl import URL

from phototags.download.fetch_result import FetchResult, refuse
from phototags.download.http_client import fetch, open_photo_session
from phototags.download.journal import Journal, Record
from phototags.download.rate_limits import FetchTask, HostScheduler, backoff_seconds
from phototags.download.refusals import RefusalRules
from phototags.download.store import Store
from phototags.download.url_safety import read_url
from phototags.errors import PhotoError


class Downloader:
    """One run over the urls that have no final outcome yet.

    Args:
        rules: settings and limits.
        store: takes the photos' bytes.
        journal: takes one record for each url, after its bytes.
    """

    def __init__(self, rules: RefusalRules, store: Store, journal: Journal):
        self.rules, self.store, self.journal = rules, store, journal
        self.scheduler = HostScheduler(rules.settings, time.monotonic)
        self.generator = random.Random(0)
        self.records: dict[str, Record] = {}
        self.changed = asyncio.Event()

    def run(self, urls: Iterable[str], tick: Callable[[], object]) -> dict[str, Record]:
        """Request each url; `tick` is called once for each that got its outcome.

        Raises:
            PhototagsError: when the disk is full; what was answered is kept.
        """
        try:
            asyncio.run(self._run(urls, tick))
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None
        return self.records

    async def _run(self, urls: Iterable[str], tick: Callable[[], object]) -> None:
        self.tick = tick
        async with open_photo_session(self.rules) as session, asyncio.TaskGroup() as group:
            for order, url in enumerate(urls):
                try:
                    self._add(FetchTask(url, order, read_url(url)))
                except PhotoError as refusal:
                    self._finish(FetchTask(url, order, url), refuse(refusal))
            running: set[asyncio.Task] = set()
            while self.scheduler.unfinished:
                wake = self._start(session, group, running)
                await self._wait(wake)

    def _start(
        self, session: aiohttp.ClientSession, group: asyncio.TaskGroup, running: set[asyncio.Task]
    ) -> float | None:
        """Start the tasks that may start; return when to look again (None: at a change)."""
        while len(running) < self.rules.settings.max_requests:
            task, wake = self.scheduler.next()
            if task is None:
                return wake
            coroutine = group.create_task(self._fetch(session, task))
            running.add(coroutine)
            coroutine.add_done_callback(running.discard)
            coroutine.add_done_callback(lambda _: self.changed.set())
        return None

    async def _wait(self, wake: float | None) -> None:
        """Wait for a change, or until the moment `wake`."""
        loop = asyncio.get_running_loop()
        alarm = loop.call_at(wake, self.changed.set) if wake is not None else None
        await self.changed.wait()
        self.changed.clear()
        if alarm:
            alarm.cancel()

    async def _fetch(self, session: aiohttp.ClientSession, task: FetchTask) -> None:
        """Make one request, then follow, retry, give up or record its result."""
        begun = time.monotonic()
        task.tries += task.redirects == 0
        result = await fetch(session, task, self.rules, self.store)
        passed = time.monotonic() - begun
        task.try_seconds += passed
        task.total_seconds += passed
        redirected = isinstance(result, URL)
        for given_up in self.scheduler.finish(task, None if redirected else result):
            self._give_up(given_up, result)
        if redirected:
            task.url, task.redirects = result, task.redirects + 1
            self._add(task)
        elif result.retry_now and task.tries < self.rules.settings.max_tries:
            self._retry(task, result)
        else:
            self._finish(task, result)

    def _retry(self, task: FetchTask, result: FetchResult) -> None:
        wait = max(result.wait, backoff_seconds(task.tries, self.rules.settings, self.generator))
        task.url, task.redirects, task.try_seconds = read_url(task.listed_url), 0, 0.0
        task.opted_out, task.usable_until = False, None
        self._add(task, wait)

    def _add(self, task: FetchTask, wait: float = 0.0) -> None:
        closed = self.scheduler.add(task, wait)
        if closed is not None:
            self._give_up(task, closed)

    def _give_up(self, task: FetchTask, closed: FetchResult) -> None:
        """End a task whose host is left alone for this run."""
        detail = f"host left alone in this run: {closed.detail}"
        self._finish(task, replace(closed, detail=detail, bytes=0))

    def _finish(self, task: FetchTask, result: FetchResult) -> None:
        """Record an outcome, after storing the photo's bytes."""
        stored = {}
        if result.body is not None:
            file, offset = self.store.append(result.body.file)
            result.body.close()
            info = result.info
            stored = {"format": info.format, "width": info.width, "height": info.height}
            stored |= {"file": file, "offset": offset}
        record = Record(
            url=task.listed_url,
            outcome=result.outcome,
            tries=task.tries,
            bytes=result.bytes,
            sha256=result.sha256,
            final_url=str(task.url),
            seconds=round(task.total_seconds, 3),
            detail=result.detail,
            retry_next_run=result.retry_next_run,
            rules=self.rules.fingerprint,
            opted_out=result.opted_out,
            usable_until=result.usable_until,
            **stored,
        )
        self.journal.write(record)
        self.records[record.url] = record
        self.tick()
