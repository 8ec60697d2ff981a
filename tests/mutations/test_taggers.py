import contextlib
import json

import polars as pl
import pytest
import torch

from phototags.errors import PhototagsError
from phototags.features.feature_cache import read_features, read_hashes, write_features
from phototags.features.networks import Network, load_learned_weights
from phototags.io.storage import read_tensors, write_tensors
from phototags.systems.frequency import Frequency
from phototags.systems.parts.baselines import FrequencyTagger
from phototags.systems.tagger import load, save
from phototags.tags.vocabulary import read_vocabulary, write_tsv


def test_damaged_tensors_are_a_named_error(survives, packing, tmp_path):
    write_tensors(tmp_path / "sound", {"a": torch.arange(6.0), "b": torch.ones(2, 3)}, {"k": 1})
    content = (tmp_path / "sound").read_bytes()
    survives(
        content, lambda at: read_tensors(at / "a.safetensors"), packing.as_file("a.safetensors")
    )


@pytest.mark.parametrize("read", [read_features, read_hashes])
def test_damaged_features_are_a_named_error(survives, packing, tmp_path, read):
    rows = torch.arange(3)
    write_features(tmp_path / "sound", rows, torch.ones(3, 4), "tiny", rows + 5)
    content = (tmp_path / "sound").read_bytes()
    survives(content, lambda at: read([at / "0.safetensors"]), packing.as_file("0.safetensors"))


@pytest.mark.parametrize("read", [read_features, read_hashes])
def test_features_of_an_odd_kind_are_a_named_error(survives, tmp_path, read):
    """The header's JSON is what is altered: names, types and shapes."""
    rows = torch.arange(3)
    write_features(tmp_path / "sound", rows, torch.ones(3, 4), "tiny", rows + 5)
    content = (tmp_path / "sound").read_bytes()
    start = 8 + int.from_bytes(content[:8], "little")

    def write(header, folder):
        packed = len(header).to_bytes(8, "little") + header + content[start:]
        (folder / "0.safetensors").write_bytes(packed)

    survives(json.loads(content[8:start]), lambda at: read([at / "0.safetensors"]), write)


@pytest.mark.parametrize("about", [["x"], "x", 1, None, {}, {"backbone": 3}])
def test_features_of_an_odd_backbone_are_a_named_error(tmp_path, about):
    tensors = {"rows": torch.arange(3), "features": torch.ones(3, 4)}
    write_tensors(tmp_path / "0.safetensors", tensors, about)
    with contextlib.suppress(PhototagsError):
        read_features([tmp_path / "0.safetensors"])


def test_a_damaged_backbone_is_a_named_error(survives, packing, tmp_path):
    module = torch.nn.BatchNorm2d(3)
    write_tensors(tmp_path / "sound", module.state_dict())
    known = Network(module, 8, (0.5,) * 3, (0.5,) * 3)
    name = "backbone.safetensors"
    content = (tmp_path / "sound").read_bytes()
    survives(
        content, lambda at: load_learned_weights(known, "tiny", at / name), packing.as_file(name)
    )


@pytest.mark.parametrize("damaged", ["config.json", "model.safetensors", "vocabulary.tsv"])
def test_a_damaged_tagger_is_a_named_error(survives, tmp_path, damaged):
    sound = tmp_path / "sound"
    system = Frequency(model="frequency")
    save(
        FrequencyTagger(torch.tensor([3, 2]), system.rarest),
        {"system": system.model_dump(), "features": 4, "tags": 2, "backbone": "tiny"},
        sound,
    )
    words = pl.DataFrame({"tag": ["sea", "sky"], "photos": [3, 2], "users": [1, 1]})
    write_tsv(sound / "vocabulary.tsv", words)

    def write(content, folder):
        for path in sound.iterdir():
            (folder / path.name).write_bytes(content if path.name == damaged else path.read_bytes())

    def read(folder):
        load(folder).scores(torch.ones(1, 4))
        read_vocabulary(folder / "vocabulary.tsv")

    content = (sound / damaged).read_bytes()
    survives(json.loads(content) if damaged == "config.json" else content, read, write)
