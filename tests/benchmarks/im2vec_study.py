"""Systems on cached features of several corpora, each trained once, for the studies of im2vec."""

import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from harness import ROOT
from numpy.typing import NDArray

from phototags.evaluation.evaluate import SCORES, evaluate
from phototags.evaluation.metrics.resamples import draw_resamples, number_users
from phototags.evaluation.metrics.tag_precisions import mean_average_precisions
from phototags.evaluation.prediction import predict
from phototags.evaluation.test_photos import TEST_PARTS, photos_in_parts, select_with_features
from phototags.evaluation.word_mapping import map_words
from phototags.features.feature_cache import read_features
from phototags.systems.registry import parse_system
from phototags.systems.tagger import Tagger, load, read_config, save
from phototags.training.inputs import TrainInputs, read_inputs
from phototags.training.train import train
from phototags.workflow.config import Params
from tests.presets import merge_presets, read_job

CORPORA = {"openclipart": (), "corel5k-260": ("photographs",), "flickr8k": ("photographs",)}
"""Corpora and the presets of the run that split them and built their vocabularies."""
SCALINGS = {"efficientnet_lite0": "root", "clip_vit_b16": "length"}
"""Backbones and the scaling of their features."""
RARE = 10
"""Training photos of a tag up to which it is rare."""


@dataclass(frozen=True)
class Cell:
    """One corpus on the features of one backbone.

    Args:
        folder: keeps the taggers, so that no command trains one twice; empty it when code changes.
    """

    corpus: str
    backbone: str
    folder: Path

    @functools.cached_property
    def params(self) -> Params:
        """Of the corpus' run."""
        presets = [ROOT / f"presets/{name}.yaml" for name in CORPORA[self.corpus]]
        return merge_presets([ROOT / "params.yaml", *presets])

    @functools.cached_property
    def inputs(self) -> TrainInputs:
        """What a system learns from: the run's photos, seen by this backbone."""
        return read_inputs(self.job, parse_system(self.system_keys({"model": "multihot"})))

    @functools.cached_property
    def job(self):
        job = read_job(self.params.run, self.corpus, "multihot", 0)
        seen = [Path(file) for file in job.inputs["features"]]
        own = [file.parents[2] / self.backbone / file.parent.name / file.name for file in seen]
        return replace(job, inputs={**job.inputs, "features": [str(file) for file in own]})

    def system_keys(self, keys: Mapping) -> dict:
        """The keys of a system that every one here has in common, and its own over them."""
        common = {"ema_decay": 0.99, "patience": 6, "epochs": 60}
        return {**common, "scaling": SCALINGS[self.backbone], **keys}

    def train(self, keys: Mapping, seed: int = 0) -> tuple[Tagger, dict]:
        """The tagger of a system's keys, and its `validation_map` and `epoch` of its best epoch."""
        system = parse_system(self.system_keys(keys))
        about = json.dumps([system.model_dump(), seed], sort_keys=True)
        name = hashlib.sha256(about.encode()).hexdigest()[:16]
        folder = self.folder / self.corpus / self.backbone / name
        if not (folder / "config.json").exists():
            tagger, history = train(system, *self.inputs.parts, self.inputs.tag_vectors, seed)
            best = history.loc[history["best"], ["validation_map", "epoch"]].iloc[0].to_dict()
            n_features = self.inputs.parts[0].features.shape[1]
            config = {"system": system.model_dump(), "features": n_features}
            save(tagger, {**config, "backbone": self.backbone, "best": best}, folder)
            print(self.corpus, self.backbone, dict(keys), seed, best, flush=True)
        return load(folder), read_config(folder)["best"]

    @functools.cached_property
    def test(self) -> tuple[pd.DataFrame, NDArray]:
        """The test photos, and their features."""
        features = read_features(self.job.inputs["features"])
        photos = photos_in_parts(self.job.inputs["tags"], self.job.inputs["split"], TEST_PARTS)
        photos = select_with_features(photos, features.rows.tolist(), self.corpus)
        return photos, features.select(photos["row"].tolist())

    def predict(self, tagger: Tagger) -> NDArray[np.float32]:
        """(N, T) scores of the test photos."""
        return predict(tagger, self.test[1], len(self.inputs.vocabulary))

    def log_rates(self) -> NDArray[np.float32]:
        """(T,) logarithm of the tags' rates, which a prior adds to the scores."""
        return self.inputs.parts[0].smooth_rates(len(self.inputs.vocabulary)).log().numpy()

    def score(self, scores: NDArray) -> pd.DataFrame:
        """A table as `score_tagger` writes it, and `map_rare`, the mAP of the rare tags alone."""
        photos, vocabulary, settings = self.test[0], self.inputs.vocabulary, self.params.score
        words = map_words(self.corpus, self.corpus, vocabulary, photos, settings)[:1]
        table = evaluate(scores, vocabulary, photos, words, settings, self.corpus).scores
        known = dict(zip(vocabulary, self.counts(), strict=True))
        counts = np.array([known.get(word, 0) for word in words[0].words])
        relevant = np.array(
            [[word in set(tags) for word in words[0].words] for tags in photos.tags]
        )
        photo, rare = relevant.any(1), (counts <= RARE) & relevant.any(0)
        users = number_users(photos.loc[photo, "user_id"])
        resamples = draw_resamples(users, settings.resamples, settings.seed)
        own = words[0].word_scores(scores)[photo][:, rare]
        values = mean_average_precisions(own, relevant[photo][:, rare], resamples.weights)
        row = {**table.iloc[0], "metric": "map_rare", "k": 0, "tags": int(rare.sum())}
        row |= {"value": values[0], "replicates": resamples.replicate(values)}
        return pd.concat([table, pd.DataFrame([row])], ignore_index=True)[SCORES.names]

    def counts(self) -> NDArray:
        """(T,) training photos of each tag."""
        return self.inputs.parts[0].counts(len(self.inputs.vocabulary)).numpy()
