"""The default run's pictures, tags and head on features of other backbones, for judge_backbones."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from harness import ROOT
from torch import Tensor, nn

from phototags.evaluation.evaluate import evaluate
from phototags.evaluation.metrics.summary import summarise_scores
from phototags.evaluation.prediction import predict
from phototags.evaluation.test_photos import TEST_PARTS, photos_in_parts, select_with_features
from phototags.evaluation.word_mapping import map_words
from phototags.features.backbones import Backbone, load_single_backbone
from phototags.features.embed_photos import embed_shard
from phototags.features.feature_cache import Features, read_features, write_features
from phototags.photos.photo_table import read_photos
from phototags.systems.tagger import Tagger
from phototags.tag_vectors.embed_tags import read_tag_vectors
from phototags.tags.vocabulary import read_vocabulary
from phototags.training.inputs import select_photos
from phototags.training.train import train
from phototags.workflow.config import Params

CLIP = "clip_vit_b16"


class Twice(nn.Module):
    """The mean of what a network sees in photos and in their mirror images."""

    def __init__(self, module: nn.Module):
        super().__init__()
        self.module = module

    def forward(self, photos: Tensor) -> Tensor:
        """(B, 3, size, size) to (B, D)."""
        return (self.module(photos) + self.module(photos.flip(3))) / 2


def backbones() -> dict[str, Backbone]:
    """Each by the name that it has in the table."""
    lite = {
        f"efficientnet_lite{number}": load_single_backbone(f"efficientnet_lite{number}")
        for number in (0, 1, 2)
    }
    small, clip = lite["efficientnet_lite0"], load_single_backbone(CLIP, precision="auto")
    twice = replace(small, name="efficientnet_lite0 twice", module=Twice(small.module))
    return {small.name: small, twice.name: twice} | lite | {CLIP: clip}


@dataclass(frozen=True)
class Study:
    """The default run's corpora, seen by other backbones.

    Args:
        folder: where features are kept. few: photos a shard, to try the study; None: all.
    """

    params: Params
    folder: Path
    few: int | None = None

    @property
    def models(self) -> Path:
        """Of the corpus that is learned from."""
        return ROOT / "models" / self.params.run / self.params.experiments[0].train

    def features(self, backbone: Backbone, corpus: str) -> Features:
        """From the folder, computed if they are not there; of the run's own backbone, the run's."""
        kept = self.folder / backbone.name.replace(" ", "-") / corpus
        if self.few is None and backbone.name == self.params.embed_photos.backbone:
            kept = ROOT / "data/features" / backbone.name / corpus
        data = ROOT / "data/corpora" / corpus
        photos = read_photos(data / "photos.parquet")
        files = []
        for shard in sorted((data / "shards").glob("*.tar")):
            files.append(kept / f"{shard.stem}.safetensors")
            if files[-1].exists():
                continue
            first = int(shard.stem) * self.params.corpora.shard_photos
            ids = dict(zip(photos["row"], photos["photo_id"], strict=True))
            if self.few is not None:
                ids = {row: name for row, name in ids.items() if row < first + self.few}
            self.embed(backbone, shard, ids, files[-1])
        return read_features(files)

    def embed(self, backbone: Backbone, shard: Path, ids: dict[int, str], to: Path) -> None:
        """Write the features of one shard."""
        print(f"embedding {shard} by {backbone.name}", file=sys.stderr, flush=True)
        given = {"batch_size": self.params.embed_photos.batch_size}
        caps = {name: getattr(self.params.corpora, name) for name in ("max_pixels", "max_bytes")}
        rows, features, hashes, _ = embed_shard(shard, ids, backbone, **given, **caps)
        write_features(to, rows, features, backbone.name, hashes)

    def learned(self, features: Features, seed: int) -> Tagger:
        """The head on these features."""
        tables = (pd.read_parquet(self.models / f"{name}.parquet") for name in ("tags", "split"))
        tables, vocabulary = tuple(tables), self.vocabulary()
        parts = (
            select_photos(one, *tables, features, vocabulary) for one in ("train", "validation")
        )
        vectors = read_tag_vectors(self.models / f"seed{seed}/tag_vectors.safetensors")
        return train(self.params.train.systems["multihot"], *parts, vectors, seed)[0]

    def vocabulary(self) -> list[str]:
        """Of the default run."""
        return read_vocabulary(self.models / "vocabulary.tsv").tags

    def judged(self, tagger: Tagger, features: Features, test: str) -> pd.DataFrame:
        """Scores on a corpus' test photos, with replicates."""
        own, data = self.params.experiments[0].train, ROOT / "data/corpora" / test
        tags = (self.models if test == own else data) / "tags.parquet"
        photos = photos_in_parts(tags, data / "split.parquet", TEST_PARTS)
        photos = select_with_features(photos, features.rows.tolist(), test)
        vocabulary = self.vocabulary()
        settings = self.params.score.model_copy(update={"bridges": ["exact"]})
        words = map_words(own, test, vocabulary, photos, settings)
        scores = predict(tagger, features.select(photos["row"].tolist()), len(vocabulary))
        return evaluate(scores, vocabulary, photos, words, settings, own).scores

    def scored(self, known: dict[str, Backbone], seeds: list[int]) -> pd.DataFrame:
        """The tidy scores of all backbones, as a run's scores.csv, backbones as systems."""
        jobs, files = [], []
        with TemporaryDirectory() as folder:
            for job, scores in self.jobs(known, seeds):
                files.append(Path(folder) / f"{len(jobs)}.parquet")
                jobs.append(job)
                scores.to_parquet(files[-1])
            return summarise_scores(files, jobs)

    def jobs(
        self, known: dict[str, Backbone], seeds: list[int]
    ) -> Iterator[tuple[tuple, pd.DataFrame]]:
        """(train, test, backbone, seed) and its scores."""
        experiment = self.params.experiments[0]
        for name, backbone in known.items():
            seen = {
                corpus: self.features(backbone, corpus)
                for corpus in dict.fromkeys([experiment.train, *experiment.test])
            }
            for seed in seeds:
                tagger = self.learned(seen[experiment.train], seed)
                for test in experiment.test:
                    job = (experiment.train, test, name, seed)
                    yield job, self.judged(tagger, seen[test], test)
