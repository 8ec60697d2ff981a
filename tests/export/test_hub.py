"""The hub's three calls on a folder here, without a network."""

import json
from pathlib import Path
from types import SimpleNamespace

import huggingface_hub.hub_mixin
import pytest
import torch

from phototags.errors import ModelError
from phototags.evaluation.probabilities import write_probabilities
from phototags.export import hub
from phototags.export.hub import FILES, HubTagger
from phototags.systems.multihot import Multihot
from phototags.systems.parts.baselines import FrequencyTagger
from phototags.systems.tagger import BACKBONE, CALIBRATION, save


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A tagger's folder, and no way out of this machine."""
    config = {"system": {"model": "frequency"}, "features": 2, "tags": 2, "backbone": "tiny"}
    save(FrequencyTagger(torch.tensor([3, 2])), config, tmp_path / "tagger")
    header = "tag\tcount\tusers\taliases\tsupport\n"
    rows = "sea\t3\t2\tmeer\t2\ndog\t2\t1\t\t0\n"
    (tmp_path / "tagger/vocabulary.tsv").write_text(header + rows)
    write_probabilities(tmp_path / "tagger" / CALIBRATION, None)
    (tmp_path / "tagger/MODEL_CARD.md").write_text("# A tagger\n")
    tiny = SimpleNamespace(parts=(SimpleNamespace(size=4),))
    monkeypatch.setattr("phototags.export.tag_photos.load_backbone", lambda *_, precision: tiny)
    monkeypatch.setattr(
        "phototags.export.tag_photos.embed_photos", lambda backbone, pictures: torch.zeros(1, 2)
    )
    monkeypatch.setattr(hub, "snapshot_download", lambda *_, **__: pytest.fail("no network"))
    return tmp_path / "tagger"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_folder_is_read_in_one_call_and_tags_a_photo(folder, make_picture):
    (folder.parent / "photo.png").write_bytes(make_picture())
    tagger = HubTagger.from_pretrained(str(folder))
    (tagged,) = tagger.tag([str(folder.parent / "photo.png")], top=1)
    assert tagged.tags[0][0] == "sea"


def test_what_is_saved_is_what_was_read_and_is_read_again(folder):
    before = contents(folder)
    HubTagger.from_pretrained(folder).save_pretrained(folder.parent / "copy")
    after = contents(folder.parent / "copy")
    readme = after.pop("README.md").decode()
    assert after == before
    assert readme.startswith("---\nlibrary_name: phototags\n") and readme.endswith("# A tagger\n")
    HubTagger.from_pretrained(folder.parent / "copy")


def test_a_trained_backbone_is_saved_too(folder, monkeypatch):
    monkeypatch.setattr(
        "phototags.export.tag_photos.load_backbone", lambda name, learned, precision: learned
    )
    system = Multihot(model="multihot", backbone="trained", epochs=1, patience=1)
    tagger = system.init_tagger(2, torch.ones(2, 2), torch.zeros(2), torch.Generator())
    config = {"system": system.model_dump(), "features": 2, "tags": 2, "backbone": "tiny"}
    save(tagger, config, folder, torch.nn.BatchNorm2d(3))
    before = contents(folder)
    read = HubTagger.from_pretrained(folder)
    assert read.exported.backbone == folder / BACKBONE
    read.save_pretrained(folder.parent / "copy")
    after = contents(folder.parent / "copy")
    assert {name: after[name] for name in before} == before and BACKBONE in before


def test_saving_over_its_own_folder_loses_nothing(folder):
    before = contents(folder)
    HubTagger.from_pretrained(folder).save_pretrained(folder)
    after = contents(folder)
    assert {name: after[name] for name in before} == before


def test_pushing_sends_the_files_and_nothing_that_could_be_run(folder, monkeypatch):
    sent = {}

    class Api:
        def __init__(self, **_):
            pass

        def create_repo(self, repo_id, **_):
            return type("Url", (), {"repo_id": repo_id})

        def upload_folder(self, *, folder_path, repo_id, **_):
            sent.update({repo_id: contents(Path(folder_path))})

    monkeypatch.setattr(huggingface_hub.hub_mixin, "HfApi", Api)
    HubTagger.from_pretrained(folder).push_to_hub("ann/sea")
    assert set(sent["ann/sea"]) == {*FILES, CALIBRATION, "README.md"}
    assert json.loads(sent["ann/sea"]["config.json"])["system"] == {"model": "frequency"}


def test_from_the_hub_only_a_taggers_files_are_asked_for(folder, monkeypatch):
    asked = {}

    def fetch(name, **settings):
        asked.update(settings, name=name)
        return str(folder)

    monkeypatch.setattr(hub, "snapshot_download", fetch)
    monkeypatch.setattr(huggingface_hub.hub_mixin, "hf_hub_download", lambda **_: None)
    HubTagger._from_pretrained(model_id="ann/sea", revision="v1", local_files_only=True)
    assert asked["name"] == "ann/sea" and asked["allow_patterns"] == [*FILES, BACKBONE, CALIBRATION]
    assert asked["revision"] == "v1" and asked["local_files_only"]


def test_a_folder_that_lacks_a_file_is_refused_by_its_name(folder):
    (folder / "vocabulary.tsv").unlink()
    with pytest.raises(ModelError, match="has no vocabulary.tsv"):
        HubTagger.from_pretrained(folder)
