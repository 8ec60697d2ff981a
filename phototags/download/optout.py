"""Owners who say that their photos are not to be learned from are listened to (X-Robots-Tag)."""

from collections.abc import Iterable

AGENT = "phototags"
NO = {"noai", "noimageai", "noindex", "noimageindex", "none"}
WITH_VALUE = {"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"}


def opted_out(headers: Iterable[str]) -> bool:
    """True when a rule for everybody, or for this program by name, forbids the use.

    A rule may be addressed: in `otherbot: noindex, noai` both words are for otherbot alone.

    Args:
        headers: the values of every X-Robots-Tag header of the answer.

    >>> opted_out(["otherbot: noai", "nofollow"]), opted_out(["all, NoAI"])
    (False, True)
    """
    return any(_forbids(value.lower()) for value in headers)


def _forbids(value: str) -> bool:
    agent = ""
    for word in value.split(","):
        name, colon, rest = (part.strip() for part in word.partition(":"))
        if colon and name not in WITH_VALUE:
            agent, word = name, rest
        if agent in ("", "*", AGENT) and word.strip() in NO:
            return True
    return False
