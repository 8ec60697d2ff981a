"""From a system's settings and photos to a tagger, trained."""

import logging
from collections.abc import Callable, Mapping

import pandas as pd
import torch
from torch import Tensor

from phototags.errors import CorpusError
from phototags.systems.gradient import Trained
from phototags.systems.parts.baselines import FrequencyTagger, RandomTagger, remember
from phototags.systems.parts.kernel_regression import learn
from phototags.systems.parts.photo_sampling import keep_chances
from phototags.systems.parts.tagged_photos import TaggedPhotos, concatenate
from phototags.systems.registry import Frequency, KernelRidge, Random, System
from phototags.systems.registry import Sampled as SampledSystem
from phototags.systems.tagger import Tagger
from phototags.tags.padding import unpad_tags
from phototags.training.batch_loader import BatchLoader, add_label_noise
from phototags.training.context import DEFAULT_CONTEXT, TrainContext
from phototags.training.loop import Schedule, fit
from phototags.training.plans import plan
from phototags.training.validation import make_evaluator

log = logging.getLogger(__name__)


def train(
    system: System,
    photos: TaggedPhotos,
    validation: TaggedPhotos,
    tag_vectors: Tensor,
    seed: int,
    context: TrainContext = DEFAULT_CONTEXT,
    start: Mapping[str, Tensor] | None = None,
) -> tuple[Tagger, pd.DataFrame]:
    """Train one tagger.

    Args:
        photos: what is learned from, all of them: a system's own number is drawn before.
        validation: what decides when to stop; learned from only by a system that says `refit`,
            after it was judged on them.
        tag_vectors: (T, D) float32, one row a tag of the vocabulary.
        context: where it computes, what it resumes from, who shares it.
        start: what the tagger knows that the system starts from.

    Returns:
        the tagger, and a frame (epoch, loss, validation_map, best); one that needs no epochs has
        one row, epoch 0, without a loss.

    Raises:
        CorpusError: when there is no photo to learn from.
        ModelError: when training diverges, or cannot start from what is given.
        ParamsError: there is no such device.
    """
    if not len(photos):
        raise CorpusError(
            f"training needs a photo with a known tag, but all {photos.n_left_out} training photos "
            "have none. Lower vocabulary.min_users and vocabulary.min_photos in params.yaml."
        )
    log.info("%d photos, %d more have no known tag", len(photos), photos.n_left_out)
    evaluate = make_evaluator(validation, len(tag_vectors))
    if isinstance(system, Trained):
        generator = torch.Generator().manual_seed(seed)
        return trained(system, photos, evaluate, tag_vectors, generator, context, start)
    tagger = solved(system, photos, len(tag_vectors), seed)
    row = {"epoch": 0, "loss": None, "validation_map": evaluate(tagger), "best": True}
    if isinstance(system, KernelRidge) and system.refit:
        tagger = solved(system, concatenate(photos, validation), len(tag_vectors), seed)
    return tagger, pd.DataFrame([row])


def trained(
    system: Trained,
    photos: TaggedPhotos,
    evaluate: Callable[[Tagger], float],
    tag_vectors: Tensor,
    generator: torch.Generator,
    context: TrainContext = DEFAULT_CONTEXT,
    start: Mapping[str, Tensor] | None = None,
) -> tuple[Tagger, pd.DataFrame]:
    """A tagger that learns by gradient, by the plan of its system."""
    tags = len(tag_vectors)
    photos = add_label_noise(photos, system.label_noise, tags, generator)
    loader = BatchLoader(photos, system.batch_size, **shown_as(system, photos, tags))
    schedule = Schedule(**system.model_dump(include=Schedule.__annotations__))
    tagger, objective, constrain = plan(system, photos, tag_vectors, generator, start)
    tagger = context.place(tagger)
    way = (loader, evaluate, schedule, generator, constrain, context)
    return tagger, fit(tagger, objective, *way)


def shown_as(system: Trained, photos: TaggedPhotos, tags: int) -> dict:
    """A BatchLoader's keys of a system: how an epoch samples photos and tags."""
    rates = photos.counts(tags) / len(photos)
    above = system.subsample_threshold if isinstance(system, SampledSystem) else None
    return {
        "sampling": system.sampling,
        "tag_rates": rates,
        "repeat_threshold": system.repeat_threshold,
        "keep_probabilities": keep_chances(rates, above) if above else None,
    }


def solved(system: System, photos: TaggedPhotos, tags: int, seed: int) -> Tagger:
    """A tagger that needs no epochs: a control, or kernel ridge regression."""
    if isinstance(system, KernelRidge):
        keys = system.model_dump(exclude={"model", "refit"})
        return learn(photos.features, photos.relevant(tags), **keys)
    if isinstance(system, Random):
        return RandomTagger(tags, seed)
    counts = photos.counts(tags)
    if isinstance(system, Frequency):
        return FrequencyTagger(counts, system.rarest)
    return remember(photos.features, *unpad_tags(photos.tags), counts, system.neighbours)
