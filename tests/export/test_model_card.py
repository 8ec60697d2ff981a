"""The card holds the numbers of scores.csv and names the pictures that trained the tagger."""

import json

import numpy as np
import pandas as pd
import pytest
import torch

from phototags.evaluation.metrics.summary import COLUMNS
from phototags.evaluation.score_probabilities import CUTS, RELIABILITY
from phototags.export.export_tagger import (
    ValidationPhotos,
    export_tagger,
    read_validation_photos,
)
from phototags.export.model_card import format_model_card, write_model_card
from phototags.features.feature_cache import write_features
from phototags.io.storage import write_json
from phototags.params.pages import Export
from phototags.systems.multihot import Multihot
from phototags.systems.parts.baselines import FrequencyTagger
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.systems.tagger import BACKBONE, save

EXPORT = Export(train="openclipart", system="im2vec", seed=1)
CONFIG = {"system": {"model": "im2vec"}, "backbone": "tiny", "features": 1280, "tags": 2}
HELD_OUT = (
    pd.DataFrame(
        [
            ("all", False, 0.0, 0.5, 8, 0.30, 0.25),
            ("all", False, 0.5, 1.0, 2, 0.90, 0.50),
            ("all", True, 0.0, 0.5, 10, 0.31, 0.30),
        ],
        columns=RELIABILITY,
    ),
    pd.DataFrame([("precision", 0.5, 0.27, 1187, 1.14, 0.417, 0.239)], columns=CUTS),
)
COUNTED = {**CONFIG, "photos": {"train": 5987}}


def scores():
    rows = [
        (
            "openclipart",
            test,
            system,
            seed,
            bridge,
            "map",
            0,
            value,
            value - 0.01,
            value + 0.02,
            9,
            4,
        )
        for test in ("openclipart", "tuxpaint")
        for system, value in (("frequency", 0.04), ("im2vec", 0.28))
        for seed in ("0", "1", "mean")
        for bridge, low in (("exact", value - 0.01), ("lemma", 0))
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


@pytest.fixture
def card():
    return format_model_card("pictures", EXPORT, CONFIG, ["sea", "dog"], scores(), HELD_OUT)


def test_this_taggers_scores_stand_with_their_intervals(card):
    lines = [line for line in card.splitlines() if "this tagger" in line]
    assert len(lines) == 2 and all("28.0 [27.0, 30.0]" in line for line in lines)
    assert "openclipart → tuxpaint" in lines[1]


def test_baselines_stand_beside_it_as_the_mean_of_seeds(card):
    lines = [line for line in card.splitlines() if "frequency" in line and "|" in line]
    assert len(lines) == 2 and all(
        "mean of seeds" in line and "4.0 [3.0, 6.0]" in line for line in lines
    )


def test_held_out_probabilities_are_shown_with_their_error_before_and_after(card):
    (errors,) = [line for line in card.splitlines() if line.startswith("| all tags")]
    assert errors.split("|")[2:4] == ["  12.00 ", "  1.00 "]  # (8 * 0.05 + 2 * 0.4) / 10 before
    (given,) = [line for line in card.splitlines() if "`--precision 0.5`" in line]
    assert [cell.strip() for cell in given.split("|")[2:6]] == ["0.27", "1.14", "41.7", "23.9"]
    assert "1,187 test photos" in card


def test_a_system_that_validation_chose_is_named_with_those_it_beat(tmp_path, card):
    ranking = [("im2vec", 0.271), ("frequency", 0.011)]
    unnamed = EXPORT.model_copy(update={"system": None})
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    (tmp_path / "vocabulary.tsv").write_text("tag\tphotos\tusers\nsea\t3\t2\n")
    scores().to_csv(tmp_path / "scores.csv", index=False)
    write_json(tmp_path / "choice.json", {"system": "im2vec", "ranking": ranking})
    write_model_card(
        tmp_path, "x", unnamed, tmp_path / "scores.csv", HELD_OUT, tmp_path / "choice.json"
    )
    chosen = (tmp_path / "MODEL_CARD.md").read_text()
    assert "System `im2vec`" in chosen and "im2vec 27.1, frequency 1.1)" in chosen
    assert "this tagger**" in chosen and "chosen by mAP" not in card


def test_a_card_without_probabilities_says_why():
    none = pd.DataFrame(columns=RELIABILITY), pd.DataFrame(columns=CUTS)
    card = format_model_card("x", EXPORT, CONFIG, ["sea"], scores(), none)
    assert "There is nothing to measure" in card


def test_the_pictures_licence_and_the_settings_are_named(card):
    assert "public domain" in card and '"model": "im2vec"' in card and "1,280" in card


def test_photos_are_counted_where_the_config_counts_them(card):
    with_count = format_model_card("pictures", EXPORT, COUNTED, ["sea", "dog"], scores(), HELD_OUT)
    assert "5,987 photos" in with_count and "photos with a known tag" not in card


def test_photos_of_a_refit_are_counted_too():
    system = {"model": "kernel-ridge", "refit": True}
    config = {**CONFIG, "system": system, "photos": {"train": 4074, "validation": 426}}
    assert "4,500 photos" in format_model_card(
        "best", EXPORT, config, ["sea", "dog"], scores(), HELD_OUT
    )


def test_another_systems_seed_is_not_taken_for_this_tagger(card):
    assert card.count("this tagger**") == 2


def test_own_pictures_are_under_their_own_terms():
    own = Export(train="holidays", system="im2vec", seed=1)
    assert "their own terms" in format_model_card("x", own, CONFIG, ["sea"], scores(), HELD_OUT)


def test_a_trained_backbone_is_named():
    system = {"model": "im2vec", "backbone": "trained"}
    card = format_model_card(
        "pictures", EXPORT, CONFIG | {"system": system}, ["sea"], scores(), HELD_OUT
    )
    assert "trained too (`backbone.safetensors`)" in card and "frozen" not in card


def export(tmp_path, tagger, config, backbone=None):
    """The folder it was exported to, and the paths of what it was made from."""
    save(tagger, config, tmp_path, backbone)
    (tmp_path / "v.tsv").write_text("tag\tphotos\tusers\nsea\t3\t2\ndog\t2\t2\n")
    (tmp_path / "c.tsv").write_text("tag\twhy\nsea\tkept\nseas\tlemma: became sea\n")
    photos = TaggedPhotos(["a"], torch.zeros(1, 4), torch.tensor([[0]]))
    validation = ValidationPhotos(photos, np.array([0]))
    files = ("model.safetensors", "config.json", "v.tsv", "c.tsv")
    paths = [tmp_path / name for name in files]
    export_tagger(tmp_path / "out", *paths, validation)
    return tmp_path / "out", paths


def test_the_folder_holds_the_five_files(tmp_path):
    config = CONFIG | {"system": {"model": "frequency"}}
    out, paths = export(tmp_path, FrequencyTagger(torch.tensor([3, 2])), config)
    scores().to_csv(tmp_path / "scores.csv", index=False)
    write_model_card(out, "pictures", EXPORT, tmp_path / "scores.csv", HELD_OUT)
    names = {"model.safetensors", "config.json", "vocabulary.tsv", "MODEL_CARD.md"}
    names |= {"calibration.safetensors"}
    assert {path.name for path in out.iterdir()} == names
    for path in paths[:2]:
        assert (out / path.name).read_bytes() == path.read_bytes()
    first, *lines = (out / "vocabulary.tsv").read_text().splitlines()
    assert first.split("\t") == ["tag", "count", "users", "aliases", "support"]
    assert lines == ["sea\t3\t2\tseas\t1", "dog\t2\t2\t\t0"]
    assert (out / "MODEL_CARD.md").read_text().startswith("# The tagger of the run `pictures`")


def test_a_backbone_that_learned_goes_with_its_tagger_and_not_with_the_next(tmp_path):
    system = Multihot(model="multihot", backbone="trained", epochs=1, patience=1)
    tagger = system.init_tagger(4, torch.ones(2, 4), torch.zeros(2), torch.Generator())
    config = CONFIG | {"system": system.model_dump(), "features": 4}
    out, _ = export(tmp_path, tagger, config, torch.nn.BatchNorm2d(3))
    assert (out / BACKBONE).read_bytes() == (tmp_path / BACKBONE).read_bytes()
    frozen = config | {"system": system.model_dump() | {"backbone": "frozen"}}
    export(tmp_path, tagger, frozen)
    assert not (out / BACKBONE).exists()


def test_probabilities_are_fitted_on_validation_photos_with_features_and_a_known_tag(tmp_path):
    tags = [["sea", "moon"], ["sea"], ["dog"], ["moon"], ["dog", "sea"]]
    table = pd.DataFrame({"row": range(5), "photo_id": list("abcde"), "tags": tags})
    table["user_id"] = ["ann", "ann", "bob", None, None]
    table.to_parquet(tmp_path / "tags")
    parts = ["validation", "train", "test", "validation", "validation"]
    pd.DataFrame({"row": range(5), "part": parts}).to_parquet(tmp_path / "split")
    (tmp_path / "words").write_text("tag\tphotos\tusers\nsea\t3\t2\ndog\t2\t2\n")
    for shard, rows in enumerate(([0, 1, 2], [3])):  # that of photo e could not be embedded
        looks = torch.tensor(rows)[:, None] * torch.ones(1, 4)
        write_features(tmp_path / f"{shard}", torch.tensor(rows), looks, "tiny")
    shards = [tmp_path / "0", tmp_path / "1"]
    validation = read_validation_photos(
        tmp_path / "tags", tmp_path / "split", shards, tmp_path / "words"
    )
    photos = validation.photos
    assert validation.users.tolist() == [0]
    assert list(photos.ids) == ["a"] and photos.features.tolist() == [[0, 0, 0, 0]]
    assert photos.tags.tolist() == [[0]]
