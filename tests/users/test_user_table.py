"""A photo never describes its own user, history is never trained on, unknown users stay unknown."""

import numpy as np
import pandas as pd
import pytest
import torch

from phototags.errors import CorpusError, ModelError
from phototags.features.feature_cache import Features
from phototags.io.storage import write_tensors
from phototags.params.users import Users
from phototags.systems.bases.user import DESCRIPTORS as ALL_DESCRIPTORS
from phototags.systems.bases.user import WIDE
from phototags.tags.vocabulary import TagVocabulary
from phototags.training.inputs import select_photos
from phototags.users.feature_pca import fit_pca
from phototags.users.user_encoder import UserEncoder, find_camera_makes, join_photo_tables
from phototags.users.user_table import append_user_features, read_users, write_users

USERS = ["ann"] * 4 + ["bob"] * 6 + ["cid", None, None, "dee", "dee"]
PARTS = ["train"] * 4 + ["test"] * 6 + ["test", "train", "train", "validation", "validation"]
N = len(USERS)
CAMERAS = ["Canon EOS 7D", "NIKON CORPORATION NIKON D90", None]
VOCABULARY = TagVocabulary(["sea", "sky", "art"], [5, 4, 2], [2, 2, 2])
DESCRIPTORS = [name for name in ALL_DESCRIPTORS if name not in WIDE[1:]]
VECTORS = np.random.default_rng(0).normal(size=(3, 4))


def photos() -> pd.DataFrame:
    tags = [["sea"], ["sky", "sea"], ["art"], ["sky"]]
    return pd.DataFrame(
        {
            "row": range(N),
            "photo_id": [f"p{row}" for row in range(N)],
            "user_id": USERS,
            "camera": [CAMERAS[row % 3] for row in range(N)],
            "tags": [tags[row % 4] for row in range(N)],
            "part": PARTS,
            "longitude": [float(row) for row in range(N)],
            "latitude": [np.nan if row % 3 else 1.0 for row in range(N)],
            "taken_at": [f"20{10 + row}-0{1 + row % 9}-01" for row in range(N)],
        }
    )


def features() -> Features:
    return Features(torch.arange(N), torch.rand(N, 6, generator=torch.Generator().manual_seed(0)))


def table_of(photos: pd.DataFrame, features: Features):
    pca = fit_pca(torch.rand(9, 6, generator=torch.Generator().manual_seed(1)), 2)
    encoder = UserEncoder(pca, VOCABULARY, VECTORS, ["nikon", "canon"])
    return encoder.encode(photos, features, Users(history_fraction=0.5), ["tag_shares"])


TABLE = table_of(photos(), features())


@pytest.mark.parametrize("row", range(N))
def test_a_photo_never_changes_the_description_of_its_own_user(row):
    other, matrix = photos(), features().matrix.clone()
    matrix[row] = torch.tensor([9.0, 0, 3, 0, 0, 1])
    other.at[row, "tags"] = ["art", "sky"]
    columns = ["longitude", "latitude", "taken_at", "camera"]
    other.loc[row, columns] = [-70.0, -40.0, "1999-12-31", "Nikon D40"]
    changed = table_of(other, Features(torch.arange(N), matrix))
    own = changed.look_up([row], DESCRIPTORS)
    assert own.numpy().tobytes() == TABLE.look_up([row], DESCRIPTORS).numpy().tobytes()


def test_only_training_photos_and_history_describe_users():
    unused = [row for row in range(N) if PARTS[row] != "train" and not TABLE.history[row].item()]
    other, matrix = photos(), features().matrix.clone()
    for row in unused:
        other.at[row, "tags"] = ["art", "sky"]
        columns = ["longitude", "latitude", "taken_at", "camera"]
        other.loc[row, columns] = [-70.0, -40.0, "1999-12-31", "Nikon D40"]
        matrix[row] = 1.0
    changed = table_of(other, Features(torch.arange(N), matrix))
    assert changed.look_up(range(N), DESCRIPTORS).equal(TABLE.look_up(range(N), DESCRIPTORS))


def test_blocks_are_the_means_of_the_users_other_seen_photos():
    years = np.arange(2010, 2010 + N)
    for row in range(N):
        others = [
            other
            for other in range(N)
            if other != row
            and USERS[other] == USERS[row] is not None
            and (PARTS[other] == "train" or TABLE.history[other])
        ]
        mean = (years[others].mean() - 2010) / 5 if others else 0.0
        assert TABLE.blocks["year"][row].tolist() == pytest.approx([mean, float(bool(others))])
        owned = [CAMERAS[other % 3] for other in others if CAMERAS[other % 3]]
        share = [sum(name in one.lower() for one in owned) for name in ("nikon", "canon")]
        expected = [*(count / max(len(owned), 1) for count in share), float(bool(owned))]
        assert TABLE.blocks["camera"][row].tolist() == pytest.approx(expected)
        number = np.log1p(len(others))
        assert TABLE.blocks["number"][row].tolist() == pytest.approx([number, float(bool(others))])


def test_users_of_one_photo_and_unknown_users_are_all_zeros():
    unknown = [10, 11, 12]
    assert not TABLE.look_up(unknown, DESCRIPTORS).any()


def test_names_select_columns_in_a_fixed_order_and_no_names_select_none():
    assert TABLE.look_up([0], ["year", "photos"]).shape == (1, 3 + 2)
    assert TABLE.look_up([0], ["year", "photos"]).equal(TABLE.look_up([0], ["photos", "year"]))
    assert TABLE.look_up([0, 1], []).shape == (2, 0)
    assert append_user_features(torch.ones(1, 6), [0], TABLE, []).shape == (1, 6)
    assert append_user_features(torch.ones(1, 6), [0], None, ["photos"]).shape == (1, 6)


def test_history_is_never_trained_on_nor_scored():
    tags, split = photos()[["row", "photo_id", "tags"]], photos()[["row", "part"]]
    chosen = select_photos(
        "validation", tags, split, features(), VOCABULARY.tags, TABLE, ["photos"]
    )
    history = {f"p{row}" for row in range(N) if TABLE.history[row]}
    assert TABLE.history.sum() == 3 + 1  # of bob's six and dee's two
    assert len(chosen) == 1 and not history & set(chosen.ids)
    assert (chosen.features.shape[1], chosen.n_user_features) == (6 + 3, 3)
    assert TABLE.scored_mask(range(N)).tolist() == [not one for one in TABLE.history.tolist()]
    assert len(select_photos("train", tags, split, features(), VOCABULARY.tags, TABLE)) == 6


def test_a_written_table_is_read_as_it_was_and_twice_the_same_bytes(tmp_path):
    for name in "ab":
        write_users(tmp_path / name, TABLE)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    again = read_users([tmp_path / "a"])
    assert again.look_up(range(N), DESCRIPTORS).equal(TABLE.look_up(range(N), DESCRIPTORS))
    assert again.history.equal(TABLE.history)
    assert read_users([]) is None


def test_a_table_without_its_columns_and_a_photo_that_is_not_in_it_are_refused(tmp_path):
    write_tensors(tmp_path / "users.safetensors", {"rows": TABLE.rows})
    with pytest.raises(ModelError, match="should hold rows, history"):
        read_users([tmp_path / "users.safetensors"])
    with pytest.raises(ModelError, match="not all of them"):
        TABLE.look_up([N], DESCRIPTORS)


def test_tables_of_different_photos_are_refused(tmp_path):
    paths = [tmp_path / name for name in ("photos", "tags", "split")]
    for path, columns in zip(
        paths,
        (
            ["row", "longitude", "latitude", "taken_at"],
            ["row", "photo_id", "user_id", "camera", "tags"],
            ["row", "part"],
        ),
        strict=True,
    ):
        photos()[columns].to_parquet(path)
    whole = join_photo_tables(*paths)
    assert whole.assign(tags=whole["tags"].map(list)).equals(photos()[whole.columns])
    photos()[["row", "part"]][1:].to_parquet(paths[2])
    with pytest.raises(CorpusError, match="same photos"):
        join_photo_tables(*paths)


def test_camera_makes_are_those_of_most_training_users(tmp_path):
    rows = [("ann", "Canon EOS 7D"), ("ann", "Canon IXUS"), ("bob", "NIKON D90"), ("cid", "Nikon")]
    rows += [("ann", "HTC One"), (None, "Sony"), ("dee", None), ("eve", "Leica"), ("fay", "Leica")]
    photos = pd.DataFrame(rows, columns=["user_id", "camera"]).rename_axis("row").reset_index()
    split = photos[["row"]].assign(part=["train"] * 7 + ["test"] * 2)
    for name, table in (("tags", photos), ("split", split)):
        table.to_parquet(tmp_path / name)
    assert find_camera_makes(tmp_path / "tags", tmp_path / "split", 8) == ["nikon", "canon", "htc"]
    assert find_camera_makes(tmp_path / "tags", tmp_path / "split", 1) == ["nikon"]
