"""Steps of the workflow on a generated corpus: what bench_scale runs, a process each."""

import hashlib
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
from measuring import serve
from metadata_lines import write

sys.path.insert(0, str(Path(__file__).parents[2]))
from phototags.corpora.corpus_registry import find_corpus
from phototags.corpora.formats.yfcc_lines import read_blocks
from phototags.corpora.listing import drop_removals, list_corpus, write_listing
from phototags.features.hash_matching import match_hashes
from phototags.io.storage import atomic_write
from phototags.params.embeddings import EmbedTags
from phototags.params.vocabulary import Split, Vocabulary
from phototags.photos.collection import collect_corpus
from phototags.photos.photo_table import CREDIT, PHOTOS, SHARD, Drop, write_drops, write_table
from phototags.photos.removals import Removals
from phototags.tags.build_vocabulary import build_vocabulary
from phototags.tags.cleaning import clean_photos
from phototags.tags.encoded_photos import encode_photos, read_photo_batches, write_tags
from phototags.tags.read_sets import read_tag_sets
from phototags.tags.split import select_part
from phototags.tags.split_corpus import split_corpus
from phototags.tags.vocabulary import read_vocabulary, write_tsv

LINES, SHARD_PHOTOS = 100_000, 2048
VOCABULARY = Vocabulary(
    min_users=2, min_photos=3, min_effective_users=2, max_tags=None, merge=["joined"]
)
EMBED = EmbedTags(init="random", dimensions=50, epochs=1, negatives=5, power=0.75,
                  learning_rate=0.05)  # fmt: skip


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


def split_photos(folder: str) -> None:
    settings = Split(test=0.1, validation=0.1, seed=0)
    split_corpus(f"{folder}/photos.parquet", f"{folder}/split.parquet", settings, True)


def write_lines(folder: str, photos: int) -> None:
    with atomic_write(f"{folder}/yfcc100m_dataset") as part:
        write(photos, part)


def list_photos(folder: str, photos: int) -> None:
    """The listing stands for the photo table: of lines without pictures nothing is packed."""
    place, corpus = Path(folder), find_corpus("yfcc100m", {}, {"yfcc100m": photos})
    listed = list_corpus(corpus, place, None, user_ids="hashed", salt="salt")
    kept = drop_removals(listed, corpus, place, Removals(), 0)
    write_listing(kept, place / "listing.parquet", place / "listing.drops.tsv")
    (place / "photos.parquet").hardlink_to(place / "listing.parquet")


def clean_tags(folder: str) -> None:
    """As scripts/clean_tags.py."""
    with atomic_write(f"{folder}/tags.parquet") as part:
        batches = read_photo_batches(f"{folder}/photos.parquet", VOCABULARY.chunk_photos)
        photos = encode_photos(batches, part.parent)
        training = photos.map_parts(partial(select_part, "train", f"{folder}/split.parquet"))
        cleaned, spelling = clean_photos(photos, training)
        write_tags(part, cleaned)
    write_tsv(f"{folder}/spelling.tsv", spelling)


def choose_vocabulary(folder: str) -> None:
    """As scripts/build_vocabulary.py, but for WordNet and what pictures look like."""
    outputs = {name: f"{folder}/{name}.tsv" for name in ("vocabulary", "candidates")}
    outputs["tags"] = f"{folder}/merged.parquet"
    files = f"{folder}/tags.parquet", f"{folder}/split.parquet"
    build_vocabulary(*files, outputs, VOCABULARY, None, None, VOCABULARY.chunk_photos)


def fit_tag_vectors(folder: str) -> None:
    """As scripts/embed_tags.py."""
    from phototags.tag_vectors.embed_tags import embed_tags, write_tag_vectors  # torch: 500 MB

    tags = read_vocabulary(f"{folder}/vocabulary.tsv").tags
    sets = read_tag_sets(f"{folder}/merged.parquet", f"{folder}/split.parquet", "train", tags)
    learned = embed_tags(sets, tags, EMBED, 0)
    names = "tag_vectors.safetensors", "tag_contexts.safetensors", "tag_vectors.history.csv"
    write_tag_vectors(*(f"{folder}/{name}" for name in names), learned, EMBED)


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
            "split_photos": split_photos,
            "write_lines": write_lines,
            "list_photos": list_photos,
            "clean_tags": clean_tags,
            "build_vocabulary": choose_vocabulary,
            "embed_tags": fit_tag_vectors,
            "match_hashes": match,
        }
    )
