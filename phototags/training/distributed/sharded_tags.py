"""A tag table in parts, one on each process, for vocabularies that outgrow a GPU.

A step scores only the few tags that it drew. So no row travels: each process scores the drawn
tags whose rows it holds, and the sum over processes is every score. Each row is moved where it
lies. Embeddings, which every process has anyway (`sharing`), get the sum of all gradients.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import nan

import torch
import torch.distributed as dist
from torch import Tensor

from phototags.systems.parts.embedding_tagger import EmbeddingTagger
from phototags.training.context import Judge
from phototags.training.distributed.shared_batches import SharedCheckpoint, part_of_process
from phototags.training.state import Course

IN_PARTS = ("tag_vectors", "bias")


class Summed(torch.autograd.Function):
    """The sum over processes of what each has; the gradient of the sum is each one's own."""

    @staticmethod
    def forward(ctx: object, own: Tensor) -> Tensor:
        return summed(own)

    @staticmethod
    def backward(ctx: object, gradient: Tensor) -> Tensor:
        return gradient


def summed(own: Tensor) -> Tensor:
    """The sum over processes, anew."""
    total = own.clone()
    dist.all_reduce(total)
    return total


class ShardedTagger(EmbeddingTagger):
    """Holds its process' rows of a table that no gradient moves, and scores these tags only.

    Args:
        whole: the same on every process; its head is taken as it is.
    """

    def __init__(self, whole: EmbeddingTagger):
        rows = part_of_process(len(whole.bias), dist.get_rank(), dist.get_world_size())
        super().__init__(whole.head, whole.tag_vectors.detach()[rows], whole.bias.detach()[rows])
        self.tag_vectors.requires_grad_(False)
        self.bias.requires_grad_(False)
        self.rows, self.still = rows, whole.still

    def embed(self, features: Tensor) -> Tensor:
        """(B, n) float to (B, D) float; its gradient is what all processes' rows say."""
        embeddings = super().embed(features)
        if embeddings.requires_grad:
            embeddings.register_hook(summed)
        return embeddings

    def agreement(self, embeddings: Tensor, drawn: Tensor) -> Tensor:
        """(B, K) scores of drawn tags, whoever has their rows."""
        return Summed.apply(super().agreement(embeddings, drawn))


def whole(tagger: ShardedTagger, tags: int) -> EmbeddingTagger:
    """The tagger with all its rows, on every process; all must ask together."""
    return EmbeddingTagger(tagger.head, *(gathered(getattr(tagger, of), tags) for of in IN_PARTS))


def gathered(own: Tensor, tags: int) -> Tensor:
    """(T, ...) from every process' rows."""
    processes = dist.get_world_size()
    own = own.detach().cpu()  # a GPU may have no room for all
    padded = own.new_zeros(-(-tags // processes), *own.shape[1:])
    padded[: len(own)] = own
    parts = [torch.empty_like(padded) for _ in range(processes)]
    dist.all_gather(parts, padded)
    return torch.cat(parts)[:tags]  # only the last ones are padded


def judged_in_parts(has: Tensor) -> Callable[[Judge], Judge]:
    """Each process judges its own tags; all are told the mean over all.

    Args:
        has: (T,) bool, tags that a validation photo has: mAP is a mean over these.
    """

    def judged(judge: Judge) -> Judge:
        def told(tagger: ShardedTagger) -> float:
            number = int(has[tagger.rows].sum())
            own = [judge(tagger) * number if number else 0.0, number]
            total, tags = summed(torch.tensor(own, dtype=torch.float64)).tolist()
            return total / tags if tags else nan

        return told

    return judged


@dataclass(eq=False)
class WholeCourse:
    """A course as one process would have it: what is in parts is gathered, and cut again.

    Args:
        course: this process' own. tags: T.
    """

    course: Course
    tags: int

    def __getattr__(self, name: str) -> object:
        return getattr(self.course, name)

    def tensors(self) -> dict[str, Tensor]:
        """The course's, with whole tables; all processes must ask together."""
        own = self.course.tensors()
        return {name: gathered(v, self.tags) if in_parts(name) else v for name, v in own.items()}

    def take_up(self, tensors: dict[str, Tensor], numbers: dict) -> None:
        """The course's, of its own rows."""
        rows = self.course.tagger.rows
        own = {name: v[rows] if in_parts(name) else v for name, v in tensors.items()}
        self.course.take_up(own, numbers)


def in_parts(name: str) -> bool:
    """Whether a tensor of a course is of the tag table: tagger/bias, best/tag_vectors, ..."""
    return name.partition("/")[2] in IN_PARTS


class ShardedCheckpoint(SharedCheckpoint):
    """One file with the whole table, whatever the processes hold."""

    tags = 0

    def resume(self, course: Course) -> bool:
        """As a shared one's."""
        self.tags = int(summed(torch.tensor(len(course.tagger.bias))))
        return super().resume(WholeCourse(course, self.tags))

    def keep(self, course: Course) -> None:
        """As a shared one's, when the first process says that it is time: all must gather."""
        due = torch.tensor(time.monotonic() >= self.next)
        dist.broadcast(due, 0)
        if due:
            state = WholeCourse(course, self.tags)
            super().keep(Held(state.tensors(), state.numbers()))


@dataclass(eq=False)
class Held:
    """A state that was gathered once."""

    gathered: dict[str, Tensor]
    said: dict

    def tensors(self) -> dict[str, Tensor]:
        """As gathered."""
        return self.gathered

    def numbers(self) -> dict:
        """The rest."""
        return self.said
