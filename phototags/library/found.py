"""What a search in an index finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FoundPhoto:
    """A photo that was found.

    Args:
        path: of its file, the first of several. copies: other files of the same bytes.
        score: probability that all that was asked for holds; with a likeness, times that.
        tags: learned tags and their probabilities, best first.
        keywords: which its owner wrote. title: the same. taken: ISO 8601, or "".
    """

    path: str
    score: float
    tags: tuple[tuple[str, float], ...]
    keywords: tuple[str, ...] = ()
    title: str = ""
    taken: str = ""
    copies: tuple[str, ...] = ()


@dataclass(frozen=True)
class SearchResult:
    """What a search found.

    Args:
        wanted, unwanted: the terms that were searched for.
        notes: a sentence for each word that was not searched for as a tag or keyword.
        photos: best first.
        searched: number of photos that were searched.
    """

    wanted: tuple[str, ...]
    unwanted: tuple[str, ...]
    notes: tuple[str, ...]
    photos: tuple[FoundPhoto, ...]
    searched: int
