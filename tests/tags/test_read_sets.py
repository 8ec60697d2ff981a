"""The tags of a part, read block by block, are those of the whole table."""

import numpy as np
import polars as pl
import pytest

from phototags.errors import CorpusError
from phototags.tags import read_sets

VOCABULARY = ["sea", "sky", "dog"]
WORDS = [*VOCABULARY, "unheard of", "2007"]


@pytest.fixture
def corpus(tmp_path):
    """tags.parquet and split.parquet of 200 photos, without some rows; the photos as dicts."""
    draw = np.random.default_rng(1)
    photos = [
        {"row": row, "tags": draw.choice(WORDS, row % 5, replace=False).tolist(), "part": part}
        for row, part in enumerate(draw.choice(["train", "test"], 200).tolist())
        if row % 7
    ]
    table = pl.DataFrame(photos)
    table.select("row", "tags").write_parquet(tmp_path / "tags.parquet", row_group_size=60)
    parts = table.select("row", "part").reverse()
    parts.write_parquet(tmp_path / "split.parquet", row_group_size=50)
    return tmp_path / "tags.parquet", tmp_path / "split.parquet", photos


@pytest.mark.parametrize("part", ["train", "test", "validation"])
@pytest.mark.parametrize("block", [1, 33, 1000])
def test_blocks_of_any_size_give_the_known_tags_of_each_photo_in_order(
    corpus, monkeypatch, block, part
):
    tags, split, photos = corpus
    monkeypatch.setattr(read_sets, "BLOCK_PHOTOS", block)
    sets = read_sets.read_tag_sets(tags, split, part, VOCABULARY)
    found = [
        [VOCABULARY[one] for one in sets.ids[begin:end]]
        for begin, end in zip(sets.offsets[:-1], sets.offsets[1:], strict=True)
    ]
    chosen = [photo["tags"] for photo in photos if photo["part"] == part]
    assert found == [[tag for tag in of if tag in VOCABULARY] for of in chosen]


def test_a_photo_without_a_part_is_an_error(corpus):
    tags, split, _ = corpus
    pl.read_parquet(split).head(100).write_parquet(split)
    with pytest.raises(CorpusError, match="each of 171 photos once"):
        read_sets.read_tag_sets(tags, split, "train", VOCABULARY)
