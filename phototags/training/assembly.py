"""From a system's settings and photos to a tagger: which head, table, loss and sampler."""

import logging

import pandas as pd
import torch
from torch import Tensor

from phototags.errors import CorpusError
from phototags.metrics.ranking import mean_average_precision
from phototags.systems import Frequency, Multihot, Random, System, Trained
from phototags.taggers.controls import FrequencyTagger, RandomTagger, remember
from phototags.taggers.embedding import EmbeddingTagger
from phototags.taggers.losses import squared_error
from phototags.taggers.sampling import PADDING
from phototags.taggers.tagger import Tagger, untrained
from phototags.training.loop import Schedule, fit
from phototags.training.objectives import Dense, Objective, Sampled
from phototags.training.photos import TaggedPhotos

log = logging.getLogger(__name__)


def train(
    system: System,
    photos: TaggedPhotos,
    validation: TaggedPhotos,
    tag_vectors: Tensor,
    seed: int,
) -> tuple[Tagger, pd.DataFrame]:
    """Train one tagger.

    Args:
        photos: what is learned from. validation: what decides when to stop.
        tag_vectors: (T, D) float32, one row a tag of the vocabulary.

    Returns:
        the tagger, and a frame (epoch, loss, validation_map, best); a control's has one row,
        epoch 0, without a loss.

    Raises:
        CorpusError: when there is no photo to learn from.
        ModelError: when training diverges.
    """
    if not len(photos):
        raise CorpusError(
            f"training needs a photo with a known tag, but all {photos.left_out} training photos "
            "have none. Lower vocabulary.min_users and vocabulary.min_photos in params.yaml."
        )
    log.info("%d photos, %d more have no known tag", len(photos), photos.left_out)
    generator = torch.Generator().manual_seed(seed)
    if isinstance(system, Trained):
        tagger, objective = assembled(system, photos, tag_vectors, generator)
        schedule = Schedule(**system.model_dump(include=Schedule.__annotations__))
        return tagger, fit(tagger, objective, photos, judged_on(validation), schedule, generator)
    tagger = control(system, photos, len(tag_vectors), seed)
    score = judged_on(validation)(tagger)
    row = {"epoch": 0, "loss": None, "validation_map": score, "best": True}
    return tagger, pd.DataFrame([row])


def control(system: System, photos: TaggedPhotos, tags: int, seed: int) -> Tagger:
    """A tagger that is not trained."""
    if isinstance(system, Random):
        return RandomTagger(tags, seed)
    counts = photos.counts(tags)
    if isinstance(system, Frequency):
        return FrequencyTagger(counts, system.rarest)
    flat = photos.tags[photos.tags != PADDING]
    ends = torch.cat([torch.zeros(1, dtype=torch.int64), photos.sizes.cumsum(0)])
    return remember(photos.features, flat, ends, counts, system.neighbours)


def assembled(
    system: Trained, photos: TaggedPhotos, tag_vectors: Tensor, generator: torch.Generator
) -> tuple[EmbeddingTagger, Objective]:
    """The untrained tagger with the tag table of its system, and what its training wants."""
    width, tags = photos.features.shape[1], len(tag_vectors)
    counts = photos.counts(tags).double()
    if isinstance(system, Multihot):
        table = torch.zeros(tags, (system.hidden or [width])[-1])
        tagger = untrained(system, width, table, rate(counts, photos).logit(), generator)
        return tagger, Dense(squared_error)
    bias = system.prior * system.power * rate(counts, photos).log()
    tagger = untrained(system, width, tag_vectors, bias, generator)
    tagger.tag_vectors.requires_grad_(False)
    tagger.bias.requires_grad_(False)
    objective = Sampled(
        counts**system.power,
        system.positives,
        system.negatives,
        system.exclude,
        system.tag_learning_rate if system.tag_vectors == "joint" else 0.0,
    )
    return tagger, objective


def rate(counts: Tensor, photos: TaggedPhotos) -> Tensor:
    """(T,) float32 in (0, 1), share of photos that have the tag, as if one more were seen."""
    return ((counts + 1) / (len(photos) + 2)).float()


def judged_on(photos: TaggedPhotos):
    """A function that gives a tagger's mAP on these photos; nan without photos."""

    def judge(tagger: Tagger) -> float:
        if not len(photos):
            return float("nan")
        scores = tagger.scores(photos.features)
        return mean_average_precision(scores.numpy(), photos.relevant(scores.shape[1]).numpy())

    return judge
