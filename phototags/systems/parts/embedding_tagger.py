"""The tagger of all systems that learn by gradient: a photo's embedding meets tag vectors."""

import torch
from torch import Tensor, nn

from phototags.systems.parts.tag_table import local_rows


class EmbeddingTagger(nn.Module):
    """score(photo, tag) = head(features) . vector of the tag + bias of the tag.

    Args:
        head: (B, n) -> (B, D).
        tag_vectors: (T, D) float32.
        bias: (T,) float32. The same for every photo, so a search for a tag may leave it out.
    """

    rows = slice(None)
    """The tags that it scores: all, or one process' part of a table that several share."""
    frozen: tuple[str, ...] = ()
    """Names of the tensors that no step changes."""

    def __init__(self, head: nn.Module, tag_vectors: Tensor, bias: Tensor):
        super().__init__()
        self.head = head
        self.tag_vectors = nn.Parameter(tag_vectors.clone())
        self.bias = nn.Parameter(bias.clone())

    def freeze_tables(self, joint: bool = False) -> "EmbeddingTagger":
        """Take the tag vectors and the bias from the optimiser; joint ones still change."""
        self.tag_vectors.requires_grad_(False)
        self.bias.requires_grad_(False)
        self.frozen = ("bias",) if joint else ("tag_vectors", "bias")
        return self

    def place(self, head: torch.device | str, table: torch.device | str) -> None:
        """Move the head to one device and the tag table to the same or another.

        "Wide on the CPU, deep on the GPU" (Attalos 2016): a table that outgrows a GPU stays in
        host memory. Of a step only the embeddings, (B, D), travel there, and their gradients back.
        """
        self.to(table)
        self.head.to(head)

    def embed(self, features: Tensor) -> Tensor:
        """(B, n) on any device to (B, D) float32 in the tag vectors' space, on their device."""
        return self.head(features).to(self.bias.device)

    def forward(self, features: Tensor) -> Tensor:
        """(B, n) to (B, T) float, with gradients, on the tag vectors' device."""
        return self.embed(features) @ self.tag_vectors.T + self.bias

    def pair_scores(self, embeddings: Tensor, tags: Tensor) -> Tensor:
        """Score K tags of each photo, without bias and without gradients of the tag vectors.

        Args:
            embeddings: (B, D) float. tags: (B, K) int64; tags without a row here score 0.

        Returns:
            (B, K) float.
        """
        own, here = local_rows(tags, self.rows, len(self.tag_vectors))
        scores = torch.einsum("bkd,bd->bk", self.tag_vectors.detach()[own], embeddings)
        return scores if here is None else scores * here

    @torch.inference_mode()
    def scores(self, features: Tensor) -> Tensor:
        """(B, n) to (B, T) float on the CPU, more is likelier; no dropout, no gradients."""
        training = self.training
        self.eval()
        try:
            return self(features).cpu()
        finally:
            self.train(training)

    def tensors(self) -> dict[str, Tensor]:
        """The tensors that `from_tensors` of its system restores it from."""
        return dict(self.state_dict())
