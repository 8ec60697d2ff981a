"""Several processes share the photos of each batch, and all learn what one would have learned.

Each process embeds its part of the photos, all get all embeddings, and each computes the whole
loss from them. So every loss comes out as on one process, those that are no mean over photos (the
batch's negatives, WARP's ranks) too. Gradients of the head are of the own photos and are summed;
the tag table and its bias, joint moves included, are the same computation everywhere (on GPUs up
to the order of sums). What is costly, a backbone's passes, is shared; what is repeated, the scores,
is small beside it.

Not so a backbone's own layers that look at a batch or draw: `batch_norm: batch` goes by the own
photos' statistics, of which the first process' are written, and its dropout is drawn on each
process for its own photos. All processes still have the same weights after each step.
"""

from collections.abc import Callable
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor, nn

from phototags.systems.parts.heads import Dropout
from phototags.training.checkpoints import Checkpoint
from phototags.training.end_to_end import BackboneAndHead
from phototags.training.state import Course


def part_of_process(photos: int, process: int, processes: int) -> slice:
    """Which photos of a batch a process embeds; the last ones may have fewer, or none.

    >>> [part_of_process(5, process, 3) for process in range(3)]
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    most = -(-photos // processes)
    return slice(min(process * most, photos), min((process + 1) * most, photos))


def share_photos(course: Course) -> None:
    """Let the tagger's head embed only this process' photos, and sum its gradients; `fit`'s
    `prepare`.

    The processes must have begun with equal weights and generators.
    """
    head = course.tagger.head
    head.register_forward_pre_hook(only_own)
    head.register_forward_hook(gather_all)
    course.optimiser.register_step_pre_hook(lambda *_: sum_gradients(head))


def only_own(head: nn.Module, inputs: tuple[Tensor]) -> tuple[Tensor] | None:
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


def gather_all(head: nn.Module, inputs: tuple[Tensor], own: Tensor) -> Tensor | None:
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
    """Each weight's gradient becomes the sum of all processes'."""
    for weight in head.parameters():
        if weight.requires_grad:
            if weight.grad is None:  # it had no photo: the others wait for its part of the sum
                weight.grad = torch.zeros_like(weight)
            dist.all_reduce(weight.grad)


def judged_once(judge: Callable[[nn.Module], float]) -> Callable[[nn.Module], float]:
    """The first process' judgement, told to all: they must stop at the same epoch."""

    def told(tagger: nn.Module) -> float:
        score = torch.zeros(1, dtype=torch.float64)
        if not dist.get_rank():
            score += judge(tagger)
        dist.broadcast(score, 0)
        return score.item()

    return told


class SharedCheckpoint(Checkpoint):
    """All processes go on from one file, which the first writes."""

    def __init__(self, path: Path | str, fingerprint: str, seconds: float = 0.0):
        super().__init__(path, fingerprint, seconds)
        self.first = not dist.get_rank()

    def resume(self, course: Course) -> bool:
        """As a checkpoint's; nobody goes on, to write or remove it, before all have read it."""
        moved = super().resume(course)
        dist.all_reduce(torch.zeros(1))  # a barrier on the processor, whatever the device
        return moved

    def keep(self, course: Course) -> None:
        """As a checkpoint's, by the first process alone."""
        if self.first:
            super().keep(course)

    def remove(self) -> None:
        """As a checkpoint's, by the first process alone."""
        if self.first:
            super().remove()
