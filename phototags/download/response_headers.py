"""Read response headers that make requests of us: Retry-After, and opt-outs of an image's owner."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

AGENT = "phototags"
OPT_OUTS = {"noai", "noimageai", "noindex", "noimageindex", "none"}
OTHER_RULES = {
    "unavailable_after", "max-snippet", "max-image-preview", "max-video-preview", "index", "follow",
    "nofollow", "noarchive", "nosnippet", "notranslate", "indexifembedded"
}  # fmt: skip
EVERYBODY = {"", "*", "all", "robots"}
AGENT_NAME = re.compile(r"\*|[a-z_-]+[a-z0-9_.-]*(/[a-z0-9_.-]*)?")
DATE_PART = re.compile(r"\s*\d")
MAX_HEADER = 4096  # characters that are read of a header; servers choose its length
MAX_WAIT = 366 * 86_400.0  # seconds; a longer request is one for good


def parse_retry_after(value: str | None, now: datetime | None = None) -> float:
    """Parse a Retry-After header to seconds in [0, `MAX_WAIT`]; 0 when it is missing or invalid.

    >>> parse_retry_after("120"), parse_retry_after("soon"), parse_retry_after("-5")
    (120.0, 0.0, 0.0)
    >>> parse_retry_after("Mon, 01 Jan 99999 00:00:00 GMT")
    0.0
    """
    value = (value or "")[:MAX_HEADER].strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:12]), MAX_WAIT)
    moment = parse_date(value)
    if moment is None:
        return 0.0
    return min(max((moment - (now or datetime.now(UTC))).total_seconds(), 0.0), MAX_WAIT)


def parse_date(value: str) -> datetime | None:
    """Parse a date of a header (RFC 9110, RFC 850 or ISO 8601) to UTC; None when it is invalid.

    >>> parse_date("Saturday, 25-Jun-10 15:00:00 PST").isoformat()
    '2010-06-25T23:00:00+00:00'
    """
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = parse(value.strip().upper())
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue  # years and zones beyond what a datetime holds are invalid too
    return None


def opts_out(headers: Mapping[str, str], now: datetime | None = None) -> bool:
    """Whether a response's headers say that its owner opted out, in any of three headers.

    X-Robots-Tag for everybody or for this program by name, TDM-Reservation (the W3C's TDMRep:
    text and data mining) and Content-Usage (the IETF's AI preferences).

    Args:
        headers: of the response; a `CIMultiDict` may hold a name several times.

    >>> from multidict import CIMultiDict
    >>> opts_out(CIMultiDict([("X-Robots-Tag", "nofollow"), ("x-robots-tag", "NoAI")]))
    True
    """

    return (
        forbids_use(_list_values(headers, "X-Robots-Tag"), now)
        or any(value.strip() == "1" for value in _list_values(headers, "TDM-Reservation"))
        or any(_reserves_training(value) for value in _list_values(headers, "Content-Usage"))
    )


def forbids_use(values: Iterable[str], now: datetime | None = None) -> bool:
    """Whether an X-Robots-Tag for everybody, or for this program by name, forbids the use.

    A rule may be addressed: in `otherbot: noindex, noai` both words are for otherbot alone.
    `unavailable_after` forbids from its date on; a date that cannot be read says nothing.

    Args:
        values: of every X-Robots-Tag header of the response.
        now: the moment that dates are compared with.

    >>> forbids_use(["otherbot: noai", "nofollow"]), forbids_use(["all, NoAI"])
    (False, True)
    >>> forbids_use(["unavailable_after: Sat, 25 Jun 2010 15:00:00 PST"])
    True
    """
    now = now or datetime.now(UTC)
    return any(_forbids(value[:MAX_HEADER].lower(), now) for value in values)


def find_end_of_use(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """The next moment at which an `unavailable_after` of a response forbids the use.

    Returns:
        seconds since 1970; None where no date lies ahead.

    >>> find_end_of_use({"X-Robots-Tag": "unavailable_after: 2050-06-25"})
    2539728000.0
    """
    now = now or datetime.now(UTC)
    rules = (rule for value in _list_values(headers, "X-Robots-Tag") for rule in _list_rules(value))
    dates = (parse_date(rest) for name, rest in rules if name == "unavailable_after")
    return min((date.timestamp() for date in dates if date and date > now), default=None)


def _list_values(headers: Mapping[str, str], name: str) -> list[str]:
    given = headers.getall(name, ()) if hasattr(headers, "getall") else [headers.get(name, "")]
    return [value[:MAX_HEADER].lower() for value in given]


def _forbids(value: str, now: datetime) -> bool:
    for name, rest in _list_rules(value):
        if name == "unavailable_after":
            date = parse_date(rest)
            if date is not None and date <= now:
                return True
        elif OPT_OUTS & set(re.split(r"[\s\"'=]+", name)):
            return True
    return False


def _list_rules(value: str) -> Iterator[tuple[str, str]]:
    """Yield the rules for everybody or for this program: names, and what stands behind a colon."""
    agent = ""
    for word in _split_rules(value):
        name, colon, rest = (part.strip() for part in word.partition(":"))
        if colon and name not in OPT_OUTS | OTHER_RULES and AGENT_NAME.fullmatch(name):
            agent = name.partition("/")[0]
            name, _, rest = (part.strip() for part in rest.partition(":"))
        if agent in EVERYBODY or agent == AGENT:
            yield name, rest


def _split_rules(value: str) -> list[str]:
    """Split rules at commas and semicolons, but not within the date of `unavailable_after`."""
    rules: list[str] = []
    for part in re.split("[,;]", value):
        if rules and "unavailable_after" in rules[-1] and DATE_PART.match(part):
            rules[-1] += f",{part}"
        else:
            rules.append(part)
    return rules


def _reserves_training(value: str) -> bool:
    """Whether a Content-Usage header denies the training of models: `train-ai=n`."""
    rules = (rule.replace(" ", "") for rule in re.split("[,;]", value))
    return any(rule in ("train-ai=n", "bots=n") for rule in rules)
