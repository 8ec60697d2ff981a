"""Search of a run's corpus, by the vectors of its tags."""

import argparse

from phototags.commands import common
from phototags.errors import PhototagsError

OF_FOLDERS = ("without", "like", "since", "within", "own_tags", "paths", "json", "open")


def search_run(args: argparse.Namespace) -> int:
    """Print the pictures of a corpus that were found, and write a page of them if wanted.

    Raises:
        PhototagsError: for an option of indexed folders, or no word.
    """
    if used := [name for name in OF_FOLDERS if getattr(args, name)]:
        name = {"within": "in"}.get(used[0], used[0]).replace("_", "-")
        raise PhototagsError(
            f"--{name} is for indexed folders, but none is in {common.default_index()}. Index one "
            "with `phototags index FOLDER`, or leave the option out."
        )
    if not args.words:
        raise PhototagsError("expected words to search for, found none.")
    folder = common.find_tagger(args.model)
    corpus = args.corpus or common.read_config(folder, "train")[0]
    common.pin_instruction_set()
    from phototags.search.search_index import read_search_index, search

    index, words = read_search_index(folder, corpus), " ".join(args.words)
    query, found = search(index, words, args.top)
    for note in query.notes:
        common.warn(note)
    if not found:
        common.warn(f"no match for {words!r:.200}")
        return common.PARTIAL
    tags = [*(index.tags[tag] for tag in query.tags), *query.terms]
    common.say(f"{len(index.photos.table):,} photos of {corpus} searched for: {', '.join(tags)}")
    for rank, (card, score) in enumerate(found, 1):
        common.say(format_result(rank, card, score))
    if args.out:
        from phototags.report.search_page import write_found

        write_found(args.out, words, tags, query.notes, corpus, found, index.shards)
        common.say(f"page: {args.out}")
    return common.SUCCESS


def format_result(rank: int, card, score: float) -> str:
    """Three lines for a picture: score, title and author; its tags; its address or file."""
    credit = ", ".join(filter(None, [card.author, card.licence]))
    title = f"{card.title or card.photo_id}" + (f" ({credit})" if credit else "")
    lines = [f"{rank:3}. {score:8.2f}  {title}", ", ".join(card.tags), card.page_url or card.file]
    return "\n               ".join(lines)
