import itertools

import numpy as np
import polars as pl
import pytest
import torch

from phototags.features import visualness as module
from phototags.features.feature_cache import Features, write_features
from phototags.features.visualness import compute_visualness, make_visualness_scorer


def corpus(photos=60, people=7, width=5, seed=0):
    """Photos of `rose` look alike, those of `2014` do not."""
    rng = np.random.default_rng(seed)
    looks = rng.normal(size=(photos, width)).astype(np.float32)
    tags = [["rose"] if n % 3 == 0 else ["2014"] if n % 3 == 1 else ["fog"] for n in range(photos)]
    looks[::3] += 3
    users = [f"user {rng.integers(people)}" for _ in range(photos)]
    rows = torch.arange(photos) * 2
    pairs = [
        {"row": int(row), "user_id": user, "tag": tag}
        for row, user, own in zip(rows, users, tags, strict=True)
        for tag in own
    ]
    return pl.DataFrame(pairs), Features(rows, torch.from_numpy(looks))


def by_loop(pairs, features, tag):
    """Every pair of photos compared with every other photo, one after another."""
    photos = pairs.rows()
    looks = {row: features.select([row])[0] for row, _, _ in photos}

    def alike(one, other):
        return float(torch.cosine_similarity(looks[one], looks[other], dim=0))

    own = [(row, user) for row, user, its in photos if its == tag]
    near = [alike(a, b) for (a, one), (b, two) in itertools.combinations(own, 2) if one != two]
    far = [alike(a, b) for a, one in own for b, two, its in photos if its != tag and one != two]
    wins = [(n > f) + (n == f) / 2 for n in near for f in far]
    return sum(wins) / len(wins)


def test_every_tag_has_what_a_loop_over_all_pairs_gives():
    pairs, features = corpus()
    found = dict(compute_visualness(pairs, features).rows())
    for tag in ("rose", "2014", "fog"):
        assert found[tag] == pytest.approx(by_loop(pairs, features, tag), abs=6e-4)
    assert found["rose"] > 0.95 and 0.35 < found["2014"] < 0.65


def test_one_persons_photos_say_nothing():
    pairs, features = corpus()
    own = pairs.with_columns(user_id=pl.when(pl.col("tag") != "rose").then("user_id"))
    own = own.with_columns(pl.col("user_id").fill_null("gardener"))
    assert dict(compute_visualness(own, features).rows())["rose"] is None


def test_without_users_every_photo_is_somebodys():
    pairs, features = corpus()
    nameless = pairs.with_columns(user_id=pl.lit(None, pl.String))
    everybody = pairs.with_columns(user_id=pl.format("user {}", "row"))
    assert compute_visualness(nameless, features).equals(compute_visualness(everybody, features))


def test_photos_without_features_and_the_order_of_rows_change_nothing():
    pairs, features = corpus()
    more = pl.concat([pairs, pairs.with_columns(row=pl.col("row") + 1)]).sample(
        fraction=1, shuffle=True, seed=3
    )
    assert compute_visualness(more, features).equals(compute_visualness(pairs, features))


def test_features_read_from_shards_a_few_tags_at_a_time_give_the_same(tmp_path, monkeypatch):
    pairs, features = corpus()
    expected = compute_visualness(pairs, features)
    files = [tmp_path / str(start) for start in range(0, 60, 7)]
    for file, rows, looks in zip(
        files, features.rows.split(7), features.matrix.split(7), strict=True
    ):
        write_features(file, rows, looks, "b0")
    monkeypatch.setattr(module, "CHUNK_TAGS", 2)
    assert make_visualness_scorer(reversed(files))(pairs).equals(expected)
