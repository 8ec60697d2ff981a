"""Read response headers that make requests of us: Retry-After and X-Robots-Tag."""

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

AGENT = "phototags"
OPT_OUTS = {"noai", "noimageai", "noindex", "noimageindex", "none"}
RULES_WITH_VALUE = {
    "unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"
}  # fmt: skip


def parse_retry_after(value: str | None, now: datetime | None = None) -> float:
    """Parse a Retry-After header to seconds; 0 when it is missing or invalid.

    >>> parse_retry_after("120"), parse_retry_after("soon"), parse_retry_after("-5")
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


def forbids_use(headers: Iterable[str]) -> bool:
    """Whether an X-Robots-Tag for everybody, or for this program by name, forbids the use.

    A rule may be addressed: in `otherbot: noindex, noai` both words are for otherbot alone.

    Args:
        headers: the values of every X-Robots-Tag header of the response.

    >>> forbids_use(["otherbot: noai", "nofollow"]), forbids_use(["all, NoAI"])
    (False, True)
    """
    return any(_forbids(value.lower()) for value in headers)


def _forbids(value: str) -> bool:
    agent = ""
    for word in value.split(","):
        name, colon, rest = (part.strip() for part in word.partition(":"))
        if colon and name not in RULES_WITH_VALUE:
            agent, word = name, rest
        if agent in ("", "*", AGENT) and word.strip() in OPT_OUTS:
            return True
    return False
