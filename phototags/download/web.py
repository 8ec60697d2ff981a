"""Asks one url once: judged addresses only, nothing followed unseen, no more read than allowed."""

import asyncio
from urllib.parse import urljoin

import aiohttp
from yarl import URL

from phototags.download.fetch_result import Answer, in_words, of_error, of_status, passing, refused
from phototags.download.formats import look, sniff
from phototags.download.optout import opted_out
from phototags.download.outcomes import Outcome
from phototags.download.rate_limits import Question, retry_after
from phototags.download.refusals import Rules
from phototags.download.store import Body, Store
from phototags.download.url_safety import read_url
from phototags.errors import PhotoError

REDIRECTS = {301, 302, 303, 307, 308}
FLICKR_PLACEHOLDER = "/photo_unavailable"  # s.yimg.com/pw/images/en-us/photo_unavailable*.png
FIRST = 16  # bytes that tell the format


async def ask(
    session: aiohttp.ClientSession, question: Question, rules: Rules, store: Store
) -> Answer | URL:
    """One request within what is left of the try's deadline.

    Returns:
        the answer, or the url that a redirect leads to, whose address is not judged yet.

    Raises:
        PhototagsError: when the disk does not take the bytes.
    """
    try:
        async with asyncio.timeout(rules.settings.timeout - question.spent):
            rules.addresses.judge(question.at.raw_host)
            async with session.get(question.at, allow_redirects=False) as response:
                return await _read(response, question, rules, store)
    except PhotoError as refusal:
        return refused(refusal)
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return of_error(error)


async def _read(
    response: aiohttp.ClientResponse, question: Question, rules: Rules, store: Store
) -> Answer | URL:
    """What the status and headers decide, else the body."""
    if response.status in REDIRECTS:
        return _follow(response, question, rules)
    answer = of_status(response.status, retry_after(response.headers.get("Retry-After")))
    if answer is not None:
        return answer
    if question.hops and FLICKR_PLACEHOLDER in question.at.raw_path:
        return Answer(Outcome.GONE_PLACEHOLDER, "led to the picture that stands for removed ones")
    no = opted_out(response.headers.getall("X-Robots-Tag", ()))
    rules.judge_opt_out(no)
    rules.judge_bytes(response.content_length or 0)
    body, answer = store.body(), None
    try:
        answer = await _read_body(response, body, rules, no)
    finally:
        if answer is None or answer.body is None:
            body.close()
    return answer


def _follow(response: aiohttp.ClientResponse, question: Question, rules: Rules) -> Answer | URL:
    target = response.headers.get("Location")
    if not target:
        return Answer(Outcome.SERVER_ERROR, f"status {response.status} that leads nowhere")
    if question.hops >= rules.settings.redirects:
        return Answer(Outcome.SERVER_ERROR, f"more than {question.hops} redirects")
    try:
        return read_url(urljoin(str(question.at), target))
    except ValueError as error:
        raise PhotoError(Outcome.BAD_URL, f"redirect to {target!r:.100}: {error}") from None


async def _read_body(
    response: aiohttp.ClientResponse, body: Body, rules: Rules, no: bool
) -> Answer:
    """Read until the end, the cap, or the first bytes that are no picture's; then judge.

    Args:
        no: the owner opted out, and that is not honoured.
    """
    start, cut = b"", ""
    try:
        async for piece in response.content.iter_any():
            body.add(piece)
            rules.judge_bytes(body.bytes)
            if len(start) < FIRST:
                start = (start + piece)[:FIRST]
                if len(start) == FIRST:
                    sniff(start)
    except PhotoError as refusal:
        return refused(refusal, bytes=body.bytes)
    except (aiohttp.ClientPayloadError, aiohttp.ClientConnectionError, ConnectionError) as error:
        cut = in_words(error)
    return _judge_body(body, rules, no, cut)


def _judge_body(body: Body, rules: Rules, no: bool, cut: str) -> Answer:
    """The answer that a body gives.

    Args:
        cut: why the transfer ended early, empty when it did not. A cut that took nothing of
            the picture (a Content-Length that promises too much) does no harm.
    """
    known = {"bytes": body.bytes, "sha256": None if cut else body.sha256}
    try:
        seen = look(body.file)
        rules.judge_look(seen)
        rules.judge_content(body.sha256)
    except PhotoError as refusal:
        if cut and refusal.reason in (Outcome.NOT_AN_IMAGE, Outcome.TRUNCATED):
            return passing(Outcome.TRUNCATED, cut, **known)
        return refused(refusal, **known)
    if cut and seen.end != body.bytes:
        return passing(Outcome.TRUNCATED, cut, **known)
    known["sha256"] = body.sha256
    return Answer(Outcome.OK, cut, opted_out=no, body=body, look=seen, **known)
