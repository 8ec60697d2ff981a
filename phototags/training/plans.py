"""Each system's plan: which head, tag table, loss and sampler, each a small part from elsewhere."""

from collections.abc import Callable, Mapping
from functools import partial

import torch
from torch import Tensor

from phototags.errors import ModelError
from phototags.systems.gradient import Trained
from phototags.systems.parts.embedding_tagger import EmbeddingTagger
from phototags.systems.parts.losses import (
    asymmetric_loss,
    negative_sampling_loss,
    softmax_loss,
    squared_error,
)
from phototags.systems.parts.ranking_losses import limit_lengths, ranknet_loss
from phototags.systems.parts.tag_sampling import Urn
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.systems.parts.targets import spread_to_neighbours
from phototags.systems.parts.transfer import begin_with
from phototags.systems.ranked import Ranked
from phototags.systems.registry import Asl, Im2Vec, Khot, Multihot, NaiveSum, Wdv
from phototags.systems.registry import Sampled as SampledSystem
from phototags.systems.tagger import untrained
from phototags.training.negatives import DrawnEachEpoch, DrawnEachStep, Negatives, NextPhotosTags
from phototags.training.objectives import Dense, Objective, Regressed, Sampled, Warp

TABLE = ("tag_vectors", "bias")
Constraint = Callable[[EmbeddingTagger], None]
Plan = tuple[EmbeddingTagger, Objective, Constraint]


def plan(
    system: Trained,
    photos: TaggedPhotos,
    tag_vectors: Tensor,
    generator: torch.Generator,
    start: Mapping[str, Tensor] | None = None,
) -> Plan:
    """The untrained tagger, what its training wants, and what its weights must keep to.

    Args:
        tag_vectors: (T, D) float32; systems that learn their own table take only T from it.
        start: what the tagger knows that the system starts from.

    Raises:
        ModelError: a start that does not fit, or none where the system has one, or the reverse.
    """
    planned = by_itself(system, photos, tag_vectors, generator)
    wanted = getattr(system, "initialise_from", None)
    if (wanted is None) != (start is None):
        raise ModelError(
            "weights to start from should be given where `initialise_from` names them, but it is "
            f"{wanted} and {'none' if start is None else 'some'} are given."
        )
    if wanted:
        begin_with(planned[0].head, start, len(system.hidden), wanted.layers == "frozen")
    return planned


def by_itself(
    system: Trained, photos: TaggedPhotos, tag_vectors: Tensor, generator: torch.Generator
) -> Plan:
    """The plan of a system that starts from nothing."""
    if isinstance(system, SampledSystem):
        return sampled(system, photos, tag_vectors, generator)
    if isinstance(system, NaiveSum | Wdv):
        return regressed(system, photos, tag_vectors, generator)
    if isinstance(system, Ranked):
        return ranked(system, photos, len(tag_vectors), generator)
    return dense(system, photos, len(tag_vectors), generator)


def dense(system: Trained, photos: TaggedPhotos, tags: int, generator: torch.Generator) -> Plan:
    """The table and its bias are learned; the bias starts where every score is the tag's rate."""
    width = photos.features.shape[1]
    rates = smoothed_rates(photos, tags)
    bias = rates.log() if isinstance(system, Khot) else rates.logit()
    table = torch.zeros(tags, (system.hidden or [width])[-1])
    loss = {Multihot: squared_error, Khot: softmax_loss}.get(type(system))
    if isinstance(system, Asl):
        keys = ("gamma_positive", "gamma_negative", "margin")
        loss = partial(asymmetric_loss, **system.model_dump(include=keys))
    return untrained(system, width, table, bias, generator), Dense(loss), unconstrained


def regressed(
    system: Trained, photos: TaggedPhotos, tag_vectors: Tensor, generator: torch.Generator
) -> Plan:
    """The table stays: the tags' vectors, or for `wdv` one place a tag."""
    wdv = isinstance(system, Wdv)
    table = torch.eye(len(tag_vectors)) if wdv else tag_vectors
    targets = spread_to_neighbours(tag_vectors, system.neighbours) if wdv else tag_vectors
    tagger = untrained(system, photos.features.shape[1], table, torch.zeros(len(table)), generator)
    return fixed(tagger, *TABLE), Regressed(targets), unconstrained


def ranked(system: Ranked, photos: TaggedPhotos, tags: int, generator: torch.Generator) -> Plan:
    """Small normal weights everywhere, rows of V and P kept short: Denton et al. (KDD 2015)."""
    table, bias = torch.empty(tags, system.dimensions), torch.zeros(tags)
    width = photos.features.shape[1] - photos.n_user_features
    tagger = untrained(system, width, table, bias, generator, photos.n_user_features)
    tagger.bias.requires_grad_(False)
    with torch.no_grad():
        for name, values in tagger.named_parameters():
            if name.endswith("bias"):
                values.zero_()
            else:
                values.normal_(0, system.init_std, generator=generator)
    maps = getattr(tagger.head, "photo", tagger.head)  # what is of the user is free

    def constrain(tagger: EmbeddingTagger) -> None:
        for values in (tagger.tag_vectors, *maps.parameters()):
            if values.ndim == 2:
                limit_lengths(values, system.max_norm)

    return tagger, Warp(system.margin, system.max_trials, system.share_trials), constrain


def sampled(
    system: SampledSystem, photos: TaggedPhotos, tag_vectors: Tensor, generator: torch.Generator
) -> Plan:
    """The given tag vectors, which no gradient moves; joint moves are the objective's."""
    im2vec = isinstance(system, Im2Vec)
    prior = system.prior_weight * system.power if im2vec else 0.0
    bias = prior * smoothed_rates(photos, len(tag_vectors)).log()
    tagger = untrained(system, photos.features.shape[1], tag_vectors, bias, generator)
    joint = im2vec and system.tag_vectors == "joint"
    objective = Sampled(
        negative_sampling_loss if im2vec else ranknet_loss,
        system.positives,
        negatives_of(system, photos, len(tag_vectors)),
        system.tag_learning_rate if joint else 0.0,
    )
    return fixed(tagger, *(TABLE[1:] if joint else TABLE)), objective, unconstrained


def negatives_of(system: SampledSystem, photos: TaggedPhotos, tags: int) -> Negatives:
    """Where a system's negatives come from; counts are of the training photos only."""
    if system.draw_negatives == "next_photo":
        return NextPhotosTags(system.exclude)
    urn = Urn(photos.counts(tags).double() ** system.power)
    if system.draw_negatives == "each_epoch":
        return DrawnEachEpoch(photos.tags, urn, system.negatives)
    return DrawnEachStep(urn, system.negatives, system.exclude)


def fixed(tagger: EmbeddingTagger, *frozen: str) -> EmbeddingTagger:
    """The tagger with a tag table and bias that no gradient moves, those named nothing else."""
    for name in TABLE:
        getattr(tagger, name).requires_grad_(False)
    tagger.frozen = frozen
    return tagger


def smoothed_rates(photos: TaggedPhotos, tags: int) -> Tensor:
    """(T,) float32 in (0, 1), share of photos that have the tag, as if one more were seen."""
    return ((photos.counts(tags) + 1) / (len(photos) + 2)).float()


def unconstrained(tagger: EmbeddingTagger) -> None:
    """Weights may go anywhere."""
