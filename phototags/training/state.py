"""The state of a training between two steps, from which it can go on."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from phototags.systems.parts.negatives import NegativesEachEpoch
from phototags.systems.parts.tag_optimisers import TagOptimiser
from phototags.systems.parts.tagged_photos import Batch
from phototags.training.averaging import MovingAverage, clone_tensors, copy_tensors
from phototags.training.batch_loader import BatchLoader

TAG_OPTIMISER = "tag_optimiser"
"""Owner of the tensors, a row a tag, that the optimiser of the tag table keeps."""


@dataclass(eq=False)
class TrainState:
    """The state between two steps; everything else follows from settings and photos.

    A checkpoint in the middle of an epoch does not hold the epoch's order of photos: it is
    sampled again from the generator's state at the epoch's start.

    Args:
        tagger: its weights change in place.
        optimiser: of the weights that learn by gradient.
        average: of all weights that change; it is evaluated and kept.
        generator: source of every random number of the training.
        negatives: those that are sampled for a whole epoch; None where there are none.
        tag_optimiser: of joint tag vectors; None where there are none, or it has no state.
        history: a row an epoch: epoch, loss, validation_map.
        best_epoch: whose averages are kept, 0 before the first. best_weights: these averages.
        batches_done: of the current epoch. photos_done: in them. loss_sum: over these photos.
        epoch_start: the generator's state at the start of the current epoch.
    """

    tagger: nn.Module
    optimiser: torch.optim.Optimizer
    average: MovingAverage
    generator: torch.Generator
    negatives: NegativesEachEpoch | None = None
    tag_optimiser: TagOptimiser | None = None
    history: list[dict] = field(default_factory=list)
    best_epoch: int = 0
    best_weights: dict[str, Tensor] = field(default_factory=dict)
    batches_done: int = 0
    photos_done: int = 0
    loss_sum: float = 0.0
    epoch_start: Tensor | None = None

    @property
    def epoch(self) -> int:
        """Number of the current epoch, from 1."""
        return len(self.history) + 1

    @property
    def scores(self) -> list[float]:
        """Validation mAP of each finished epoch."""
        return [row["validation_map"] for row in self.history]

    def is_finished(self, epochs: int, patience: int) -> bool:
        """Whether all epochs are done, or `patience` of them since the best one."""
        done = len(self.history)
        return done >= epochs or (done > 0 and done - self.best_epoch >= patience)

    def remaining_batches(self, loader: BatchLoader) -> Iterator[Batch]:
        """The batches of the current epoch that are not done yet."""
        now = self.generator.get_state()
        if not self.batches_done:
            self.epoch_start = now
            return loader.batches(self.epoch, self.generator)
        self.generator.set_state(self.epoch_start)
        batches = loader.batches(self.epoch, self.generator, self.batches_done)
        self.generator.set_state(now)
        return batches

    def end_epoch(self, score: float) -> None:
        """Add an epoch to the history; without a score (nan) the latest counts as the best."""
        if (
            not self.best_epoch
            or math.isnan(score)
            or score > self.history[self.best_epoch - 1]["validation_map"]
        ):
            self.best_epoch, self.best_weights = self.epoch, clone_tensors(self.average.averages)
        loss = self.loss_sum / max(self.photos_done, 1)
        self.history.append({"epoch": self.epoch, "loss": loss, "validation_map": score})
        self.batches_done, self.photos_done, self.loss_sum, self.epoch_start = 0, 0, 0.0, None

    def tensors(self) -> dict[str, Tensor]:
        """The tensors of the state that a step may change, named `owner/name`."""
        parts = {
            "tagger": self.average.weights,
            "average": self.average.averages if self.average.decay else {},
            "best": self.best_weights,
            "generator": {"state": self.generator.get_state()},
            TAG_OPTIMISER: self.tag_optimiser.state if self.tag_optimiser else {},
        }
        for number, slots in self.optimiser.state_dict()["state"].items():
            known = {name: value for name, value in slots.items() if value is not None}
            parts[f"optimiser.{number}"] = known
        if self.batches_done:
            parts["epoch_start"] = {"state": self.epoch_start}
            if self.negatives:
                parts["negatives"] = {"before": self.negatives.generator_state}
        return {f"{of}/{name}": value for of, part in parts.items() for name, value in part.items()}

    def numbers(self) -> dict:
        """The rest of the state, as JSON."""
        names = "history", "best_epoch", "batches_done", "photos_done", "loss_sum"
        return {name: getattr(self, name) for name in names} | {"averaged": self.average.steps}

    def load(self, tensors: dict[str, Tensor], numbers: dict) -> None:
        """Restore what `tensors()` and `numbers()` gave, for the same settings and photos."""
        parts: dict[str, dict[str, Tensor]] = {}
        for key, value in tensors.items():
            of, _, name = key.partition("/")
            parts.setdefault(of, {})[name] = value
        copy_tensors(parts["tagger"], self.average.weights)
        for name, values in parts.get("average", {}).items():
            self.average.averages[name].copy_(values)
        owners = {int(of.partition(".")[2]): of for of in parts if of.startswith("optimiser.")}
        slots = {number: parts[of] for number, of in sorted(owners.items())}
        groups = self.optimiser.state_dict()["param_groups"]
        self.optimiser.load_state_dict({"state": slots, "param_groups": groups})
        if self.tag_optimiser:
            self.tag_optimiser.load(parts.get(TAG_OPTIMISER, {}))
        self.generator.set_state(parts["generator"]["state"])
        self.best_weights = parts.get("best", {})
        for name, value in numbers.items():
            if name == "averaged":
                self.average.steps = value
            else:
                setattr(self, name, value)
        if self.batches_done:
            self.epoch_start = parts["epoch_start"]["state"]
            if self.negatives:
                self.negatives.sample_epoch(self.epoch, parts["negatives"]["before"])
