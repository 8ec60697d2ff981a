"""The tagger that is trained: a photo's embedding meets the vectors of the tags."""

import torch
from torch import Tensor, nn

from phototags.systems.parts.tag_table import rows_of


class EmbeddingTagger(nn.Module):
    """score(photo, tag) = head(features) . vector of the tag + bias of the tag.

    Args:
        head: (B, n) -> (B, D).
        tag_vectors: (T, D) float32.
        bias: (T,) float32. The same for every photo, so a search for a tag may leave it out.
    """

    rows = slice(None)
    """The tags that it scores: all, but where several processes have a part of the table each."""
    frozen: tuple[str, ...] = ()
    """Names of the tensors that no step moves."""

    def __init__(self, head: nn.Module, tag_vectors: Tensor, bias: Tensor):
        super().__init__()
        self.head = head
        self.tag_vectors = nn.Parameter(tag_vectors.clone())
        self.bias = nn.Parameter(bias.clone())

    def place(self, head: torch.device | str, table: torch.device | str) -> None:
        """Move the head to one device and the tag table to the same or another.

        "Wide on the CPU, deep on the GPU" (Attalos 2016): a table that outgrows a GPU stays in
        host memory. Of a step only the embeddings, (B, D), travel there, and their gradients back.
        """
        self.to(table)
        self.head.to(head)

    def embed(self, features: Tensor) -> Tensor:
        """(B, n) on any device to (B, D) float32, in the space of the tag vectors, beside them."""
        return self.head(features).to(self.bias.device)

    def forward(self, features: Tensor) -> Tensor:
        """(B, n) to (B, T) float, with gradients, where the tag vectors are."""
        return self.embed(features) @ self.tag_vectors.T + self.bias

    def agreement(self, embeddings: Tensor, drawn: Tensor) -> Tensor:
        """Scores of K drawn tags a photo without their bias; the tag vectors get no gradient.

        Args:
            embeddings: (B, D) float. drawn: (B, K) int64; tags without a row here score 0.

        Returns:
            (B, K) float.
        """
        own, here = rows_of(drawn, self.rows, len(self.tag_vectors))
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
        """What the tagger knows, to be written."""
        return dict(self.state_dict())
