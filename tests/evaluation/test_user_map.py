"""The map has every known user once, and says of each what its photos say."""

import numpy as np
import pandas as pd
import torch

from phototags.evaluation.users.user_map import COLUMNS, map_users
from phototags.report.figures.user_scatter import plot_users
from phototags.systems.user_biased import UserBiased
from phototags.users.user_table import make_user_table

USERS = [f"u{row % 9}" for row in range(36)] + ["alone", None]


def mapped(year=True):
    rows, rng = np.arange(38), np.random.default_rng(0)
    photos = pd.DataFrame({"row": rows, "user_id": USERS, "part": "train"})
    photos["tags"] = [["sea", "sky"] if row % 2 else ["sky"] for row in rows]
    years = rng.normal(size=(38, 1)), np.full(38, year)
    users = make_user_table(
        rows,
        pd.factorize(photos["user_id"])[0],
        photos["part"].to_numpy(),
        np.zeros(38, bool),
        {"year": years},
    )
    system = UserBiased(model="user-biased", descriptors=["year"], epochs=1, patience=1)
    generator = torch.Generator().manual_seed(0)
    tagger = system.init_tagger(5, torch.zeros(2, 64), torch.zeros(2), generator, 2)
    return map_users(tagger, users, photos, ["year"], seed=0)


def test_every_user_with_another_photo_has_one_place():
    table = mapped()
    assert list(table.columns) == COLUMNS
    assert len(table) == 9 and table["photos"].tolist() == [4] * 9
    assert set(table["tag"]) == {"sky"}
    assert np.isfinite(table[["x", "y", "year"]]).all().all()
    assert mapped().equals(table)


def test_the_map_is_drawn_with_and_without_years_and_users(tmp_path):
    for name, table in {"a": mapped(), "b": mapped(year=False), "c": mapped()[:0]}.items():
        plot_users(table, tmp_path / f"{name}.svg")
        assert (tmp_path / f"{name}.svg").stat().st_size > 1000
