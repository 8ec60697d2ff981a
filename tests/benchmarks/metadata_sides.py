"""YFCC100M's lines to a parquet file of photos, by us and by pandas: what bench_metadata runs."""

import csv
import sys
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote_plus

import pandas as pd
import pyarrow.parquet as parquet
from measuring import serve

sys.path.insert(0, str(Path(__file__).parents[2]))
from phototags.corpora.formats.yfcc_lines import read_blocks

FIELDS = {0: "photo_id", 1: "user_id", 2: "author", 3: "taken_at", 6: "title", 7: "description"}
FIELDS |= {8: "tags", 9: "machine_tags", 10: "longitude", 11: "latitude", 13: "page_url"}
FIELDS |= {14: "photo_url", 15: "licence", 16: "licence_url", 22: "marker"}
REPEATED = ["licence", "licence_url", "tags.list.element"]
"""Columns that parquet keeps as a dictionary, on both sides: of the others it would give up one."""


def ours(lines: str, to: str) -> None:
    """Block by block, as `list_photos` reads; the columns that pandas makes too."""
    writer, kept = None, [name for name in FIELDS.values() if name != "marker"]
    for block in read_blocks(Path(lines)):
        photos = block.photos.select(kept)
        writer = writer or parquet.ParquetWriter(to, photos.schema, use_dictionary=REPEATED)
        writer.write_table(photos)
    writer.close()


def theirs(lines: str, to: str) -> None:
    """As whoever knows pandas writes it: needed columns, typed; what repeats is unquoted once."""
    photos = pd.read_csv(
        lines,
        sep="\t",
        header=None,
        names=range(23),
        usecols=list(FIELDS),
        dtype=dict.fromkeys(FIELDS, "str") | {10: "float64", 11: "float64", 22: "int8"},
        engine="c",
        quoting=csv.QUOTE_NONE,
        keep_default_na=False,
        na_values={10: [""], 11: [""]},
    ).rename(columns=FIELDS)
    photos = photos[photos.pop("marker") == 0]
    unquoted = lru_cache(None)(unquote_plus)
    for name, unquote in {
        "title": unquote_plus,
        "description": unquote_plus,
        "author": unquoted,
    }.items():
        photos[name] = photos[name].map(unquote)
    for name in ("tags", "machine_tags"):
        photos[name] = [
            [unquoted(tag) for tag in tags.split(",")] if tags else []
            for tags in photos[name].tolist()
        ]
    photos.to_parquet(to, index=False, use_dictionary=REPEATED)


if __name__ == "__main__":
    serve({"ours": ours, "theirs": theirs})
