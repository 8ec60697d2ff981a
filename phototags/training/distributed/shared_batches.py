"""Several processes share the photos of each batch, and all learn what one would have learned.

Each process embeds its part of the photos, all get all embeddings, and each computes the complete
loss from them. So every loss comes out as on one process, also one that is no mean over photos (the
batch's negatives, WARP's ranks). Gradients of the head are of the own photos and are summed;
the tag table and its bias, joint moves included, are the same computation everywhere (on GPUs up
to the order of sums). What is expensive, a backbone's passes, is shared; what is repeated, the
scores, is small beside it.

Layers of a backbone that depend on a batch or on random numbers are not shared: `batch_norm: batch`
uses the statistics of the own photos, of which the first process' are written, and dropout is drawn
in each process for its own photos. All processes still have the same weights after each step.
"""

from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor, nn

from phototags.systems.parts.heads import Dropout
from phototags.training.checkpoints import Checkpoint
from phototags.training.context import Evaluate
from phototags.training.end_to_end import BackboneAndHead
from phototags.training.state import TrainState


def part_of_process(photos: int, process: int, processes: int) -> slice:
    """The photos of a batch that a process embeds; the last processes may have fewer, or none.

    >>> [part_of_process(5, process, 3) for process in range(3)]
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    most = -(-photos // processes)
    return slice(min(process * most, photos), min((process + 1) * most, photos))


def share_photos(state: TrainState) -> None:
    """Let the tagger's head embed only this process' photos, and sum its gradients.

    A TrainContext's `on_start`. The processes must have begun with equal weights and generators.
    """
    head = state.tagger.head
    head.register_forward_pre_hook(keep_own_photos)
    head.register_forward_hook(gather_embeddings)
    state.optimiser.register_step_pre_hook(lambda *_: sum_gradients(head))


def keep_own_photos(head: nn.Module, inputs: tuple[Tensor]) -> tuple[Tensor] | None:
    """The own part of what the head is given in training, (b, ...) of (B, ...)."""
    if not head.training:
        return None
    photos = inputs[0]
    part = part_of_process(len(photos), dist.get_rank(), dist.get_world_size())
    head.shared_photos = len(photos)
    for module in head.modules():
        if isinstance(module, Dropout | BackboneAndHead):
            module.part = (part, len(photos))
    return (photos[part],)


def gather_embeddings(head: nn.Module, inputs: tuple[Tensor], own: Tensor) -> Tensor | None:
    """(B, D), every process' embeddings in the photos' order; gradients reach the own ones."""
    if not head.training:
        return None
    photos, process, processes = head.shared_photos, dist.get_rank(), dist.get_world_size()
    parts = [part_of_process(photos, one, processes) for one in range(processes)]
    padded = own.new_zeros(-(-photos // processes), *own.shape[1:])
    padded[: len(own)] = own.detach()
    everyone = [torch.empty_like(padded) for _ in parts]
    dist.all_gather(everyone, padded)
    rows = [all_[: part.stop - part.start] for all_, part in zip(everyone, parts, strict=True)]
    rows[process] = own
    return torch.cat(rows)


def sum_gradients(head: nn.Module) -> None:
    """Replace each weight's gradient by the sum over all processes."""
    for weight in head.parameters():
        if weight.requires_grad:
            if weight.grad is None:  # it had no photo: the others wait for its part of the sum
                weight.grad = torch.zeros_like(weight)
            dist.all_reduce(weight.grad)


def evaluate_on_first(evaluate: Evaluate) -> Evaluate:
    """Let the first process evaluate and give all its score: they must stop at the same epoch."""

    def evaluate_all(tagger: nn.Module) -> float:
        score = torch.zeros(1, dtype=torch.float64)
        if not dist.get_rank():
            score += evaluate(tagger)
        dist.broadcast(score, 0)
        return score.item()

    return evaluate_all


class SharedCheckpoint(Checkpoint):
    """One file that all processes resume from and the first writes."""

    def __init__(self, path: Path | str, fingerprint: str, seconds: float = 0.0):
        super().__init__(path, fingerprint, seconds)
        self.first = not dist.get_rank()

    def resume(self, state: TrainState) -> bool:
        """As a checkpoint's; nobody goes on, to write or remove it, before all have read it."""
        restored = super().resume(state)
        dist.all_reduce(torch.zeros(1))  # a barrier on the processor, whatever the device
        return restored

    def is_due(self) -> bool:
        """As a checkpoint's, for the first process alone."""
        return self.first and super().is_due()

    def remove(self) -> None:
        """As a checkpoint's, by the first process alone."""
        if self.first:
            super().remove()
