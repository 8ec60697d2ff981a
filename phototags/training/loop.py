"""One training loop for every tagger that is trained."""

import logging
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import pandas as pd
import torch

from phototags.errors import ModelError
from phototags.progress import progress
from phototags.taggers.embedding import EmbeddingTagger
from phototags.training.averaging import MovingAverage, copied
from phototags.training.feed import Feed
from phototags.training.objectives import Objective

log = logging.getLogger(__name__)
PLATEAU = 3  # epochs without a better validation mAP after which SGD takes a tenth of its step


@dataclass(frozen=True)
class Schedule:
    """How long and how fast.

    Args:
        epochs: passes over the photos, at most.
        patience: epochs without a better validation mAP before stopping.
        learning_rate: the optimiser's step. weight_decay: decoupled from it in adamw.
        optimiser: `sgd` has momentum 0.9 and takes a tenth of its step on a plateau, as Denton
            et al. (KDD 2015) train.
        average: share of the moving average that a step keeps; 0 judges and keeps the weights
            as they are.
    """

    epochs: int
    patience: int
    learning_rate: float
    weight_decay: float = 0.0
    optimiser: Literal["adamw", "sgd"] = "adamw"
    average: float = 0.0


def fit(
    tagger: EmbeddingTagger,
    objective: Objective,
    feed: Feed,
    judge: Callable[[EmbeddingTagger], float],
    schedule: Schedule,
    generator: torch.Generator,
    constrain: Callable[[EmbeddingTagger], None] = lambda tagger: None,
) -> pd.DataFrame:
    """Train in place, keep the weights of the best epoch.

    Args:
        judge: the tagger's validation mAP, more is better; nan when it cannot be judged, and
            then the last epoch counts as the best.
        constrain: brings the weights back to where they may be, after each step.

    Returns:
        a frame (epoch from 1, loss: mean over photos, validation_map, best: one row is True).

    Raises:
        ModelError: when a loss is not a number, with the photos of the batch.
    """
    optimiser = make_optimiser(tagger, schedule)
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimiser, "max", patience=PLATEAU)
    average = MovingAverage(tagger, schedule.average)
    rows, best, weights = [], 0, {}
    for epoch in progress(range(1, schedule.epochs + 1), "epochs"):
        tagger.train()
        costs, photos = 0.0, 0
        for loss, size in steps(tagger, objective, feed, epoch, optimiser, generator):
            constrain(tagger)
            average.take()
            costs, photos = costs + loss * size, photos + size
        with average.shown():
            score = judge(tagger)
        rows.append({"epoch": epoch, "loss": costs / max(photos, 1), "validation_map": score})
        log.info("epoch %d: loss %.4f, validation mAP %.4f", epoch, rows[-1]["loss"], score)
        if not best or math.isnan(score) or score > rows[best - 1]["validation_map"]:
            best, weights = epoch, copied(average.averages)
        elif epoch - best >= schedule.patience:
            break
        if schedule.optimiser == "sgd":
            plateau.step(score)
    tagger.load_state_dict(weights)
    tagger.eval()
    history = pd.DataFrame(rows)
    return history.assign(best=history.epoch == best)


def make_optimiser(tagger: EmbeddingTagger, schedule: Schedule) -> torch.optim.Optimizer:
    """Of the weights that learn by gradient."""
    moving = [values for values in tagger.parameters() if values.requires_grad]
    pace = {"lr": schedule.learning_rate, "weight_decay": schedule.weight_decay}
    if schedule.optimiser == "sgd":
        return torch.optim.SGD(moving, momentum=0.9, **pace)
    return torch.optim.AdamW(moving, **pace)


def steps(
    tagger: EmbeddingTagger,
    objective: Objective,
    feed: Feed,
    epoch: int,
    optimiser: torch.optim.Optimizer,
    generator: torch.Generator,
) -> Iterator[tuple[float, int]]:
    """Learn from an epoch's batches; gives the loss and the photos of each."""
    for batch in feed.batches(epoch, generator):
        loss = objective(tagger, batch, generator)
        if not loss.isfinite():
            ids = ", ".join(feed.photos.ids[photo] for photo in batch.which.tolist())
            raise ModelError(
                f"the loss should be a finite number, but is {loss.item()} on the photos {ids}. "
                "Look at their features, or lower the learning rate in params.yaml."
            )
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        yield loss.item(), len(batch.which)
