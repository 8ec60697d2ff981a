"""Every metric of a large test set, by us and by scikit-learn: what bench_scoring runs."""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from measuring import serve
from scipy.sparse import csr_matrix, vstack
from sklearn.metrics import (
    average_precision_score,
    label_ranking_average_precision_score,
    precision_recall_fscore_support,
)

sys.path.insert(0, str(Path(__file__).parents[2]))
from phototags.evaluation.metrics.all_metrics import compute_metrics
from phototags.evaluation.metrics.resamples import Resamples
from phototags.evaluation.metrics.score_blocks import ScoreBlocks
from phototags.tags.encoding import TagSets

WIDTH, TAGS_PER_PHOTO, SLICE = 64, 5, 1 << 24
NOISE = 0.7
"""Of a photo's vector beside the sum of its tags' vectors."""


class Tagger:
    """Photos with tags drawn by Zipf's law, and scores that know something of them.

    Args:
        photos, tags: how many there are. part: how many of each are scored, drawn at random.
    """

    def __init__(self, photos: int, tags: int, part: tuple[int, int]):
        generator = np.random.default_rng(0)
        chances = 1 / np.arange(1, tags + 1)
        drawn = generator.choice(tags, (photos, TAGS_PER_PHOTO), p=chances / chances.sum())
        offsets = TAGS_PER_PHOTO * np.arange(photos + 1)
        sets = TagSets(drawn.astype(np.int32).ravel(), offsets).unique()
        vectors = generator.normal(size=(tags, WIDTH)).astype(np.float32)
        own = vectors[drawn].sum(axis=1)
        features = own + NOISE * TAGS_PER_PHOTO * generator.normal(size=own.shape)
        kept = np.sort(generator.choice(tags, part[1], replace=False))
        places = np.full(tags, -1, np.int32)
        places[kept] = np.arange(len(kept))
        sets = TagSets(places[sets.ids], sets.offsets).remove(places[sets.ids] < 0)
        tagged = generator.permutation(np.flatnonzero(sets.sizes))[: part[0]]
        self.sets, self.vectors = sets.select(tagged), vectors[kept]
        self.features = features[tagged].astype(np.float32)

    def scores(self, photos: slice, tags: slice = slice(None)) -> np.ndarray:
        return self.features[photos] @ self.vectors[tags].T


def ours(corpus: list, part: list) -> dict[str, float]:
    """As `score_tagger` does, without resamples of users: scikit-learn gives no intervals."""
    tagger, (photos, tags) = Tagger(*corpus, part), part
    blocks = ScoreBlocks((photos, tags), tagger.scores)
    whole = Resamples(np.ones((1, photos), np.float32), 1.0)
    found = compute_metrics(blocks, tagger.sets, whole)
    return {f"{one.metric}@{one.k}": one.value for one in found}


def theirs(corpus: list, part: list) -> dict[str, float]:
    """As scikit-learn's guide says, in slices of photos, and of tags, that fit into memory."""
    tagger, (photos, tags) = Tagger(*corpus, part), part
    true = tagger.sets.to_csr(tags).astype(bool)
    used = np.flatnonzero(true.getnnz(axis=0))
    first, fifth, miap = [], [], 0.0
    for photo_slice in slices(photos, tags):
        scores = tagger.scores(photo_slice)
        best = np.argpartition(scores, -5, axis=1)[:, -5:]
        fifth.append(mark(best, tags))
        first.append(mark(scores.argmax(axis=1)[:, None], tags))
        relevant = true[photo_slice].toarray()
        miap += len(scores) * label_ranking_average_precision_score(relevant, scores)
    precisions = []
    by_tag = true.tocsc()
    for tag_slice in slices(tags, photos):
        scores = tagger.scores(slice(None), tag_slice)
        relevant = by_tag[:, tag_slice].toarray()
        own = relevant.any(axis=0)
        if own.any():
            of = average_precision_score(relevant[:, own], scores[:, own], average=None)
            precisions.append(np.atleast_1d(of))
    first, fifth = vstack(first), vstack(fifth)
    options = {"zero_division": 0}
    of_first = precision_recall_fscore_support(true, first, average="samples", **options)
    of_fifth = precision_recall_fscore_support(true, fifth, average="samples", **options)
    of_tags = precision_recall_fscore_support(
        true[:, used], fifth[:, used], average="macro", **options
    )
    return {
        "precision@1": of_first[0], "precision@5": of_fifth[0], "recall@5": of_fifth[1],
        "miap@0": miap / photos, "map@0": float(np.concatenate(precisions).mean()),
        "tag_precision@5": of_tags[0], "tag_recall@5": of_tags[1], "mean_f1@5": of_tags[2],
    }  # fmt: skip


def slices(items: int, width: int) -> Iterator[slice]:
    """Slices of `items` whose scores are SLICE at most, as large as our blocks."""
    step = max(1, SLICE // width)
    for start in range(0, items, step):
        yield slice(start, min(start + step, items))


def mark(tags: np.ndarray, n_tags: int) -> csr_matrix:
    """(N, T) bool, True at the (N, k) tags of the photos."""
    ones = np.ones(tags.size, bool)
    offsets = np.arange(0, tags.size + 1, tags.shape[1])
    return csr_matrix((ones, tags.ravel(), offsets), shape=(len(tags), n_tags))


if __name__ == "__main__":
    serve({"ours": ours, "theirs": theirs})
