"""Split hierarchical keywords: `Places|Italy|Rome` of Lightroom and darktable, `/` of digiKam."""

from collections.abc import Iterable, Sequence
from typing import Literal

from phototags.tags.spelling import clean

Levels = Literal["all", "last", "whole"]
"""Which levels of a hierarchy are keywords: each, the last, or all in one (`Places|Italy|Rome`)."""
INTERNAL = ("darktable", "_digikam_internal_tags_")
"""Top levels under which programs keep notes of their own."""


def fold_keyword(keyword: str) -> str:
    """The form in which keywords are compared: as tags are spelled, else case folded.

    >>> fold_keyword("Golden_Gate") == fold_keyword("golden gate")
    True
    """
    return clean(keyword).tag or keyword.casefold().strip()


def unite(keywords: Iterable[str]) -> tuple[str, ...]:
    """Keywords in their order, each once by its folded form, without empty ones."""
    first: dict[str, str] = {}
    for keyword in keywords:
        first.setdefault(fold_keyword(keyword), keyword.strip())
    return tuple(keyword for keyword in first.values() if keyword)


def drop_folded(keywords: Iterable[str], dropped: Iterable[str]) -> list[str]:
    """Keywords without those that equal some, as keywords are compared."""
    folded = {fold_keyword(keyword) for keyword in dropped}
    return [keyword for keyword in keywords if fold_keyword(keyword) not in folded]


def keep_folded(keywords: Iterable[str], kept: Iterable[str]) -> list[str]:
    """Keywords that equal some, as keywords are compared."""
    folded = {fold_keyword(keyword) for keyword in kept}
    return [keyword for keyword in keywords if fold_keyword(keyword) in folded]


def split_hierarchy(text: str, separator: str) -> tuple[str, ...]:
    """The levels of a hierarchical keyword, from the top.

    >>> split_hierarchy("Places|Italy|Rome", "|")
    ('Places', 'Italy', 'Rome')
    """
    return tuple(level for part in text.split(separator) if (level := part.strip()))


def choose_keywords(
    flat: Sequence[str], hierarchies: Sequence[tuple[str, ...]], levels: Levels = "all"
) -> tuple[str, ...]:
    """A person's keywords from flat and hierarchical ones, each once.

    Programs write the levels of hierarchies among the flat keywords too; those of hierarchies
    that programs keep for themselves are left out.

    >>> choose_keywords(["Rome", "Ann"], [("Places", "Italy", "Rome")])
    ('Rome', 'Ann', 'Places', 'Italy')
    >>> choose_keywords(["Places", "Rome", "Ann"], [("Places", "Italy", "Rome")], "last")
    ('Rome', 'Ann')
    """
    own = [one for one in hierarchies if one[0].casefold() not in INTERNAL]
    dropped = {fold_keyword(level) for one in hierarchies if one not in own for level in one}
    dropped -= {fold_keyword(level) for one in own for level in one}
    if levels == "all":
        wanted = [level for one in own for level in one]
    elif levels == "last":
        wanted = [one[-1] for one in own]
    else:
        wanted = ["|".join(one) for one in own]
    if levels != "all":
        dropped |= {fold_keyword(level) for one in own for level in one}
        dropped -= {fold_keyword(keyword) for keyword in wanted}
    kept = [keyword for keyword in flat if fold_keyword(keyword) not in dropped]
    return unite(kept + wanted)
