"""Taggers that look at no photo, or only at the photos that look alike."""

import zlib

import torch
from torch import Tensor

from phototags.systems.parts.heads import Scaled

CHUNK = 1024  # photos compared with all training photos at a time: 1,024 x 10^6 are 4 GB


class FrequencyTagger:
    """Every photo gets the commonest tags, or the rarest.

    Args:
        counts: (T,) int64, training photos that have each tag.
    """

    def __init__(self, counts: Tensor, rarest: bool = False):
        self.counts, self.rarest = counts, rarest

    def tensors(self) -> dict[str, Tensor]:
        """What the tagger knows, to be written."""
        return {"counts": self.counts}

    def scores(self, features: Tensor) -> Tensor:
        """(B, n) to (B, T) float: the tags' counts, negative for the rarest.

        >>> FrequencyTagger(torch.tensor([3, 9])).scores(torch.zeros(1, 4)).tolist()
        [[3.0, 9.0]]
        """
        return (-self.counts if self.rarest else self.counts).float().expand(len(features), -1)


class RandomTagger:
    """Every photo gets tags drawn for it alone, the same whenever it is asked.

    Args:
        tags: T.
        seed: another seed draws other tags.
    """

    def __init__(self, tags: int, seed: int):
        self.tags, self.seed = tags, seed

    def tensors(self) -> dict[str, Tensor]:
        """What the tagger knows, to be written."""
        return {"seed": torch.tensor(self.seed), "tags": torch.tensor(self.tags)}

    def scores(self, features: Tensor) -> Tensor:
        """(B, n) to (B, T) float in [0, 1), drawn from the seed and the photo's features."""
        scores = torch.empty(len(features), self.tags)
        for photo, own in zip(features.float().contiguous().numpy(), scores, strict=True):
            seed = zlib.crc32(photo.tobytes(), self.seed)
            own.uniform_(generator=torch.Generator().manual_seed(seed))
        return scores


class NeighboursTagger:
    """The tags of the training photos that look most alike.

    The baseline that stood over its time's learned models (Makadia, Pavlovic & Kumar, ECCV
    2008). Each of the nearest photos gives its cosine to every tag it has, so a nearer one
    outvotes a farther one; a tag's share of all training photos decides between tags that no
    neighbour or equal neighbours have.

    Args:
        features: (N, n) float16, scaled features of the training photos, each of length one.
        tags: (E,) int64, the tags of photo 0, of photo 1, ...
        ends: (N + 1,) int64, photo i owns tags[ends[i]:ends[i + 1]].
        counts: (T,) int64, training photos that have each tag.
        neighbours: photos that vote.
    """

    def __init__(
        self, features: Tensor, tags: Tensor, ends: Tensor, counts: Tensor, neighbours: int
    ):
        self.features, self.tags, self.ends, self.counts = features, tags, ends, counts
        self.neighbours = min(neighbours, len(features))
        self.scaled = Scaled("root", features.shape[1])

    def tensors(self) -> dict[str, Tensor]:
        """What the tagger knows, to be written."""
        return {
            "features": self.features,
            "tags": self.tags,
            "ends": self.ends,
            "counts": self.counts,
        }

    def scores(self, features: Tensor) -> Tensor:
        """(B, n) to (B, T) float: the neighbours' cosines summed, at most `neighbours` + 1."""
        return torch.cat([self.votes(chunk) for chunk in features.split(CHUNK)])

    def votes(self, features: Tensor) -> Tensor:
        """The same for a chunk."""
        cosines = unit(self.scaled(features.float())) @ self.features.float().T
        near, who = cosines.topk(self.neighbours, dim=1)
        share = self.counts / len(self.features) * 1e-3
        scores = share.expand(len(features), -1).clone()
        sizes = self.ends.diff()[who].flatten()
        photos = torch.arange(len(features)).repeat_interleave(self.neighbours)
        photos = photos.repeat_interleave(sizes)
        first = self.ends[:-1][who].flatten().repeat_interleave(sizes)
        inside = torch.arange(len(first)) - (sizes.cumsum(0) - sizes).repeat_interleave(sizes)
        votes = near.flatten().repeat_interleave(sizes)
        return scores.index_put_((photos, self.tags[first + inside]), votes, accumulate=True)


def unit(vectors: Tensor) -> Tensor:
    """Rows of length one; a zero row stays zero."""
    return torch.nn.functional.normalize(vectors)


def remember(
    features: Tensor, tags: Tensor, ends: Tensor, counts: Tensor, neighbours: int
) -> NeighboursTagger:
    """A neighbours tagger from the training photos' features (N, n) as they were cached."""
    scaled = unit(Scaled("root", features.shape[1])(features.float()))
    return NeighboursTagger(scaled.half(), tags, ends, counts, neighbours)
