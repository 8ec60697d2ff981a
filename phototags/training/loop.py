"""The training loop of every tagger that learns by gradient."""

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
from phototags.systems.parts.negatives import NegativesEachEpoch
from phototags.systems.parts.objectives import Objective
from phototags.systems.parts.tagged_photos import Batch
from phototags.training.averaging import MovingAverage, copy_tensors
from phototags.training.batch_loader import BatchLoader
from phototags.training.context import DEFAULT_CONTEXT, Evaluate, TrainContext
from phototags.training.lr_schedule import LrSchedule, lr_at
from phototags.training.state import TrainState

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
    lr_schedule: LrSchedule | None = None

    def lr_at(self, epochs_done: float, scores: list[float]) -> float:
        """The learning rate when so many epochs are done."""
        schedule = self.lr_schedule or ("plateau" if self.optimiser == "sgd" else "constant")
        keys = {"epochs": self.epochs, "warmup_epochs": self.warmup_epochs, "scores": scores}
        return lr_at(epochs_done, self.learning_rate, schedule=schedule, **keys)


def fit(
    tagger: EmbeddingTagger,
    objective: Objective,
    loader: BatchLoader,
    evaluate: Evaluate,
    schedule: Schedule,
    generator: torch.Generator,
    constrain: Callable[[EmbeddingTagger], None] = lambda tagger: None,
    context: TrainContext = DEFAULT_CONTEXT,
) -> pd.DataFrame:
    """Train a tagger in place and keep the weights of its best epoch; it ends on the CPU.

    Args:
        evaluate: validation mAP; where it is nan the last epoch counts as the best.
        constrain: called after each step, to bring the weights back into their limits.

    Returns:
        a frame (epoch from 1, loss: mean over photos, validation_map, best: one row is True).

    Raises:
        ModelError: when a loss is not a finite number, with the photos of the batch.
    """
    average = MovingAverage(tagger, schedule.ema_decay, tagger.frozen)
    optimiser, negatives = make_optimiser(tagger, schedule), epoch_negatives(objective)
    state = TrainState(tagger, optimiser, average, generator, negatives)
    save = context.checkpoint.save if context.checkpoint else lambda state: None
    if context.checkpoint:
        context.checkpoint.resume(state)
    context.on_start(state)
    for row in state.history:
        context.on_epoch(row)
    for _ in show_progress(range(state.epoch, schedule.epochs + 1), "epochs"):
        if state.is_finished(schedule.epochs, schedule.patience):
            break
        train_epoch(state, objective, loader, schedule, constrain, save)
        with average.swap_in():
            score = context.wrap_evaluate(evaluate)(tagger)
        state.end_epoch(score)
        row = state.history[-1]
        context.on_epoch(row)
        log.info("epoch %(epoch)d: loss %(loss).4f, validation mAP %(validation_map).4f", row)
        save(state)
    copy_tensors(state.best_weights, average.weights)
    tagger.eval().cpu()
    history = pd.DataFrame(state.history)
    return history.assign(best=history.epoch == state.best_epoch)


def make_optimiser(tagger: EmbeddingTagger, schedule: Schedule) -> torch.optim.Optimizer:
    """Make the optimiser of the weights that learn by gradient."""
    weights = [values for values in tagger.parameters() if values.requires_grad]
    keys = {"lr": schedule.learning_rate, "weight_decay": schedule.weight_decay}
    if schedule.optimiser == "sgd":
        return torch.optim.SGD(weights, momentum=0.9, **keys)
    return torch.optim.AdamW(weights, **keys)


def epoch_negatives(objective: Objective) -> NegativesEachEpoch | None:
    """The negatives that an objective samples for a whole epoch: a checkpoint must hold them."""
    negatives = getattr(objective, "negatives", None)
    return negatives if isinstance(negatives, NegativesEachEpoch) else None


def train_epoch(
    state: TrainState,
    objective: Objective,
    loader: BatchLoader,
    schedule: Schedule,
    constrain: Callable[[EmbeddingTagger], None],
    save: Callable[[TrainState], None],
) -> None:
    """Train for one epoch, or for what is left of it."""
    state.tagger.train()
    scores = state.scores
    for batches in group_batches(state.remaining_batches(loader), schedule.accumulate_batches):
        for group in state.optimiser.param_groups:
            group["lr"] = schedule.lr_at(state.epoch - 1 + batches[-1].epoch_fraction, scores)
        size = sum(len(batch.indices) for batch in batches)
        state.optimiser.zero_grad(set_to_none=True)
        for batch in batches:
            loss = objective(state.tagger, batch, state.generator)
            value = loss.item()  # the only wait for a GPU: it computes while batches are made
            refuse_non_finite(value, batch, loader)
            (loss * (len(batch.indices) / size)).backward()
            state.loss_sum += value * len(batch.indices)
        state.optimiser.step()
        constrain(state.tagger)
        state.average.update()
        state.photos_done += size
        state.batches_done += len(batches)
        save(state)


def group_batches(batches: Iterator[Batch], number: int) -> Iterator[list[Batch]]:
    """The batches of each step, `number` of them; the last step of an epoch may have fewer."""
    while group := list(islice(batches, number)):
        yield group


def refuse_non_finite(loss: float, batch: Batch, loader: BatchLoader) -> None:
    """Raise the ModelError that names the photos of a loss that is nan or infinite."""
    if not math.isfinite(loss):
        ids = ", ".join(loader.photos.ids[photo] for photo in batch.indices.tolist())
        raise ModelError(
            f"the loss should be a finite number, but is {loss} on the photos {ids}. "
            "Look at their features, or lower the learning rate in params.yaml."
        )
