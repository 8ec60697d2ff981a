"""How well `phototags learn` learns keywords: results/benchmarks/learning.md.

    make results RUN=photographs MIRROR=FOLDER
    python -m tests.benchmarks.judge_learning data

Corel-5K's words stand for a person's keywords, its CDs for days. A tagger is learned from some
training photos, written, loaded again, and judged by its probabilities of the test photos, as
`phototags tag --model` prints them. Beside it: chance, and the words' places by their meaning in
the map of the box's tagger, which learned from another corpus. The words of the box itself are no
comparison, for they were learned from the training photos of Corel-5K.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from phototags.box.learn_keywords import KeywordPhotos, learn_keywords, write_learned
from phototags.commands.common import BOX
from phototags.evaluation.metrics.ranking import average_precision, rank
from phototags.evaluation.probabilities import read_probabilities
from phototags.features.feature_cache import read_features
from phototags.report.markdown import format_table
from phototags.systems.tagger import CALIBRATION, load
from phototags.tag_vectors.placed_words import load_encoder
from phototags.tag_vectors.zero_shot_model import FILE, read_zero_shot
from tests.benchmarks.harness import conclude_page

SIZES = (100, 300)
"""Photos to learn from, drawn once each."""
MIN_PHOTOS, PER_CD, CORPUS = 10, 100, "corel5k"


def read_corpus(data: Path) -> tuple[pd.DataFrame, torch.Tensor]:
    """Photos of Corel-5K with tags and part, and their features."""
    folder = data / "corpora" / CORPUS
    parts = pd.read_parquet(folder / "split.parquet", columns=["row", "part"])
    photos = pd.read_parquet(folder / "tags.parquet").merge(parts, on="row")
    features = read_features(
        sorted((data / "features/clip_vit_b16" / CORPUS).glob("*.safetensors"))
    )
    photos = photos[photos["row"].isin(features.rows.tolist())].reset_index(drop=True)
    return photos, features.select(photos["row"].tolist())


def measure_map(scores: NDArray, photos: pd.DataFrame, tags: Sequence[str]) -> float:
    """Mean average precision in percent, over the tags that some of the photos have."""
    relevant = np.array([[tag in of for of in photos["tags"]] for tag in tags])
    kept = relevant.any(axis=1)
    return 100 * float(average_precision(rank(scores.T[kept], relevant[kept])).mean())


def judge(photos: pd.DataFrame, features: torch.Tensor, size: int, seed: int) -> list[float]:
    """Keywords learned, chance, by meaning, learned in percent mAP, and the probabilities' mean."""
    training = np.flatnonzero(photos["part"] != "test")
    chosen = np.sort(np.random.default_rng(seed).permutation(training)[:size])
    test = np.flatnonzero(photos["part"] == "test")
    days = photos["photo_id"].iloc[chosen].astype(int) // PER_CD
    keywords = [list(of) for of in photos["tags"].iloc[chosen]]
    groups = np.unique(days, return_inverse=True)[1]
    learned = learn_keywords(KeywordPhotos(features[chosen], keywords, groups), MIN_PHOTOS)
    with TemporaryDirectory() as folder:
        write_learned(Path(folder), learned, "clip_vit_b16")
        scores = load(folder).scores(features[test]).detach().numpy()
        fitted = read_probabilities(Path(folder) / CALIBRATION, len(learned.tags))
    model, judged = read_zero_shot(BOX / FILE), photos.iloc[test]
    vectors = load_encoder(model).embed_terms(learned.tags, model.source)
    found = fitted.probabilities(scores)
    has = np.array([[tag in of for tag in learned.tags] for of in judged["tags"]])
    return [
        len(learned.tags),
        100 * has.mean(axis=0)[has.any(axis=0)].mean(),
        measure_map(model.score(features[test].numpy(), vectors), judged, learned.tags),
        measure_map(found, judged, learned.tags),
        100 * found.mean() / has.mean(),
    ]


def main() -> None:
    """Write results/benchmarks/learning.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder `data` of the run `photographs`")
    parser.add_argument("--sizes", type=int, nargs="+", metavar="N", help="photos to learn from")
    parser.add_argument("--quick", action="store_true", help="print, of 100 photos, write nothing")
    args = parser.parse_args()
    photos, features = read_corpus(args.data)
    sizes = args.sizes or SIZES[: 1 if args.quick else None]
    rows = [(size, *judge(photos, features, size, seed=0)) for size in sizes]
    test = int((photos["part"] == "test").sum())
    conclude_page("learning", format_page(rows, test), args.quick)


def format_page(rows: Sequence[Sequence[float]], test: int) -> str:
    """The page: photos learned from and what `judge` returned, by size; of so many test photos."""
    cells = [(f"{size}", f"{keywords:.0f}", *(f"{one:.1f}" for one in of))
             for size, keywords, *of in rows]  # fmt: skip
    head = ("photos learned from", "keywords", "chance", "by meaning", "learned",
            "sum of probabilities (% of tags there are)")  # fmt: skip
    return f"""# Learning a person's keywords

Made by `python -m tests.benchmarks.judge_learning`: Corel-5K's words as keywords, those of at
least {MIN_PHOTOS} of the photos learned from; mAP in percent over {test} test photos, by the
probabilities that the written tagger gives. `by meaning` places the same words by the map of the
box's tagger, which learned from Flickr8k.

{format_table(head, cells, words=0)}
"""


if __name__ == "__main__":
    main()
