"""The training loop of every tagger that learns by gradient."""

import logging
import math
from collections.abc import Callable, Iterator
from itertools import islice

import pandas as pd
import torch

from phototags.errors import ModelError
from phototags.io.progress import show_progress
from phototags.systems.bases.training_settings import TrainingSettings
from phototags.systems.parts.embedding_tagger import EmbeddingTagger
from phototags.systems.parts.negatives import NegativesEachEpoch
from phototags.systems.parts.objectives import Objective
from phototags.systems.parts.tagged_photos import Batch
from phototags.training.averaging import MovingAverage, copy_tensors
from phototags.training.batch_loader import BatchLoader
from phototags.training.context import DEFAULT_CONTEXT, Evaluate, TrainContext
from phototags.training.lr_schedule import lr_at
from phototags.training.state import TrainState

log = logging.getLogger(__name__)


def fit(
    tagger: EmbeddingTagger,
    objective: Objective,
    loader: BatchLoader,
    evaluate: Evaluate,
    settings: TrainingSettings,
    generator: torch.Generator,
    constrain: Callable[[EmbeddingTagger], None] = lambda tagger: None,
    context: TrainContext = DEFAULT_CONTEXT,
) -> pd.DataFrame:
    """Train a tagger in place and keep the weights of its best epoch; it ends on the CPU.

    Args:
        evaluate: validation mAP; where it is nan the last epoch counts as the best.
        settings: of the system itself.
        constrain: called after each step, to bring the weights back into their limits.

    Returns:
        a frame (epoch from 1, loss: mean over photos, validation_map, best: one row is True).

    Raises:
        ModelError: when a loss is not a finite number, with the photos of the batch.
    """
    average = MovingAverage(tagger, settings.ema_decay, tagger.frozen)
    optimiser, negatives = make_optimiser(tagger, settings), epoch_negatives(objective)
    tag_optimiser = getattr(objective, "tag_optimiser", None)
    state = TrainState(tagger, optimiser, average, generator, negatives, tag_optimiser)
    save = context.checkpoint.save if context.checkpoint else lambda state: None
    if context.checkpoint:
        context.checkpoint.resume(state)
    context.on_start(state)
    for row in state.history:
        context.on_epoch(row)
    for _ in show_progress(range(state.epoch, settings.epochs + 1), "epochs"):
        if state.is_finished(settings.epochs, settings.patience):
            break
        train_epoch(state, objective, loader, settings, constrain, save)
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


def make_optimiser(tagger: EmbeddingTagger, settings: TrainingSettings) -> torch.optim.Optimizer:
    """Make the optimiser of the weights that learn by gradient."""
    weights = [values for values in tagger.parameters() if values.requires_grad]
    keys = {"lr": settings.learning_rate, "weight_decay": settings.weight_decay}
    if settings.optimiser == "sgd":
        return torch.optim.SGD(weights, momentum=0.9, **keys)
    return torch.optim.AdamW(weights, **keys)


def schedule_lr(settings: TrainingSettings, epochs_done: float, scores: list[float]) -> float:
    """The learning rate when so many epochs are done."""
    schedule = settings.lr_schedule or ("plateau" if settings.optimiser == "sgd" else "constant")
    keys = {"epochs": settings.epochs, "warmup_epochs": settings.warmup_epochs, "scores": scores}
    return lr_at(epochs_done, settings.learning_rate, schedule=schedule, **keys)


def epoch_negatives(objective: Objective) -> NegativesEachEpoch | None:
    """The negatives that an objective samples for a whole epoch: a checkpoint must hold them."""
    negatives = getattr(objective, "negatives", None)
    return negatives if isinstance(negatives, NegativesEachEpoch) else None


def train_epoch(
    state: TrainState,
    objective: Objective,
    loader: BatchLoader,
    settings: TrainingSettings,
    constrain: Callable[[EmbeddingTagger], None],
    save: Callable[[TrainState], None],
) -> None:
    """Train for one epoch, or for what is left of it."""
    state.tagger.train()
    scores = state.scores
    for batches in group_batches(state.remaining_batches(loader), settings.accumulate_batches):
        for group in state.optimiser.param_groups:
            group["lr"] = schedule_lr(
                settings, state.epoch - 1 + batches[-1].epoch_fraction, scores
            )
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
