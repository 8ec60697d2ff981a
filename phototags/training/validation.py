"""How well a tagger does, while it learns, on photos that it does not learn from."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import Tensor

from phototags.evaluation.metrics.ranking import mean_average_precision
from phototags.systems.parts.embedding_tagger import EmbeddingTagger
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.systems.tagger import Tagger
from phototags.tags.padding import PADDING, multi_hot
from phototags.training.context import Judge
from phototags.training.images import Pictures

AT_ONCE = 1 << 28  # scores, 1 GB: with a million tags some hundred photos


def judged_on(photos: TaggedPhotos, tags: int) -> Callable[[Tagger], float]:
    """A function that gives a tagger's mAP on these photos; nan without photos.

    Args:
        tags: T. A tagger that has `rows` of them is judged on these.
    """
    chunks = photos.features.split(max(1, AT_ONCE // tags))

    def judge(tagger: Tagger) -> float:
        rows = getattr(tagger, "rows", slice(None))
        return map_of(map(tagger.scores, chunks), photos, rows) if len(photos) else float("nan")

    return judge


def judged_on_pictures(photos: TaggedPhotos, pictures: Pictures, batch: int, loaders: int) -> Judge:
    """A function that gives a tagger's mAP on whole pictures; nan without any."""

    def scores(tagger: EmbeddingTagger) -> Iterable[Tensor]:
        with ThreadPoolExecutor(loaders, "decode", torch.set_num_threads, (1,)) as pool:
            for some in torch.arange(len(photos)).split(batch):
                pixels = torch.stack(list(pool.map(pictures.whole, some.tolist())))
                yield tagger.scores(pixels)

    def judge(tagger: EmbeddingTagger) -> float:
        return map_of(scores(tagger), photos, tagger.rows) if len(photos) else float("nan")

    return judge


def map_of(parts: Iterable[Tensor], photos: TaggedPhotos, rows: slice) -> float:
    """mAP over the tags that the photos have; the scores of the others are forgotten part by part.

    Args:
        parts: (B, T) float, scores of a few of the photos after the other.
        rows: the tags, by their numbers, that the scores' columns are of; all, or from a to b.
    """
    first, end = rows.start or 0, torch.inf if rows.stop is None else rows.stop
    here = (photos.tags >= first) & (photos.tags < end)  # PADDING is below all
    had, places = photos.tags[here].unique(return_inverse=True)
    own = torch.full_like(photos.tags, PADDING).masked_scatter(here, places)
    scores = torch.cat([part[:, had - first] for part in parts])
    return mean_average_precision(scores.numpy(), multi_hot(own, len(had)).numpy())
