"""One training loop for every tagger that is trained."""

import copy
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import torch

from phototags.errors import ModelError
from phototags.progress import progress
from phototags.taggers.embedding import EmbeddingTagger
from phototags.training.objectives import Objective
from phototags.training.photos import TaggedPhotos

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Schedule:
    """How long and how fast.

    Args:
        epochs: passes over the photos, at most.
        patience: epochs without a better validation mAP before stopping.
        batch: photos a step.
        learning_rate: AdamW's step. weight_decay: its decoupled decay.
    """

    epochs: int
    patience: int
    batch: int
    learning_rate: float
    weight_decay: float = 0.0


def fit(
    tagger: EmbeddingTagger,
    objective: Objective,
    photos: TaggedPhotos,
    judge: Callable[[EmbeddingTagger], float],
    schedule: Schedule,
    generator: torch.Generator,
) -> pd.DataFrame:
    """Train in place, keep the weights of the best epoch.

    Args:
        judge: the tagger's validation mAP, more is better; nan when it cannot be judged, and
            then the last epoch counts as the best.

    Returns:
        a frame (epoch from 1, loss: mean over photos, validation_map, best: one row is True).

    Raises:
        ModelError: when a loss is not a number, with the photos of the batch.
    """
    moving = [values for values in tagger.parameters() if values.requires_grad]
    optimiser = torch.optim.AdamW(
        moving, lr=schedule.learning_rate, weight_decay=schedule.weight_decay
    )
    rows, best, weights = [], 0, {}
    for epoch in progress(range(1, schedule.epochs + 1), "epochs"):
        tagger.train()
        loss = one_epoch(tagger, objective, photos, optimiser, schedule.batch, generator)
        score = judge(tagger)
        rows.append({"epoch": epoch, "loss": loss, "validation_map": score})
        log.info("epoch %d: loss %.4f, validation mAP %.4f", epoch, loss, score)
        if not best or math.isnan(score) or score > rows[best - 1]["validation_map"]:
            best, weights = epoch, copy.deepcopy(tagger.state_dict())
        elif epoch - best >= schedule.patience:
            break
    tagger.load_state_dict(weights)
    tagger.eval()
    history = pd.DataFrame(rows)
    return history.assign(best=history.epoch == best)


def one_epoch(
    tagger: EmbeddingTagger,
    objective: Objective,
    photos: TaggedPhotos,
    optimiser: torch.optim.Optimizer,
    batch: int,
    generator: torch.Generator,
) -> float:
    """Every photo once, in random order; returns the mean loss of a photo."""
    total = 0.0
    for which in torch.randperm(len(photos), generator=generator).split(batch):
        loss = objective(tagger, photos.features[which], photos.tags[which], generator)
        if not loss.isfinite():
            ids = ", ".join(photos.ids[photo] for photo in which.tolist())
            raise ModelError(
                f"the loss should be a finite number, but is {loss.item()} on the photos {ids}. "
                "Look at their features, or lower the learning rate in params.yaml."
            )
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        total += loss.item() * len(which)
    return total / len(photos)
