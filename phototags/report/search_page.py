"""HTML page of a search: the photos found, their authors and their addresses."""

from collections.abc import Sequence
from pathlib import Path

from phototags.io.storage import write_text
from phototags.photos.gallery import Card
from phototags.report.rendering import make_thumbnails, render

MISSING = "the photos' shards are not on this machine, so the page shows no pictures"


def write_found(
    path: Path | str,
    words: str,
    query_tags: Sequence[str],
    notes: Sequence[str],
    corpus: str,
    found: Sequence[tuple[Card, float]],
    shards: Sequence[Path],
) -> None:
    """Write the page.

    Args:
        words: as typed; query_tags: the tags they were mapped to; notes: about the other words.
        found: photos and scores, best first.
        shards: of the corpus; without any, the page has no pictures and a note says so.
    """
    cards, scores = zip(*found, strict=True) if found else ((), ())
    pictures = make_thumbnails(cards, shards) if shards else [None] * len(cards)
    page = render(
        "found.html",
        words=words,
        query_tags=query_tags,
        notes=[*notes, *([] if shards else [MISSING])],
        corpus=corpus,
        cards=list(zip(cards, scores, pictures, strict=True)),
    )
    write_text(path, page)
