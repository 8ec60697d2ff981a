"""Optimisers of the tag table that touch only the rows of a step's tags."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

import torch
from torch import Tensor

from phototags.systems.parts.tag_table import ALL, local_rows


class TagOptimiser(ABC):
    """Moves some rows of a table against their gradients, and keeps a state for each row.

    A row steps only when its tag is drawn. torch's dense optimisers would move all rows in each
    step by their momentum, and read and write the whole table.

    Args:
        learning_rate: of every row.
    """

    def __init__(self, learning_rate: float):
        self.learning_rate = learning_rate
        self.state: dict[str, Tensor] = {}

    @torch.no_grad()
    def step(self, table: Tensor, rows: Tensor, gradients: Tensor) -> None:
        """Move rows of the table in place.

        Args:
            table: (T, D) float, on any device. rows: (R,) int64, each once.
            gradients: (R, D) float, of the loss.
        """
        if not self.state:
            self.state = self.make_state(table)
        self.state = {name: values.to(table.device) for name, values in self.state.items()}
        rows = rows.to(table.device)
        table[rows] -= self.learning_rate * self.scale(rows, gradients.to(table))

    @abstractmethod
    def make_state(self, table: Tensor) -> dict[str, Tensor]:
        """The state of a table before the first step, a row for each of the table's."""

    @abstractmethod
    def scale(self, rows: Tensor, gradients: Tensor) -> Tensor:
        """(R, D) gradients to (R, D) steps at learning rate 1; updates the rows' state."""

    def load(self, state: Mapping[str, Tensor]) -> None:
        """Restore a `state`, as a checkpoint has it."""
        self.state = dict(state)


class RowAdagrad(TagOptimiser):
    """Adagrad with one step size for each row (Duchi et al., JMLR 2011).

    A row's gradient is divided by the root of the sum of its mean squares so far, so that tags
    drawn often and tags drawn seldom move about equally far. One number a row, as recommenders
    keep it for tables of millions of rows: 1 / D of the memory of Adagrad.
    """

    epsilon = 1e-10

    def make_state(self, table: Tensor) -> dict[str, Tensor]:
        return {"sums": table.new_zeros(len(table))}

    def scale(self, rows: Tensor, gradients: Tensor) -> Tensor:
        sums = self.state["sums"][rows] + gradients.square().mean(1)
        self.state["sums"][rows] = sums
        return gradients / (sums.sqrt() + self.epsilon)[:, None]


class RowAdam(TagOptimiser):
    """Adam (Kingma & Ba, ICLR 2015) with moments and a step count for each row.

    Its state is twice as large as the table.
    """

    betas, epsilon = (0.9, 0.999), 1e-8

    def make_state(self, table: Tensor) -> dict[str, Tensor]:
        moments = {name: torch.zeros_like(table) for name in ("means", "squares")}
        return moments | {"steps": table.new_zeros(len(table), dtype=torch.int32)}

    def scale(self, rows: Tensor, gradients: Tensor) -> Tensor:
        steps = self.state["steps"][rows] + 1
        means = self.state["means"][rows].lerp(gradients, 1 - self.betas[0])
        squares = self.state["squares"][rows].lerp(gradients.square(), 1 - self.betas[1])
        for name, values in (("steps", steps), ("means", means), ("squares", squares)):
            self.state[name][rows] = values
        first, second = ((1 - beta ** steps.double()).to(gradients)[:, None] for beta in self.betas)
        return means / first / ((squares / second).sqrt() + self.epsilon)


TAG_OPTIMISERS: Mapping[str, type[TagOptimiser]] = {"adagrad": RowAdagrad, "adam": RowAdam}


def step_on_pairs(
    optimiser: TagOptimiser,
    table: Tensor,
    embeddings: Tensor,
    tags: Tensor,
    errors: Tensor,
    valid: Tensor,
    rows: slice = ALL,
) -> None:
    """One step of the rows of the tags that photos were scored against.

    Args:
        table: (T, D) float, on any device.
        embeddings: (B, D) float, f of each photo.
        tags: (B, K) int64, on the CPU, whose rows are found there without waiting for a GPU.
        errors: (B, K) float, the loss' gradient of each pair's score v . f; of v it is error * f.
        valid: (B, K) bool, on the CPU, False where a pair does not count.
        rows: the tags that the table holds; others are skipped.
    """
    own, here = local_rows(tags, rows, len(table))
    photos, places = (valid if here is None else valid & here).nonzero(as_tuple=True)
    drawn, inverse = own[photos, places].unique(return_inverse=True)
    photos, places, inverse = (one.to(table.device) for one in (photos, places, inverse))
    updates = errors.detach()[photos, places][:, None] * embeddings.detach()[photos]
    gradients = updates.new_zeros(len(drawn), table.shape[1]).index_add_(0, inverse, updates)
    optimiser.step(table, drawn, gradients)
