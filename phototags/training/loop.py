"""One training loop for every tagger that is trained."""

import logging
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

import pandas as pd
import torch

from phototags.errors import ModelError
from phototags.io.progress import show_progress
from phototags.systems.parts.embedding_tagger import EmbeddingTagger
from phototags.systems.parts.tagged_photos import Batch
from phototags.training.averaging import MovingAverage, put
from phototags.training.batch_loader import BatchLoader
from phototags.training.context import ALONE, Around, Judge
from phototags.training.lr_schedule import Decay, rate_at
from phototags.training.negatives import DrawnEachEpoch
from phototags.training.objectives import Objective
from phototags.training.state import Course

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Schedule:
    """How long and how fast.

    Args:
        epochs: passes over the photos, at most.
        patience: epochs without a better validation mAP before stopping.
        learning_rate: the optimiser's step. weight_decay: decoupled from it in adamw.
        optimiser: `sgd` has momentum 0.9.
        ema_decay: share of the moving average that a step keeps; 0 judges and keeps the weights
            as they are.
        accumulate_batches: batches whose gradients make one step, as if they were one batch.
        warmup_epochs: epochs, parts counted.
        lr_schedule: None is plateau for sgd, constant for adamw.
    """

    epochs: int
    patience: int
    learning_rate: float
    weight_decay: float = 0.0
    optimiser: Literal["adamw", "sgd"] = "adamw"
    ema_decay: float = 0.0
    accumulate_batches: int = 1
    warmup_epochs: float = 0.0
    lr_schedule: Decay | None = None

    def rate(self, moment: float, scores: list[float]) -> float:
        """The learning rate when `moment` epochs have passed."""
        decay = self.lr_schedule or ("plateau" if self.optimiser == "sgd" else "constant")
        settings = {"epochs": self.epochs, "decay": decay, "warm_up": self.warmup_epochs}
        return rate_at(moment, self.learning_rate, **settings, scores=scores)


def fit(
    tagger: EmbeddingTagger,
    objective: Objective,
    feed: BatchLoader,
    judge: Judge,
    schedule: Schedule,
    generator: torch.Generator,
    constrain: Callable[[EmbeddingTagger], None] = lambda tagger: None,
    around: Around = ALONE,
) -> pd.DataFrame:
    """Train in place, keep the weights of the best epoch; the tagger ends on the CPU.

    Args:
        judge: the tagger's validation mAP, more is better; nan when it cannot be judged, and
            then the last epoch counts as the best.
        constrain: brings the weights back to where they may be, after each step.
        around: what the training goes on from, who follows it, who shares it.

    Returns:
        a frame (epoch from 1, loss: mean over photos, validation_map, best: one row is True).

    Raises:
        ModelError: when a loss is not a number, with the photos of the batch.
    """
    average = MovingAverage(tagger, schedule.ema_decay, tagger.still)
    optimiser, negatives = make_optimiser(tagger, schedule), drawn_each_epoch(objective)
    course = Course(tagger, optimiser, average, generator, negatives)
    keep = around.checkpoint.keep if around.checkpoint else lambda course: None
    if around.checkpoint:
        around.checkpoint.resume(course)
    around.prepare(course)
    for row in course.rows:
        around.follow(row)
    for _ in show_progress(range(course.epoch, schedule.epochs + 1), "epochs"):
        if course.over(schedule.epochs, schedule.patience):
            break
        learn(course, objective, feed, schedule, constrain, keep)
        with average.shown():
            score = around.judged(judge)(tagger)
        course.note(score)
        around.follow(course.rows[-1])
        log.info(
            "epoch %(epoch)d: loss %(loss).4f, validation mAP %(validation_map).4f", course.rows[-1]
        )
        keep(course)
    put(course.weights, average.weights)
    tagger.eval().cpu()
    history = pd.DataFrame(course.rows)
    return history.assign(best=history.epoch == course.best)


def make_optimiser(tagger: EmbeddingTagger, schedule: Schedule) -> torch.optim.Optimizer:
    """Of the weights that learn by gradient."""
    moving = [values for values in tagger.parameters() if values.requires_grad]
    pace = {"lr": schedule.learning_rate, "weight_decay": schedule.weight_decay}
    if schedule.optimiser == "sgd":
        return torch.optim.SGD(moving, momentum=0.9, **pace)
    return torch.optim.AdamW(moving, **pace)


def drawn_each_epoch(objective: Objective) -> DrawnEachEpoch | None:
    """The negatives of an objective that stand for an epoch, which a checkpoint must know of."""
    negatives = getattr(objective, "negatives", None)
    return negatives if isinstance(negatives, DrawnEachEpoch) else None


def learn(
    course: Course,
    objective: Objective,
    feed: BatchLoader,
    schedule: Schedule,
    constrain: Callable[[EmbeddingTagger], None],
    keep: Callable[[Course], None],
) -> None:
    """One epoch, or what was left of it."""
    course.tagger.train()
    scores = course.scores
    for batches in steps(course.rest(feed), schedule.accumulate_batches):
        for group in course.optimiser.param_groups:
            group["lr"] = schedule.rate(course.epoch - 1 + batches[-1].epoch_fraction, scores)
        size = sum(len(batch.indices) for batch in batches)
        course.optimiser.zero_grad(set_to_none=True)
        for batch in batches:
            loss = objective(course.tagger, batch, course.generator)
            cost = loss.item()  # a GPU is waited for here alone: it learns while batches are made
            refuse_no_number(cost, batch, feed)
            (loss * (len(batch.indices) / size)).backward()
            course.costs += cost * len(batch.indices)
        course.optimiser.step()
        constrain(course.tagger)
        course.average.take()
        course.photos += size
        course.batches += len(batches)
        keep(course)


def steps(batches: Iterator[Batch], accumulate: int) -> Iterator[list[Batch]]:
    """The batches of each step; the last of an epoch may have fewer."""
    while together := list(islice(batches, accumulate)):
        yield together


def refuse_no_number(loss: float, batch: Batch, feed: BatchLoader) -> None:
    """Raise the ModelError that names the photos of a loss that is no number."""
    if not math.isfinite(loss):
        ids = ", ".join(feed.photos.ids[photo] for photo in batch.indices.tolist())
        raise ModelError(
            f"the loss should be a finite number, but is {loss} on the photos {ids}. "
            "Look at their features, or lower the learning rate in params.yaml."
        )
