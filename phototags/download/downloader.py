"""Brings every url of a list to its outcome, politely, and writes each down at once."""

import asyncio
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from phototags.download.fetch_result import Answer, refused
from phototags.download.journal import Journal, Record
from phototags.download.rate_limits import Agenda, Question, back_off
from phototags.download.refusals import Rules
from phototags.download.session import open_session
from phototags.download.store import Store
from phototags.download.url_safety import read_url
from phototags.download.web import ask
from phototags.errors import PhotoError


class Downloader:
    """One run over the urls that are not settled yet.

    Args:
        rules: settings and limits.
        store: takes the photos' bytes.
        journal: takes one record for each url, after its bytes.
        lookup: resolves names in place of the system.
    """

    def __init__(
        self, rules: Rules, store: Store, journal: Journal, lookup: AbstractResolver | None = None
    ):
        self.rules, self.store, self.journal, self.lookup = rules, store, journal, lookup
        self.agenda = Agenda(rules.settings, time.monotonic)
        self.chance = random.Random(0)
        self.records: dict[str, Record] = {}
        self.changed = asyncio.Event()

    def run(self, urls: Iterable[str], tick: Callable[[], object]) -> dict[str, Record]:
        """Ask for each url; `tick` is called once for each that got its outcome.

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
        async with open_session(self.rules, self.lookup) as session, asyncio.TaskGroup() as tasks:
            for order, url in enumerate(urls):
                self._begin(url, order)
            running: set[asyncio.Task] = set()
            while self.agenda.open:
                wake = self._start(session, tasks, running)
                await self._change(wake)

    def _begin(self, url: str, order: int) -> None:
        try:
            self._put(Question(url, order, read_url(url)))
        except PhotoError as refusal:
            self._finish(url, 0, url, 0.0, refused(refusal))

    def _start(
        self, session: aiohttp.ClientSession, tasks: asyncio.TaskGroup, running: set[asyncio.Task]
    ) -> float | None:
        """Start what may be asked now; the moment to look again, None: at a change."""
        while len(running) < self.rules.settings.at_once:
            question, wake = self.agenda.next()
            if question is None:
                return wake
            task = tasks.create_task(self._ask(session, question))
            running.add(task)
            task.add_done_callback(running.discard)
            task.add_done_callback(lambda _: self.changed.set())
        return None

    async def _change(self, wake: float | None) -> None:
        loop = asyncio.get_running_loop()
        alarm = loop.call_at(wake, self.changed.set) if wake is not None else None
        await self.changed.wait()
        self.changed.clear()
        if alarm:
            alarm.cancel()

    async def _ask(self, session: aiohttp.ClientSession, question: Question) -> None:
        """One request, and what follows from it."""
        begun = time.monotonic()
        question.tries += question.hops == 0
        answer = await ask(session, question, self.rules, self.store)
        passed = time.monotonic() - begun
        question.spent, question.total = question.spent + passed, question.total + passed
        redirect = isinstance(answer, URL)
        for left in self.agenda.done(question, None if redirect else answer):
            self._give_up(left, answer)
        if redirect:
            question.at, question.hops = answer, question.hops + 1
            self._put(question)
        elif answer.soon and question.tries < self.rules.settings.tries:
            self._ask_again(question, answer)
        else:
            self._finish(question.url, question.tries, str(question.at), question.total, answer)

    def _ask_again(self, question: Question, answer: Answer) -> None:
        wait = max(answer.wait, back_off(question.tries, self.rules.settings, self.chance))
        question.at, question.hops, question.spent = read_url(question.url), 0, 0.0
        self._put(question, wait)

    def _put(self, question: Question, wait: float = 0.0) -> None:
        closed = self.agenda.put(question, wait)
        if closed is not None:
            self._give_up(question, closed)

    def _give_up(self, question: Question, closed: Answer) -> None:
        """End a question whose host is left alone for this run."""
        answer = replace(closed, detail=f"host left alone in this run: {closed.detail}", bytes=0)
        self._finish(question.url, question.tries, str(question.at), question.total, answer)

    def _finish(self, url: str, tries: int, final: str, seconds: float, answer: Answer) -> None:
        """Write down an outcome; the photo's bytes first."""
        kept = {}
        if answer.body is not None:
            file, offset = self.store.keep(answer.body.file)
            answer.body.close()
            seen = answer.look
            kept = {"format": seen.format, "width": seen.width, "height": seen.height}
            kept |= {"file": file, "offset": offset}
        record = Record(
            url=url,
            outcome=answer.outcome,
            tries=tries,
            bytes=answer.bytes,
            sha256=answer.sha256,
            final_url=final,
            seconds=round(seconds, 3),
            detail=answer.detail,
            again=answer.again,
            rules=self.rules.fingerprint,
            opted_out=answer.opted_out,
            **kept,
        )
        self.journal.write(record)
        self.records[url] = record
        self.tick()
