"""Vocabulary and settings of the default run, by validation: results/benchmarks/photo_settings.md.

`python tests/benchmarks/choose_photo_settings.py [--quick]`, after `make results` and in the same
folder: takes its features and split. The photos of training and validation are cut into five parts
by user; each part is scored by a tagger that learned from the other four, and all are judged
together. Test photos have no part in it. Ten minutes of two cores.
"""

import functools
import hashlib
import multiprocessing
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import polars as pl
import torch
from harness import ROOT, arguments, compute_as, conclude_page

from phototags.evaluation.metrics.ranking import average_precision, precision_at, rank, recall_at
from phototags.features.feature_cache import Features, read_features
from phototags.features.visualness import make_visualness_scorer
from phototags.params.vocabulary import Vocabulary
from phototags.report.markdown import format_page, format_table
from phototags.systems.registry import parse_system
from phototags.tag_vectors.text_vectors import load_glove
from phototags.tags.candidates import list_candidates, select_vocabulary
from phototags.tags.encoded_photos import encode_photos, read_photo_batches, write_tags
from phototags.tags.merging import apply_merges, find_merges
from phototags.tags.wordnet import WordNet
from phototags.training.inputs import select_photos
from phototags.training.train import train
from tests.presets import merge_presets

CORPUS, FOLDS = "openclipart", 5
MERGE = ["joined", "lemma"]
VOCABULARIES = {  # keys over those of params.yaml
    "3 users, 5 photos": {"min_users": 3, "min_photos": 5, "merge": []},
    "3 users, 5 photos, merged": {"min_users": 3, "min_photos": 5},
    "2 users, 3 photos, merged": {"min_users": 2, "min_photos": 3},
    "2 users, 3 photos, merged, visualness 0.6": {
        "min_users": 2,
        "min_photos": 3,
        "min_visualness": 0.6,
    },
}
COMMON = {"ema_decay": 0.99, "patience": 6, "epochs": 120, "scaling": "length"}
IM2VEC = {**COMMON, "model": "im2vec", "hidden": [512], "dropout": 0.3, "power": 0.5, "epochs": 60}
JOINT = {**IM2VEC, "tag_vectors": "joint", "tag_learning_rate": 0.03}
SYSTEMS = {
    f"multihot, learning_rate {rate:g}": {**COMMON, "model": "multihot", "learning_rate": rate}
    for rate in (0.0003, 0.001, 0.003)
}
SYSTEMS |= {
    f"im2vec, prior_weight {prior}": {**IM2VEC, "tag_vectors": "fixed", "prior_weight": prior}
    for prior in (0, 1)
}
SYSTEMS |= {
    f"im2vec-joint, prior_weight {prior}, learning_rate {rate:g}": {
        **JOINT,
        "prior_weight": prior,
        "learning_rate": rate,
    }
    for prior in (0, 1)
    for rate in (0.0003, 0.001)
}
CHOSEN = "multihot, learning_rate 0.001"
HEAD = ["photos", "tags a photo", "tags", "P@1", "R@5", "mAP", "mAP of the first row's tags"]


@functools.cache
def photos() -> tuple[pd.DataFrame, Features]:
    """Row and part (its fold) of the photos that are not for testing, and all features."""
    folder = ROOT / "data/corpora" / CORPUS
    split = pd.read_parquet(ROOT / f"models/pictures/{CORPUS}/split.parquet")
    users = pd.read_parquet(folder / "photos.parquet", columns=["row", "user_id"])
    table = split[split["part"].isin(["train", "validation"])].merge(users, on="row")
    digests = [hashlib.sha256(f"{user}".encode()).digest()[0] for user in table["user_id"]]
    backbone = merge_presets([ROOT / "params.yaml"]).embed_photos.backbone
    files = sorted((ROOT / f"data/features/{backbone}/{CORPUS}").glob("*.safetensors"))
    return table.assign(fold=np.array(digests) % FOLDS), read_features(files)


def build(keys: dict) -> tuple[list[str], pd.DataFrame]:
    """A vocabulary of all these photos, and their merged tags."""
    given = merge_presets([ROOT / "params.yaml"]).vocabulary.model_dump() | {"merge": MERGE} | keys
    settings, known = Vocabulary.model_validate(given), set(photos()[0]["row"])
    wordnet = WordNet.read(ROOT / "data/sources/wordnet/wordnet-base.deb")
    files = sorted((ROOT / "data/features").glob(f"*/{CORPUS}/*.safetensors"))
    with TemporaryDirectory() as folder:
        batches = read_photo_batches(ROOT / f"data/corpora/{CORPUS}/tags.parquet", 100_000)
        encoded = encode_photos(batches, Path(folder))
        training = encoded.map_parts(partial(keep_rows, known))
        merges = find_merges(training, settings, wordnet)
        scorer = make_visualness_scorer(files)
        found = list_candidates(training, merges, settings, wordnet, scorer)
        write_tags(Path(folder) / "tags.parquet", apply_merges(encoded, merges))
        tags = pd.read_parquet(Path(folder) / "tags.parquet")
    return select_vocabulary(found)["tag"].to_list(), tags


def keep_rows(known: set[int], photos: pl.DataFrame) -> pl.DataFrame:
    """The photos whose row is known."""
    return photos.filter(pl.col("row").is_in(list(known)))


def score(tags: list[str], table: pd.DataFrame, system: dict, folds: Sequence[int]) -> tuple:
    """Scores and truth of the held-out photos of each fold, together: (N, T) twice."""
    torch.set_num_threads(1)
    split, features = photos()
    vectors = torch.from_numpy(load_glove().embed(tags))
    scores, truth = [], []
    for fold in folds:
        part = split.assign(part=np.where(split["fold"] == fold, "validation", "train"))
        both = [
            select_photos(name, table, part, features, tags) for name in ("train", "validation")
        ]
        tagger, _ = train(parse_system(system), *both, vectors, 0)
        with torch.inference_mode():
            scores.append(tagger.scores(both[1].features).float())
        truth.append(both[1].relevant(len(tags)))
    return torch.cat(scores).numpy(), torch.cat(truth).numpy()


def judge(
    tags: list[str], table: pd.DataFrame, system: dict, folds: Sequence[int], first: Sequence[str]
) -> list[str]:
    """A row of HEAD, in percent."""
    scores, truth = score(tags, table, system, folds)
    ranking = rank(scores, truth)
    precisions = np.where(truth.any(0), average_precision(rank(scores.T, truth.T)), np.nan)
    print(len(tags), system, f"{100 * np.nanmean(precisions):.1f}", file=sys.stderr, flush=True)
    common = [number for number, tag in enumerate(tags) if tag in set(first or tags)]
    of = precision_at(ranking, 1).mean(), recall_at(ranking, 5).mean()
    of += np.nanmean(precisions), np.nanmean(precisions[common])
    counts = f"{len(truth):,}", f"{truth.sum(1).mean():.1f}", f"{len(tags):,}"
    return [*counts, *(f"{100 * value:.1f}" for value in of)]


def main() -> None:
    quick = arguments(__doc__).quick
    compute_as(merge_presets([ROOT / "params.yaml"]))
    folds = range(1 if quick else FOLDS)
    wanted, systems = VOCABULARIES, SYSTEMS
    if quick:
        wanted, systems = dict(list(wanted.items())[:1]), dict(list(SYSTEMS.items())[:1])
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        built = dict(zip(wanted, pool.map(build, wanted.values()), strict=True))
        first = next(iter(built.values()))[0]
        tries = {
            name: pool.submit(judge, *built[name], SYSTEMS[CHOSEN], folds, first) for name in wanted
        }
        own = merge_presets([ROOT / "params.yaml"]).vocabulary.model_dump()
        tags, table = build(own)
        of_systems = {
            name: pool.submit(judge, tags, table, system, folds, tags)
            for name, system in systems.items()
        }
        rows = [[name, *one.result()] for name, one in tries.items()]
        found = [[name, *one.result()[3:6]] for name, one in of_systems.items()]
    text = format_page(
        "Vocabulary and settings of the default run",
        f"{CORPUS}'s photos that are not for testing, in {FOLDS} parts by user; each part is "
        "scored by a tagger that learned from the others, and all are judged together, in percent. "
        f"Every vocabulary is learned by {CHOSEN}; merged is `merge: [joined, lemma]`.",
        format_table(["vocabulary", *HEAD], rows),
        f"Systems, on the {len(tags):,} tags of params.yaml's vocabulary.",
        format_table(["system", "P@1", "R@5", "mAP"], found),
    )
    conclude_page("photo_settings", text, quick)


if __name__ == "__main__":
    main()
