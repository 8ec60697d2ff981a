"""A tag table of which each process keeps a part, for vocabularies that outgrow a GPU.

A step scores only the few tags that it sampled, so no row is sent: each process scores those
sampled tags whose rows it has, and the sum over processes gives every score. Each row is updated
where it is. Embeddings, which every process has anyway (`shared_batches`), get the sum of all
gradients.
"""

from collections.abc import Callable, Mapping
from math import nan

import torch
import torch.distributed as dist
from torch import Tensor

from phototags.systems.parts.embedding_tagger import EmbeddingTagger
from phototags.training.checkpoints import Checkpoint
from phototags.training.context import Evaluate
from phototags.training.distributed.shared_batches import SharedCheckpoint, part_of_process
from phototags.training.state import TAG_OPTIMISER, TrainState

SHARDED = ("tag_vectors", "bias")


class SumOverProcesses(torch.autograd.Function):
    """The sum of what each process has; the gradient of the sum is that of each summand."""

    @staticmethod
    def forward(ctx: object, own: Tensor) -> Tensor:
        return sum_over_processes(own)

    @staticmethod
    def backward(ctx: object, gradient: Tensor) -> Tensor:
        return gradient


def sum_over_processes(own: Tensor) -> Tensor:
    """The sum over processes, as a new tensor."""
    total = own.clone()
    dist.all_reduce(total)
    return total


class ShardedTagger(EmbeddingTagger):
    """A tagger with this process' rows of the tag table, which no gradient moves.

    Args:
        tagger: the same on every process; its head is used as it is.
    """

    def __init__(self, tagger: EmbeddingTagger):
        rows = part_of_process(len(tagger.bias), dist.get_rank(), dist.get_world_size())
        tables = tagger.tag_vectors.detach()[rows], tagger.bias.detach()[rows]
        super().__init__(tagger.head, *tables)
        self.tag_vectors.requires_grad_(False)
        self.bias.requires_grad_(False)
        self.rows, self.frozen = rows, tagger.frozen

    def embed(self, features: Tensor) -> Tensor:
        """(B, n) float to (B, D) float; its gradient is the sum over all processes' rows."""
        embeddings = super().embed(features)
        if embeddings.requires_grad:
            embeddings.register_hook(sum_over_processes)
        return embeddings

    def pair_scores(self, embeddings: Tensor, drawn: Tensor) -> Tensor:
        """(B, K) scores of sampled tags, whichever process has their rows."""
        return SumOverProcesses.apply(super().pair_scores(embeddings, drawn))


def gather_tagger(tagger: ShardedTagger, n_tags: int) -> EmbeddingTagger:
    """The tagger with all its rows, on every process; all must call together."""
    return EmbeddingTagger(
        tagger.head, *(gather_table(getattr(tagger, name), n_tags) for name in SHARDED)
    )


def gather_table(own: Tensor, n_tags: int) -> Tensor:
    """(T, ...) in host memory, from every process' rows; all must call together."""
    processes = dist.get_world_size()
    own = own.detach().cpu()  # a GPU may have no room for all
    padded = own.new_zeros(-(-n_tags // processes), *own.shape[1:])
    padded[: len(own)] = own
    parts = [torch.empty_like(padded) for _ in range(processes)]
    dist.all_gather(parts, padded)
    return torch.cat(parts)[:n_tags]  # only the last ones are padded


def evaluate_by_shard(present: Tensor) -> Callable[[Evaluate], Evaluate]:
    """Let each process evaluate its own tags, and give all the mean over all tags.

    Args:
        present: (T,) bool, tags that a validation photo has: mAP is a mean over these.
    """

    def wrap(evaluate: Evaluate) -> Evaluate:
        def evaluate_all(tagger: ShardedTagger) -> float:
            number = int(present[tagger.rows].sum())
            own = [evaluate(tagger) * number if number else 0.0, number]
            total, tags = sum_over_processes(torch.tensor(own, dtype=torch.float64)).tolist()
            return total / tags if tags else nan

        return evaluate_all

    return wrap


def is_sharded(name: str) -> bool:
    """Whether a state's tensor has a row a tag: tagger/bias, best/tag_vectors, ..."""
    owner, _, of = name.partition("/")
    return of in SHARDED or owner == TAG_OPTIMISER


class ShardedCheckpoint(SharedCheckpoint):
    """One file with the complete table, whatever rows the processes have."""

    def is_due(self) -> bool:
        """As the first process' clock says: all must gather."""
        due = torch.tensor(Checkpoint.is_due(self))
        dist.broadcast(due, 0)
        return bool(due)

    def read_state(self, state: TrainState) -> dict[str, Tensor]:
        """The state's tensors with complete tables; all processes must call together."""
        n_tags = int(sum_over_processes(torch.tensor(len(state.tagger.bias))))
        return {
            name: gather_table(values, n_tags) if is_sharded(name) else values
            for name, values in state.tensors().items()
        }

    def write(self, tensors: Mapping[str, Tensor], numbers: Mapping) -> None:
        if self.first:
            super().write(tensors, numbers)

    def load_state(self, state: TrainState, tensors: dict[str, Tensor], numbers: dict) -> None:
        """Restore the state, of a table this process' rows."""
        rows = state.tagger.rows
        own = {
            name: values[rows] if is_sharded(name) else values for name, values in tensors.items()
        }
        super().load_state(state, own, numbers)
