"""Classify the result of one request, and whether another request can succeed."""

import socket
from dataclasses import dataclass

import aiohttp

from phototags.download.outcomes import Outcome
from phototags.download.store import Body
from phototags.errors import PhotoError
from phototags.photos.inspection import ImageInfo

# Statuses after which the same request may succeed: overload, time-outs, gateways (RFC 9110).
TEMPORARY = {408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524}
GONE = {404, 410}


@dataclass(frozen=True, slots=True)
class FetchResult:
    """How one request ended.

    Args:
        outcome: its name.
        detail: what was found, in words, for the table.
        retry_next_run: a rerun can end better.
        retry_now: another try in this run can, too.
        wait: seconds that the host asked to be left alone (Retry-After).
        reached: a server was connected to; a host that never is will be given up.
        opted_out: the owner's headers say no, whether or not that is honoured.
        usable_until: the next moment at which they will say no, in seconds since 1970.
        body, info: the bytes and what they are, when and only when the outcome is ok;
            whoever takes the body closes it.
        bytes: that came; sha256: of a body that came complete.
    """

    outcome: Outcome
    detail: str = ""
    retry_next_run: bool = False
    retry_now: bool = False
    wait: float = 0.0
    reached: bool = True
    opted_out: bool = False
    usable_until: float | None = None
    body: Body | None = None
    info: ImageInfo | None = None
    bytes: int = 0
    sha256: str | None = None


def fail_temporarily(outcome: Outcome, detail: str, **known) -> FetchResult:
    """Return a failure that may be over at the next try."""
    return FetchResult(outcome, detail, retry_next_run=True, retry_now=True, **known)


def refuse(refusal: PhotoError, **known) -> FetchResult:
    """Return a refusal by our own rules, which would refuse again."""
    return FetchResult(Outcome(refusal.reason), _shorten(str(refusal)), **known)


def classify_status(status: int, wait: float = 0.0) -> FetchResult | None:
    """Return the result that a status alone decides, None where the body must be read.

    A 2xx without a body of its own holds no picture; a 4xx that is not "gone" is a refusal,
    which asking again only repeats; 429 is a server that wants to be asked later.

    Args:
        wait: seconds of its Retry-After.

    >>> [classify_status(one).outcome.value for one in (410, 451)]
    ['not_found', 'forbidden']
    >>> classify_status(503).retry_next_run
    True
    """
    detail = f"status {status}"
    if status in (200, 203):
        return None
    if status in TEMPORARY:
        return fail_temporarily(Outcome.SERVER_ERROR, detail, wait=wait)
    if status >= 500:
        return FetchResult(Outcome.SERVER_ERROR, detail)
    if status >= 400:
        return FetchResult(Outcome.NOT_FOUND if status in GONE else Outcome.FORBIDDEN, detail)
    return FetchResult(Outcome.NOT_AN_IMAGE, detail)


def describe_error(error: Exception) -> str:
    """Describe an error for the table, cut and made UTF-8: servers choose part of the text."""
    return _shorten(f"{type(error).__name__}: {error}")


def _shorten(text: str) -> str:
    return text[:200].encode("utf-8", "replace").decode()


def classify_error(error: Exception) -> FetchResult:
    """Return the result that an error of the network or of the HTTP library amounts to.

    A name that does not exist is not looked up again in this run: only a rerun, later, can
    find it registered.
    """
    detail = describe_error(error)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        now = getattr(error.os_error, "errno", None) == socket.EAI_AGAIN
        return FetchResult(Outcome.DNS, detail, retry_next_run=True, retry_now=now, reached=False)
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return fail_temporarily(Outcome.TIMEOUT, "no connection in time", reached=False)
    if isinstance(error, TimeoutError):
        return fail_temporarily(Outcome.TIMEOUT, "not done in time")
    if isinstance(error, aiohttp.InvalidURL):
        return FetchResult(Outcome.BAD_URL, detail)
    if isinstance(error, aiohttp.ClientResponseError):  # what came is not HTTP
        return fail_temporarily(Outcome.SERVER_ERROR, detail)
    reached = not isinstance(error, aiohttp.ClientConnectorError)
    return fail_temporarily(Outcome.CONNECTION, detail, reached=reached)
