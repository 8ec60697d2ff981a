"""Train a system on photos, by gradient or in closed form."""

import logging
from collections.abc import Mapping

import pandas as pd
import torch
from torch import Tensor

from phototags.errors import CorpusError
from phototags.systems.bases.gradient import GradientSystem
from phototags.systems.bases.system import System
from phototags.systems.parts.active_units import MIN_SHARE, share_active_units
from phototags.systems.parts.embedding_tagger import EmbeddingTagger
from phototags.systems.parts.tagged_photos import TaggedPhotos, concatenate
from phototags.systems.tagger import Tagger
from phototags.training.batch_loader import BatchLoader, add_label_noise
from phototags.training.context import DEFAULT_CONTEXT, Evaluate, TrainContext
from phototags.training.loop import fit
from phototags.training.validation import make_evaluator

log = logging.getLogger(__name__)


def train(
    system: System,
    photos: TaggedPhotos,
    validation: TaggedPhotos,
    tag_vectors: Tensor,
    seed: int,
    context: TrainContext = DEFAULT_CONTEXT,
    source: Mapping[str, Tensor] | None = None,
) -> tuple[Tagger, pd.DataFrame]:
    """Train one tagger.

    Args:
        photos: of training, already limited to the system's number of photos.
        validation: decides when to stop; learned from only by a system that refits, after it was
            evaluated on them.
        tag_vectors: (T, D) float32, one row a tag of the vocabulary.
        context: where it computes, what it resumes from, who shares it.
        source: tensors of the tagger that the system initialises from.

    Returns:
        the tagger, and a frame (epoch, loss, validation_map, best, active_units: of
        `measure_active_units`, the same in every row); one that is fitted in closed form has one
        row, epoch 0, without a loss and units.

    Raises:
        CorpusError: there is no photo to learn from.
        ModelError: training diverges, or `source` does not fit.
        ParamsError: there is no such device.
    """
    if not len(photos):
        raise CorpusError(
            f"training needs a photo with a known tag, but all {photos.n_left_out} training photos "
            "have none. Lower vocabulary.min_users and vocabulary.min_photos in params.yaml."
        )
    log.info("%d photos, %d more have no known tag", len(photos), photos.n_left_out)
    n_tags = len(tag_vectors)
    evaluate = make_evaluator(validation, n_tags)
    if system.learns_by_gradient:
        generator = torch.Generator().manual_seed(seed)
        return train_by_gradient(system, photos, evaluate, tag_vectors, generator, context, source)
    tagger = system.fit_closed_form(photos, validation, n_tags, seed)
    row = {"epoch": 0, "loss": None, "validation_map": evaluate(tagger), "best": True}
    if system.refits:
        photos = concatenate(photos, validation)
        tagger = system.fit_closed_form(photos, validation, n_tags, seed)
    return tagger, pd.DataFrame([row])


def train_by_gradient(
    system: GradientSystem,
    photos: TaggedPhotos,
    evaluate: Evaluate,
    tag_vectors: Tensor,
    generator: torch.Generator,
    context: TrainContext,
    source: Mapping[str, Tensor] | None,
) -> tuple[Tagger, pd.DataFrame]:
    """Train a tagger in epochs; arguments as those of `train`."""
    n_tags = len(tag_vectors)
    photos = add_label_noise(photos, system.label_noise, n_tags, generator)
    loader = BatchLoader(photos, system, **loader_keys(system, photos, n_tags))
    tagger, objective, constrain = system.build(photos, tag_vectors, generator, source)
    tagger = context.place(tagger)
    keys = (loader, evaluate, system, generator, constrain, context)
    history = fit(tagger, objective, *keys)
    return tagger, history.assign(active_units=measure_active_units(tagger, photos.features))


def measure_active_units(tagger: EmbeddingTagger, features: Tensor) -> float:
    """Smallest share of a hidden layer's units that fire on a training photo; nan without layers.

    A warning is logged where most of a layer is dead.
    """
    share = min(share_active_units(tagger.head, features), default=float("nan"))
    if share < MIN_SHARE:
        log.warning("%.1f %% of the hidden units fire: lower the learning rate", 100 * share)
    return share


def loader_keys(system: GradientSystem, photos: TaggedPhotos, n_tags: int) -> dict:
    """What a BatchLoader needs to know of the tags, of a system's training photos."""
    rates = photos.counts(n_tags) / len(photos)
    return {
        "tag_rates": rates,
        "keep_probabilities": system.keep_probabilities(rates),
    }
