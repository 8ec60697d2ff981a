"""Steps of the workflow on a generated corpus: what bench_scale runs, a process each."""

import hashlib
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
from measuring import serve
from metadata_lines import write

sys.path.insert(0, str(Path(__file__).parents[2]))
from phototags.corpora.formats.yfcc_lines import read_blocks
from phototags.features.hash_matching import match_hashes
from phototags.params.vocabulary import Split
from phototags.photos.collection import collect_corpus
from phototags.photos.photo_table import CREDIT, PHOTOS, SHARD, Drop, write_drops, write_table
from phototags.tags.split import split_photos

LINES, SHARD_PHOTOS = 100_000, 2048


def make(folder: str, photos: int) -> None:
    """Write the listing and the shards' tables of a corpus: some lines' tagged photos, repeated.

    Every 50th picture is damaged, every 100th is another's again.
    """
    place = Path(folder)
    write(LINES, place / "lines")
    read = pl.concat([pl.from_arrow(block.photos) for block in read_blocks(place / "lines")])
    tagged = read.filter(pl.col("tags").list.len() > 0)
    missing = [name for name in PHOTOS.names if name not in tagged.columns]
    tagged = tagged.with_columns(pl.lit(None).alias(name) for name in missing)
    with pq.ParquetWriter(place / "listing.parquet", PHOTOS) as writer:
        for first in range(0, photos, tagged.height):
            block = tagged.head(photos - first).with_columns(
                row=pl.int_range(first, first + pl.len(), dtype=pl.Int64),
                photo_id=pl.format("{}", pl.int_range(first, first + pl.len())),
            )
            writer.write_table(block.select(PHOTOS.names).to_arrow().cast(PHOTOS))
    write_drops(place / "listing.drops.tsv", [])
    credits = pq.read_table(place / "listing.parquet", columns=list(CREDIT))
    for shard, first in enumerate(range(0, photos, SHARD_PHOTOS)):
        write_shard(place, shard, first, credits.slice(first, SHARD_PHOTOS).to_pandas())


def write_shard(place: Path, shard: int, first: int, credit: pd.DataFrame) -> None:
    table = credit.assign(row=range(first, first + len(credit)))
    damaged = table["row"] % 50 == 0
    drops = [Drop("pack_photos", one, "truncated") for one in table["photo_id"][damaged]]
    packed = table[~damaged].assign(width=500, height=375)
    packed["file"] = [f"{shard:05d}.tar/{row:08d}.jpg" for row in packed["row"]]
    packed["sha256"] = [
        hashlib.sha256(str(row // 2 if row % 100 == 3 else row).encode()).hexdigest()
        for row in packed["row"]
    ]
    write_table(place / f"{shard:05d}.parquet", packed, SHARD)
    write_drops(place / f"{shard:05d}.drops.tsv", drops)


def collect_photos(folder: str) -> None:
    tables = sorted(Path(folder).glob("[0-9]*.parquet"))
    collect_corpus(
        f"{folder}/listing.parquet",
        f"{folder}/listing.drops.tsv",
        tables,
        [table.with_suffix(".drops.tsv") for table in tables],
        shard_photos=SHARD_PHOTOS,
        licences=None,
        photos=f"{folder}/photos.parquet",
        dropped=f"{folder}/drops.tsv",
    )


def split_users(folder: str) -> None:
    photos = pl.read_parquet(
        f"{folder}/photos.parquet", columns=["row", "photo_id", "user_id", "split"]
    )
    settings = Split(test=0.1, validation=0.1, seed=0)
    split_photos(photos, settings, True).write_parquet(f"{folder}/split.parquet")


def match(photos: int) -> int:
    """Hashes of 20,000 photos looked up among those of all; the number of pairs."""
    generator = np.random.default_rng(0)
    asked, known = (generator.integers(0, 2**64, n, np.uint64) for n in (20_000, photos))
    return sum(len(ones) for ones, *_ in match_hashes(asked, known, 8))


if __name__ == "__main__":
    serve(
        {
            "make": make,
            "collect_photos": collect_photos,
            "split_photos": split_users,
            "match_hashes": match,
        }
    )
