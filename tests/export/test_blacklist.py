"""Tags without a name can be learned, but an exported tagger and its index never show them."""

import json

import numpy as np
import pandas as pd
import pytest
import torch
from pydantic import ValidationError

from phototags.errors import ModelError
from phototags.evaluation.probabilities import read_probabilities
from phototags.export.export_tagger import ValidationPhotos, export_tagger
from phototags.params.pages import Export
from phototags.systems.im2vec import Im2Vec
from phototags.systems.parts.baselines import FrequencyTagger
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.systems.tagger import load, save
from phototags.tags.vocabulary import read_vocabulary

TAGS = ["tag0001", "sky", "tag12", "tag0999", "dog"]
SHOWN = [1, 2, 4]
SYSTEM = Im2Vec(model="im2vec", hidden=[6], epochs=1, patience=1)
FEATURES = torch.rand(4, 8, generator=torch.Generator().manual_seed(0))
PHOTOS = ValidationPhotos(
    TaggedPhotos(list("pqrs"), FEATURES, torch.tensor([[1], [1], [4], [0]])), np.arange(4)
)


@pytest.fixture
def export(tmp_path):
    def export_as(system, tagger, blacklist):
        config = {"system": system, "backbone": "tiny", "train": "x", "seed": 0}
        save(tagger, config | {"features": 8, "tags": len(TAGS)}, tmp_path)
        counts = pd.DataFrame({"tag": TAGS, "photos": [9, 8, 7, 6, 5], "users": 0})
        counts.to_csv(tmp_path / "vocabulary.tsv", sep="\t", index=False)
        why = ["kept"] * len(TAGS) + ["lemma: became dog"]
        candidates = pd.DataFrame({"tag": [*TAGS, "dogs"], "why": why})
        candidates.to_csv(tmp_path / "candidates.tsv", sep="\t", index=False)
        names = ("model.safetensors", "config.json", "vocabulary.tsv", "candidates.tsv")
        export_tagger(
            tmp_path / "out", *(tmp_path / name for name in names), PHOTOS, blacklist=blacklist
        )
        return tmp_path / "out"

    return export_as


def make_im2vec():
    generator = torch.Generator().manual_seed(1)
    vectors, bias = torch.randn(5, 3, generator=generator), torch.arange(5.0)
    return SYSTEM.init_tagger(8, vectors, bias, generator).eval()


def test_an_exported_tagger_knows_no_blacklisted_tag_and_scores_the_others_as_before(export):
    tagger = make_im2vec()
    folder = export(SYSTEM.model_dump(), tagger, r"tag\d{4}")
    assert read_vocabulary(folder / "vocabulary.tsv").tags == ["sky", "tag12", "dog"]
    assert not any("tag0" in path.read_text() for path in folder.glob("*.[tj]s*[vn]"))
    torch.testing.assert_close(load(folder).scores(FEATURES), tagger.scores(FEATURES)[:, SHOWN])
    assert json.loads((folder / "config.json").read_text())["tags"] == 3
    assert len(read_probabilities(folder / "calibration.safetensors", 3).slopes) == 3


def test_support_and_aliases_stay_with_their_tags(export):
    system, tagger = SYSTEM.model_dump(), make_im2vec()
    some = pd.read_csv(export(system, tagger, r"tag\d{4}") / "vocabulary.tsv", sep="\t")
    every = pd.read_csv(export(system, tagger, None) / "vocabulary.tsv", sep="\t")
    pd.testing.assert_frame_equal(some, every.iloc[SHOWN].reset_index(drop=True))


def test_a_tagger_without_tag_vectors_is_not_exported_with_hidden_tags(export):
    counts = FrequencyTagger(torch.tensor([9, 8, 7, 6, 5]))
    with pytest.raises(ModelError, match="leave 3 of 5 tags to a tagger with tag vectors"):
        export({"model": "frequency"}, counts, r"tag\d{4}")
    assert (
        len(read_vocabulary(export({"model": "frequency"}, counts, "no such") / "vocabulary.tsv"))
        == 5
    )


def test_a_blacklist_that_is_no_pattern_is_refused():
    with pytest.raises(ValidationError, match="should be a regular expression"):
        Export(train="x", system="y", seed=0, blacklist="tag(")
