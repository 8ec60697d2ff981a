"""The card's numbers are those of scores.csv, and it says whose pictures taught the tagger."""

import json

import pandas as pd
import pytest

from phototags.config import Export
from phototags.export.card import model_card
from phototags.export.folder import export_tagger
from phototags.metrics.summary import COLUMNS

EXPORT = Export(train="openclipart", system="im2vec", seed=1)
CONFIG = {"system": {"model": "im2vec"}, "backbone": "tiny", "features": 1280, "tags": 2}
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
    return model_card("pictures", EXPORT, CONFIG, ["sea", "dog"], scores())


def test_this_taggers_scores_stand_with_their_intervals(card):
    lines = [line for line in card.splitlines() if "this tagger" in line]
    assert len(lines) == 2 and all("28.0 [27.0, 30.0]" in line for line in lines)
    assert "openclipart → tuxpaint" in lines[1]


def test_controls_stand_beside_it_as_the_mean_of_seeds(card):
    lines = [line for line in card.splitlines() if "frequency" in line and "|" in line]
    assert len(lines) == 2 and all(
        "mean of seeds" in line and "4.0 [3.0, 6.0]" in line for line in lines
    )


def test_the_pictures_licence_and_the_settings_are_told(card):
    assert "public domain" in card and '"model": "im2vec"' in card and "1,280" in card


def test_photos_are_counted_where_the_config_counts_them(card):
    with_count = model_card("pictures", EXPORT, COUNTED, ["sea", "dog"], scores())
    assert "5,987 photos" in with_count and "photos with a known tag" not in card


def test_photos_that_a_refit_learned_from_are_counted_too():
    system = {"model": "kernel-ridge", "refit": True}
    config = {**CONFIG, "system": system, "photos": {"train": 4074, "validation": 426}}
    assert "4,500 photos" in model_card("best", EXPORT, config, ["sea", "dog"], scores())


def test_another_systems_seed_is_not_taken_for_this_tagger(card):
    assert card.count("this tagger**") == 2


def test_own_pictures_are_under_their_own_terms():
    own = Export(train="holidays", system="im2vec", seed=1)
    assert "their own terms" in model_card("x", own, CONFIG, ["sea"], scores())


def test_the_folder_holds_the_four_files_unchanged(tmp_path):
    given = {
        "model": ("m.safetensors", "weights"),
        "config": ("c.json", json.dumps(CONFIG)),
        "vocabulary": ("v.tsv", "tag\tphotos\tusers\nsea\t3\t2\ndog\t2\t2\n"),
    }
    for name, content in given.values():
        (tmp_path / name).write_text(content)
    scores().to_csv(tmp_path / "scores.csv", index=False)
    paths = {key: tmp_path / name for key, (name, _) in given.items()}
    export_tagger(tmp_path / "out", "pictures", EXPORT, **paths, scores=tmp_path / "scores.csv")
    found = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    assert set(found) == {"model.safetensors", "config.json", "vocabulary.tsv", "MODEL_CARD.md"}
    assert found["vocabulary.tsv"] == given["vocabulary"][1]
    assert found["MODEL_CARD.md"].startswith("# The tagger of the run `pictures`")
