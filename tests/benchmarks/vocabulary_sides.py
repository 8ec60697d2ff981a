"""From tags as written to a vocabulary and tag numbers, three ways: what bench_vocabulary runs."""

import sys
from collections import Counter, defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import polars as pl
from measuring import serve

sys.path.insert(0, str(Path(__file__).parents[2]))
from phototags.corpora.formats.yfcc_lines import read_blocks
from phototags.params.vocabulary import Vocabulary
from phototags.tags.candidates import list_candidates, select_vocabulary
from phototags.tags.cleaning import clean_photos
from phototags.tags.encoded_photos import encode_photos, read_photo_batches, write_tags
from phototags.tags.encoding import TagSets
from phototags.tags.spelling import clean
from phototags.tags.vocabulary import write_tsv

USERS, PHOTOS = 3, 5
"""People and photos that a tag needs."""


def prepare(lines: str, to: str) -> None:
    """YFCC100M's lines as a table of photos: row, photo_id, user_id, tags as written.

    Row groups are as large as those of photos.parquet.
    """
    tables = [pl.from_arrow(block.photos) for block in read_blocks(Path(lines))]
    photos = pl.concat(tables).select("photo_id", "user_id", "tags").with_row_index("row")
    photos.write_parquet(to, row_group_size=2**20)


def ours(photos: str, to: str) -> None:
    """As `clean_tags` and `build_vocabulary` do, without the files between them.

    How each written tag is spelt and how many people wrote it (spelling.tsv), and the entropies of
    candidates.tsv, come with it.
    """
    settings = Vocabulary(min_users=USERS, min_photos=PHOTOS, max_tags=None)
    with TemporaryDirectory(dir=Path(to).parent) as folder:
        written = encode_photos(read_photo_batches(photos, settings.chunk_photos), Path(folder))
        tags, _ = clean_photos(written)
        vocabulary = select_vocabulary(list_candidates(tags, [], settings))
        lists = [part["tags"] for part in tags.replace_tags(tags.tags, vocabulary["tag"])]
    sets = TagSets.from_series(pl.concat(lists))
    save(to, sets.ids, sets.offsets, vocabulary["tag"].to_list(), vocabulary["users"].to_numpy())


def pipeline(photos: str, folder: str, at_once: int) -> int:
    """`clean_tags` and `build_vocabulary` from file to file; the distinct tags as written.

    Half of the users are learned from.
    """
    to, settings = Path(folder), Vocabulary(min_users=USERS, min_photos=PHOTOS, max_tags=None)
    with TemporaryDirectory(dir=to) as room:
        written = encode_photos(read_photo_batches(photos, at_once), Path(room))
        cleaned, spelling = clean_photos(written)
        write_tags(to / "tags.parquet", cleaned)
        write_tsv(to / "spelling.tsv", spelling)
    del cleaned, spelling
    with TemporaryDirectory(dir=to) as room:
        tags = encode_photos(read_photo_batches(to / "tags.parquet", at_once), Path(room))
        training = tags.map_parts(lambda part: part.filter(pl.col("user") % 2 == 0))
        table = list_candidates(training, [], settings)
        write_tsv(to / "candidates.tsv", table)
        write_tsv(to / "vocabulary.tsv", select_vocabulary(table))
        write_tags(to / "merged.parquet", tags)
    return len(written.tags)


def theirs(photos: str, to: str) -> None:
    """As whoever knows pandas writes it: each distinct spelling cleaned once, then groups."""
    table = pd.read_parquet(photos)
    pairs = table[["row", "user_id", "tags"]].explode("tags").dropna(subset="tags")
    distinct = pairs["tags"].unique()
    pairs["tag"] = pairs["tags"].map(dict(zip(distinct, spelt(distinct), strict=True)))
    pairs = pairs.loc[pairs["tag"] != "", ["row", "user_id", "tag"]]
    pairs = pairs.drop_duplicates(["row", "tag"])
    groups = pairs.groupby("tag", sort=False)
    counts = pd.DataFrame({"photos": groups.size(), "users": groups["user_id"].nunique()})
    counts = counts[(counts["users"] >= USERS) & (counts["photos"] >= PHOTOS)].reset_index()
    counts = counts.sort_values(["photos", "tag"], ascending=[False, True])
    numbers = dict(zip(counts["tag"], range(len(counts)), strict=True))
    pairs["number"] = pairs["tag"].map(numbers)
    pairs = pairs.dropna(subset="number")
    sizes = pairs.groupby("row").size().reindex(table["row"], fill_value=0)
    ends = np.concatenate([[0], np.cumsum(sizes)])
    save(to, pairs["number"].to_numpy(), ends, counts["tag"].tolist(), counts["users"].to_numpy())


def loop(photos: str, to: str) -> None:
    """One photo after another, by sets and counters: what both sides must give."""
    own, users, seen = [], defaultdict(set), Counter()
    table = pl.read_parquet(photos)
    for written, user in zip(table["tags"].to_list(), table["user_id"], strict=True):
        own.append([tag for tag in dict.fromkeys(spelt(written or [])) if tag])
        for tag in own[-1]:
            seen[tag] += 1
            users[tag].add(user)
    chosen = [tag for tag in seen if seen[tag] >= PHOTOS and len(users[tag]) >= USERS]
    chosen.sort(key=lambda tag: (-seen[tag], tag))
    numbers = {tag: number for number, tag in enumerate(chosen)}
    sets = [[numbers[tag] for tag in tags if tag in numbers] for tags in own]
    flat = np.array([number for tags in sets for number in tags])
    ends = np.cumsum([0] + [len(tags) for tags in sets])
    save(to, flat, ends, chosen, np.array([len(users[tag]) for tag in chosen]))


def spelt(written: list[str]) -> list[str]:
    return [clean(tag).tag for tag in written]


def save(to: str, tags: np.ndarray, ends: np.ndarray, words: list[str], users: np.ndarray) -> None:
    numbers = tags.astype(np.int32), ends.astype(np.int64), users.astype(np.int64)
    np.savez(to, **dict(zip(("tags", "ends", "users"), numbers, strict=True)), words=words)


if __name__ == "__main__":
    serve({"prepare": prepare, "ours": ours, "theirs": theirs, "loop": loop, "pipeline": pipeline})
