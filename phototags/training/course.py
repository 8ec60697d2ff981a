"""All that a training has come to after an epoch, so that it can go on from there."""

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from phototags.training.averaging import MovingAverage, copied


@dataclass(eq=False)
class Course:
    """The state between two epochs; everything else follows from settings and photos.

    Args:
        tagger: its weights change in place.
        optimiser: of those that learn by gradient.
        average: of all weights; what is judged.
        generator: what every draw of the training comes from.
        rows: an epoch each: epoch, loss, validation_map.
        best: the epoch whose averages are kept, 0 before the first. weights: these averages.
    """

    tagger: nn.Module
    optimiser: torch.optim.Optimizer
    average: MovingAverage
    generator: torch.Generator
    rows: list[dict] = field(default_factory=list)
    best: int = 0
    weights: dict[str, Tensor] = field(default_factory=dict)

    @property
    def scores(self) -> list[float]:
        """Validation mAP of each epoch."""
        return [row["validation_map"] for row in self.rows]

    def over(self, epochs: int, patience: int) -> bool:
        """Whether all epochs have passed, or too many since the best."""
        passed = len(self.rows)
        return passed >= epochs or (passed > 0 and passed - self.best >= patience)

    def note(self, loss: float, score: float) -> None:
        """End an epoch; without a score (nan) the latest counts as the best."""
        better = not self.best or math.isnan(score) or score > self.scores[self.best - 1]
        epoch = len(self.rows) + 1
        self.rows.append({"epoch": epoch, "loss": loss, "validation_map": score})
        if better:
            self.best, self.weights = epoch, copied(self.average.averages)

    def tensors(self) -> dict[str, Tensor]:
        """All of it that is tensors, by names that say whose they are."""
        parts = {
            "tagger": self.tagger.state_dict(),
            "average": self.average.averages,
            "best": self.weights,
            "generator": {"state": self.generator.get_state()},
        }
        for place, state in self.optimiser.state_dict()["state"].items():
            known = {name: value for name, value in state.items() if value is not None}
            parts[f"optimiser.{place}"] = known
        return {f"{of}/{name}": value for of, part in parts.items() for name, value in part.items()}

    def numbers(self) -> dict:
        """The rest, as JSON."""
        return {"rows": self.rows, "best": self.best, "averaged": self.average.steps}

    def take_up(self, tensors: dict[str, Tensor], numbers: dict) -> None:
        """Be where `tensors()` and `numbers()` were taken, for the same settings and photos."""
        parts: dict[str, dict[str, Tensor]] = {}
        for key, value in tensors.items():
            of, _, name = key.partition("/")
            parts.setdefault(of, {})[name] = value
        self.tagger.load_state_dict(parts["tagger"])
        for name, values in parts["average"].items():
            self.average.averages[name].copy_(values)
        places = {int(of.partition(".")[2]): of for of in parts if of.startswith("optimiser.")}
        state = {place: parts[of] for place, of in sorted(places.items())}
        groups = self.optimiser.state_dict()["param_groups"]
        self.optimiser.load_state_dict({"state": state, "param_groups": groups})
        self.generator.set_state(parts["generator"]["state"])
        self.weights = parts.get("best", {})
        self.rows, self.best = numbers["rows"], numbers["best"]
        self.average.steps = numbers["averaged"]
