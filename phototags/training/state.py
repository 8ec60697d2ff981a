"""All that a training has come to after a step, so that it can go on from there."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from phototags.systems.parts.tagged_photos import Batch
from phototags.training.averaging import MovingAverage, copied
from phototags.training.batch_loader import BatchLoader
from phototags.training.negatives import DrawnEachEpoch


@dataclass(eq=False)
class Course:
    """The state between two steps; everything else follows from settings and photos.

    In the middle of an epoch the photos that it still has to show are drawn again, from where the
    generator was at its beginning.

    Args:
        tagger: its weights change in place.
        optimiser: of those that learn by gradient.
        average: of all weights that move; what is judged.
        generator: what every draw of the training comes from.
        negatives: those that stand for a whole epoch, where there are such.
        rows: an epoch each: epoch, loss, validation_map.
        best: the epoch whose averages are kept, 0 before the first. weights: these averages.
        batches: of the epoch under way that are learned. photos: in them. costs: their losses'
            sum over photos. begun: the generator's state when the epoch began.
    """

    tagger: nn.Module
    optimiser: torch.optim.Optimizer
    average: MovingAverage
    generator: torch.Generator
    negatives: DrawnEachEpoch | None = None
    rows: list[dict] = field(default_factory=list)
    best: int = 0
    weights: dict[str, Tensor] = field(default_factory=dict)
    batches: int = 0
    photos: int = 0
    costs: float = 0.0
    begun: Tensor | None = None

    @property
    def epoch(self) -> int:
        """That under way, from 1."""
        return len(self.rows) + 1

    @property
    def scores(self) -> list[float]:
        """Validation mAP of each epoch."""
        return [row["validation_map"] for row in self.rows]

    def over(self, epochs: int, patience: int) -> bool:
        """Whether all epochs have passed, or too many since the best."""
        passed = len(self.rows)
        return passed >= epochs or (passed > 0 and passed - self.best >= patience)

    def rest(self, feed: BatchLoader) -> Iterator[Batch]:
        """The batches of the epoch that are not learned yet."""
        now = self.generator.get_state()
        if not self.batches:
            self.begun = now
            return feed.batches(self.epoch, self.generator)
        self.generator.set_state(self.begun)
        batches = feed.batches(self.epoch, self.generator, self.batches)
        self.generator.set_state(now)
        return batches

    def note(self, score: float) -> None:
        """End an epoch; without a score (nan) the latest counts as the best."""
        better = not self.best or math.isnan(score) or score > self.scores[self.best - 1]
        if better:
            self.best, self.weights = self.epoch, copied(self.average.averages)
        loss = self.costs / max(self.photos, 1)
        self.rows.append({"epoch": self.epoch, "loss": loss, "validation_map": score})
        self.batches, self.photos, self.costs, self.begun = 0, 0, 0.0, None

    def tensors(self) -> dict[str, Tensor]:
        """All of it that is tensors, by names that say whose they are."""
        parts = {
            "tagger": self.tagger.state_dict(),
            "average": self.average.averages if self.average.share else {},
            "best": self.weights,
            "generator": {"state": self.generator.get_state()},
        }
        for place, state in self.optimiser.state_dict()["state"].items():
            known = {name: value for name, value in state.items() if value is not None}
            parts[f"optimiser.{place}"] = known
        if self.batches:
            parts["begun"] = {"state": self.begun}
            if self.negatives:
                parts["negatives"] = {"before": self.negatives.before}
        return {f"{of}/{name}": value for of, part in parts.items() for name, value in part.items()}

    def numbers(self) -> dict:
        """The rest, as JSON."""
        under_way = {"batches": self.batches, "photos": self.photos, "costs": self.costs}
        so_far = {"rows": self.rows, "best": self.best, "averaged": self.average.steps}
        return so_far | {"under_way": under_way}

    def take_up(self, tensors: dict[str, Tensor], numbers: dict) -> None:
        """Be where `tensors()` and `numbers()` were taken, for the same settings and photos."""
        parts: dict[str, dict[str, Tensor]] = {}
        for key, value in tensors.items():
            of, _, name = key.partition("/")
            parts.setdefault(of, {})[name] = value
        self.tagger.load_state_dict(parts["tagger"])
        for name, values in parts.get("average", {}).items():
            self.average.averages[name].copy_(values)
        places = {int(of.partition(".")[2]): of for of in parts if of.startswith("optimiser.")}
        state = {place: parts[of] for place, of in sorted(places.items())}
        groups = self.optimiser.state_dict()["param_groups"]
        self.optimiser.load_state_dict({"state": state, "param_groups": groups})
        self.generator.set_state(parts["generator"]["state"])
        self.weights = parts.get("best", {})
        self.rows, self.best = numbers["rows"], numbers["best"]
        self.average.steps = numbers["averaged"]
        self.batches, self.photos, self.costs = (
            numbers["under_way"][name] for name in ("batches", "photos", "costs")
        )
        if self.batches:
            self.begun = parts["begun"]["state"]
            if self.negatives:
                self.negatives.draw(self.epoch, parts["negatives"]["before"])
