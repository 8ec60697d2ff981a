"""How one try ends, and whether another can end better."""

import socket
from dataclasses import dataclass

import aiohttp

from phototags.download.formats import Look
from phototags.download.outcomes import Outcome
from phototags.download.store import Body
from phototags.errors import PhotoError


@dataclass(frozen=True, slots=True)
class Answer:
    """How one try ended.

    Args:
        outcome: its name.
        detail: what was found, in words, for the table.
        again: a rerun can end better.
        soon: another try in this run can, too.
        wait: seconds that the host asked to be left alone (Retry-After).
        reached: a server was connected to; a host that never is will be given up.
        opted_out: the owner's X-Robots-Tag says no, whether or not that is honoured.
        body, look: the bytes and what they are, when and only when the outcome is ok;
            whoever takes the body closes it.
        bytes: that came; sha256: of a body that came whole.
    """

    outcome: Outcome
    detail: str = ""
    again: bool = False
    soon: bool = False
    wait: float = 0.0
    reached: bool = True
    opted_out: bool = False
    body: Body | None = None
    look: Look | None = None
    bytes: int = 0
    sha256: str | None = None


def passing(outcome: Outcome, detail: str, **known) -> Answer:
    """A failure that may be over at the next try."""
    return Answer(outcome, detail, again=True, soon=True, **known)


def refused(refusal: PhotoError, **known) -> Answer:
    """The answer that one of our own rules gives; it would give it again."""
    detail = str(refusal)[:200].encode("utf-8", "replace").decode()
    return Answer(Outcome(refusal.reason), detail, **known)


# Statuses after which the same question may be answered: overload, time-outs, gateways (RFC 9110).
PASSING = {408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524}
GONE = {404, 410}


def of_status(status: int, wait: float = 0.0) -> Answer | None:
    """The answer that a status alone decides, None for one with a body worth reading.

    A 2xx without a body of its own holds no picture; a 4xx that is not "gone" is a refusal,
    which asking again only repeats; 429 is a server that wants to be asked later.

    Args:
        wait: seconds of its Retry-After.

    >>> of_status(410).outcome.value, of_status(451).outcome.value, of_status(503).again
    ('not_found', 'forbidden', True)
    """
    said = f"status {status}"
    if status in (200, 203):
        return None
    if status in PASSING:
        return passing(Outcome.SERVER_ERROR, said, wait=wait)
    if status >= 500:
        return Answer(Outcome.SERVER_ERROR, said)
    if status >= 400:
        return Answer(Outcome.NOT_FOUND if status in GONE else Outcome.FORBIDDEN, said)
    return Answer(Outcome.NOT_AN_IMAGE, said)


def in_words(error: Exception) -> str:
    """An error for the table; servers choose part of the words: they are cut and made UTF-8."""
    return f"{type(error).__name__}: {error}"[:200].encode("utf-8", "replace").decode()


def of_error(error: Exception) -> Answer:
    """The answer that an error of the network or of the HTTP library amounts to.

    A name that does not exist is not looked up again in this run: only a rerun, later, can
    find it registered.
    """
    said = in_words(error)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        soon = getattr(error.os_error, "errno", None) == socket.EAI_AGAIN
        return Answer(Outcome.DNS, said, again=True, soon=soon, reached=False)
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return passing(Outcome.TIMEOUT, "no connection in time", reached=False)
    if isinstance(error, TimeoutError):
        return passing(Outcome.TIMEOUT, "not done in time")
    if isinstance(error, aiohttp.InvalidURL):
        return Answer(Outcome.BAD_URL, said)
    if isinstance(error, aiohttp.ClientResponseError):  # what came is not HTTP
        return passing(Outcome.SERVER_ERROR, said)
    reached = not isinstance(error, aiohttp.ClientConnectorError)
    return passing(Outcome.CONNECTION, said, reached=reached)
