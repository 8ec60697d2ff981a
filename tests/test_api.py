# ruff: noqa: F811
"""The Python interface gives what the command line gives."""

import json

import numpy as np
import pytest

from phototags.api import Tagger
from phototags.cli import main
from phototags.errors import ModelError, PhotoError
from tests.test_cli import TAGS, home  # noqa: F401, a fixture

FOLDER = "models/pictures/tagger"


def test_it_tags_as_the_command_line_does(home, capsys):
    photos = ["rose.png", "sky.png"]
    assert main(["tag", "--json", "--model", FOLDER, "--top", "2", *photos]) == 0
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    found = Tagger.load(FOLDER).tag(photos, top=2)
    assert [one.photo for one in found] == photos
    for said, one in zip(printed, found, strict=True):
        assert [tag["tag"] for tag in said["tags"]] == [name for name, _ in one.tags]
        assert [tag["score"] for tag in said["tags"]] == pytest.approx([v for _, v in one.tags])


def test_without_a_folder_it_is_the_tagger_in_the_box(home):
    assert Tagger.load().tags == Tagger.load(FOLDER).tags == tuple(TAGS)


def test_a_photo_that_cannot_be_read_has_an_error_and_ends_nothing(home):
    found = Tagger.load(FOLDER).tag([home / "broken.png", home / "sky.png"])
    assert found[0].error.reason == "truncated" and not found[0].tags
    assert found[1].error is None and found[1].tags


def test_features_are_the_networks(home, monkeypatch):
    monkeypatch.setattr(
        "phototags.features.embed_photos.embed_photos",
        lambda backbone, pictures, batch_size: np_mean(pictures),
    )
    features = Tagger.load(FOLDER).embed(["rose.png", "sky.png"])
    assert features.argmax(axis=1).tolist() == [0, 2]


def np_mean(pictures):
    import torch

    return torch.stack([picture.float().mean((1, 2)) for picture in pictures])


def test_a_photo_that_cannot_be_embedded_is_named(home):
    with pytest.raises(PhotoError, match=r"broken\.png"):
        Tagger.load(FOLDER).embed(["broken.png"])


@pytest.mark.parametrize(
    "wanted", [{"above": 0.5, "precision": 0.5}, {"above": 1.5}, {"precision": 1.0}]
)
def test_cuts_that_mean_nothing_are_refused(home, wanted):
    with pytest.raises(ValueError, match="should be|either"):
        Tagger.load(FOLDER, **wanted)


def test_probabilities_need_a_calibration(home):
    with pytest.raises(ModelError, match="calibration"):
        Tagger.load(FOLDER, above=0.5)
    assert np.isfinite([value for _, value in Tagger.load(FOLDER).tag(["sky.png"])[0].tags]).all()
