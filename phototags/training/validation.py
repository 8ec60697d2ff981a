"""Evaluation of a tagger on validation photos while it is trained."""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from phototags.evaluation.metrics.ranking import mean_average_precision
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.systems.tagger import Tagger
from phototags.tags.padding import PADDING, multi_hot

MAX_SCORES = 1 << 28  # in memory at once, 1 GB: with a million tags some hundred photos


def make_evaluator(photos: TaggedPhotos, n_tags: int) -> Callable[[Tagger], float]:
    """Make the function that computes a tagger's mAP on these photos; nan without photos.

    Args:
        n_tags: T. A tagger that has only some `rows` of the tag table is evaluated on these.
    """
    chunks = photos.features.split(max(1, MAX_SCORES // n_tags))

    def evaluate(tagger: Tagger) -> float:
        rows = getattr(tagger, "rows", slice(None))
        return compute_map(map(tagger.scores, chunks), photos, rows)

    return evaluate


def compute_map(parts: Iterable[Tensor], photos: TaggedPhotos, rows: slice) -> float:
    """mAP over the tags that the photos have; the other tags' scores are dropped part by part.

    Args:
        parts: (B, T) float, scores of a few of the photos after the other; unread without photos.
        rows: the tags, by number, that the scores' columns are of; all, or from a to b.
    """
    if not len(photos):
        return float("nan")
    first, end = rows.start or 0, torch.inf if rows.stop is None else rows.stop
    here = (photos.tags >= first) & (photos.tags < end)  # PADDING is below all
    present, places = photos.tags[here].unique(return_inverse=True)
    own = torch.full_like(photos.tags, PADDING).masked_scatter(here, places)
    scores = torch.cat([part[:, present - first] for part in parts])
    return mean_average_precision(scores.numpy(), multi_hot(own, len(present)).numpy())
