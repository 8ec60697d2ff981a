"""One split of a small made-up corpus: split, vocabulary, trainings and scores."""

from collections import Counter

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch

from phototags.errors import CorpusError
from phototags.evaluation.split_scores import SPLIT_SCORES
from phototags.evaluation.split_tests import TestFiles
from phototags.features.feature_cache import write_features
from phototags.photos.photo_table import write_table
from phototags.tags.split import split_photos
from phototags.training import score_split as module
from phototags.training.score_split import SplitInputs, SplitSettings, score_split, write_split

TAGS = ["sea", "sky", "dog", "car", "red", "sun"]
SYSTEMS = {
    "frequency": {"model": "frequency"},
    "neighbours": {"model": "neighbours", "neighbours": 3},
    "multihot": {"model": "multihot", "hidden": [8], "epochs": 2, "patience": 2},
}
SECTIONS = {
    "split": {"seed": 3, "test": 0.25, "validation": 0.15},
    "contamination": {"max_hash_distance": 2, "min_cosine": 0.99, "remove": True},
    "vocabulary": {"min_users": 2, "min_photos": 3, "max_tags": None},
    "embed_tags": {"init": "random", "dimensions": 4, "epochs": 1, "negatives": 2, "power": 0.75,
                   "learning_rate": 0.05},
    "score": {"bridges": ["exact"], "min_test_photos": 1, "resamples": 8, "seed": 0},
}  # fmt: skip


def make_corpus(folder, name: str, n_users: int, seed: int) -> TestFiles:
    """Three photos of each user with one to three tags, features that show them, and hashes."""
    rng, rows = np.random.default_rng(seed), np.arange(3 * n_users)
    photos = pd.DataFrame({"row": rows, "photo_id": [f"{name}{row}" for row in rows]})
    photos["user_id"] = [f"{name}-user{row // 3}" for row in rows]
    shares = np.array([0.3, 0.25, 0.2, 0.12, 0.08, 0.05])
    photos["tags"] = [
        [TAGS[tag] for tag in rng.choice(6, rng.integers(1, 4), replace=False, p=shares)]
        for _ in rows
    ]
    folder = folder / name
    folder.mkdir()
    photos.to_parquet(folder / "tags.parquet")
    photos.assign(split=pd.Series([None] * len(rows), dtype=object)).to_parquet(
        folder / "photos.parquet"
    )
    photos[["row", "photo_id"]].assign(part="test").to_parquet(folder / "split.parquet")
    shown = [[float(tag in of) for tag in TAGS] + [*rng.normal(0, 0.2, 6)] for of in photos["tags"]]
    hashes = torch.from_numpy(rng.integers(-(2**62), 2**62, len(rows)))
    write_features(
        folder / "f.safetensors", torch.from_numpy(rows), torch.tensor(shown).float(), "x", hashes
    )
    return TestFiles(name, folder / "tags.parquet", folder / "split.parquet",
                     [folder / "f.safetensors"])  # fmt: skip


@pytest.fixture
def corpora(tmp_path, monkeypatch):
    """Inputs of the training corpus `shore`, and the tests `shore` and `hills`; no WordNet."""
    monkeypatch.setattr(module.WordNet, "read", lambda path: None)
    shore, hills = (make_corpus(tmp_path, *of) for of in (("shore", 40, 0), ("hills", 15, 1)))
    photos = tmp_path / "shore/photos.parquet"
    return SplitInputs("shore", photos, shore.tags, shore.features, ""), [shore, hills]


def settings(seed: int = 3, **sections) -> SplitSettings:
    given = SECTIONS | {"split": SECTIONS["split"] | {"seed": seed}} | sections
    return SplitSettings(systems=SYSTEMS, **given)


def test_the_most_frequent_training_tag_is_right_as_often_as_a_loop_counts(corpora):
    inputs, tests = corpora
    for seed in (3, 4):
        table = score_split(inputs, tests, settings(seed))
        photos = pl.read_parquet(inputs.photos)
        part = split_photos(photos, settings(seed).split, trained=True)["part"].to_list()
        tags = photos["tags"].to_list()
        learned = Counter(
            tag for of, where in zip(tags, part, strict=True) if where == "train" for tag in of
        )
        (first, count), (_, second) = learned.most_common(2)
        assert count > second
        asked = {"shore": [of for of, where in zip(tags, part, strict=True) if where == "test"]}
        asked["hills"] = pd.read_parquet(tests[1].tags)["tags"].tolist()
        row = table[(table.metric == "precision") & (table.k == 1) & (table.system == "frequency")]
        for test, of in asked.items():
            right = sum(first in photo for photo in of) / len(of)
            assert row.loc[row.test == test, "value"].item() == pytest.approx(right)
            assert row.loc[row.test == test, "photos"].item() == len(of)


def test_every_system_is_scored_on_every_corpus_and_those_that_see_are_better(corpora):
    table = score_split(*corpora, settings())
    assert list(table) == SPLIT_SCORES.names
    order = list(dict.fromkeys(zip(table.system, table.test, strict=True)))
    assert order == [(system, test) for system in SYSTEMS for test in ("shore", "hills")]
    maps = table[(table.metric == "map") & (table.training_photos == "all")]
    by_system = maps.groupby("system")["value"].mean()
    assert by_system["neighbours"] > by_system["frequency"] + 0.2


def test_the_same_split_gives_the_same_bytes_and_another_seed_other_test_photos(corpora, tmp_path):
    for name, seed in (("first", 3), ("again", 3), ("other", 4)):
        write_table(tmp_path / name, score_split(*corpora, settings(seed)), SPLIT_SCORES)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "again").read_bytes()
    assert (tmp_path / "first").read_bytes() != (tmp_path / "other").read_bytes()


def test_a_near_duplicate_leaves_the_training_part_in_those_splits_that_divide_the_pair(
    corpora, tmp_path
):
    """Photo 0 is photo 119 once more; only where they are on different sides, one goes."""
    inputs, tests = corpora
    tensors = torch.rand(120, 8, generator=torch.Generator().manual_seed(0)).sub(0.5)
    hashes = torch.randint(2**62, (120,), generator=torch.Generator().manual_seed(1))
    tensors[119], hashes[119] = tensors[0], hashes[0]
    write_features(inputs.features[0], torch.arange(120), tensors, "x", hashes)
    seen = set()
    for seed in range(12):
        path = tmp_path / f"{seed}.parquet"
        own = TestFiles("shore", inputs.tags, path, inputs.features)
        write_split(path, inputs, [own], settings(seed))
        plain = split_photos(pl.read_parquet(inputs.photos), settings(seed).split, trained=True)
        before, after = plain["part"].to_list(), pd.read_parquet(path)["part"].tolist()
        tested = [photo for photo in (0, 119) if before[photo] == "test"]
        removed = [119 - photo for photo in tested] if len(tested) == 1 else []
        assert [row for row in range(120) if after[row] == "removed"] == removed
        assert [part for part in after if part != "removed"] == [
            part for row, part in enumerate(before) if row not in removed
        ]
        seen.add(len(removed))
    assert seen == {0, 1}


def test_a_corpus_with_an_official_split_is_refused(corpora):
    inputs, tests = corpora
    photos = pd.read_parquet(inputs.photos).assign(split="train")
    photos.to_parquet(inputs.photos)
    with pytest.raises(CorpusError, match="shore has an official split"):
        score_split(inputs, tests, settings())
