"""Baseline taggers, which look at no photo, or only at the most similar training photos."""

import zlib

import torch
from torch import Tensor
from torch.nn.functional import normalize

from phototags.systems.parts.heads import FeatureScaler, Scaling

CHUNK = 1024  # photos compared with all training photos at a time: 1,024 x 10^6 are 4 GB


class FrequencyTagger:
    """Gives every photo the commonest tags, or the rarest.

    Args:
        counts: (T,) int64, training photos that have each tag.
    """

    def __init__(self, counts: Tensor, rarest: bool = False):
        self.counts, self.rarest = counts, rarest

    def tensors(self) -> dict[str, Tensor]:
        return {"counts": self.counts}

    def scores(self, features: Tensor) -> Tensor:
        """(B, n) to (B, T) float: the tags' counts, negative for the rarest.

        >>> FrequencyTagger(torch.tensor([3, 9])).scores(torch.zeros(1, 4)).tolist()
        [[3.0, 9.0]]
        """
        return (-self.counts if self.rarest else self.counts).float().expand(len(features), -1)


class RandomTagger:
    """Gives every photo random scores, the same ones whenever it is scored.

    Args:
        tags: T. seed: of the scores.
    """

    def __init__(self, tags: int, seed: int):
        self.tags, self.seed = tags, seed

    def tensors(self) -> dict[str, Tensor]:
        return {"seed": torch.tensor(self.seed), "tags": torch.tensor(self.tags)}

    def scores(self, features: Tensor) -> Tensor:
        """(B, n) to (B, T) float in [0, 1), drawn from the seed and the photo's features."""
        scores = torch.empty(len(features), self.tags)
        for photo, own in zip(features.float().contiguous().numpy(), scores, strict=True):
            seed = zlib.crc32(photo.tobytes(), self.seed)
            own.uniform_(generator=torch.Generator().manual_seed(seed))
        return scores


class KnnTagger:
    """Gives the tags of the most similar training photos.

    A baseline that was better than the learned models of its time (Makadia, Pavlovic & Kumar,
    ECCV 2008). Each of the nearest photos votes for its tags with its cosine, so that a nearer
    one counts more; the tags' shares of all training photos break ties.

    Args:
        features: (N, n) float16, scaled features of the training photos, of unit length.
        tags: (E,) int64, the tags of photo 0, of photo 1, ...
        ends: (N + 1,) int64, photo i has tags[ends[i]:ends[i + 1]].
        counts: (T,) int64, training photos that have each tag.
        neighbours: photos that vote.
        scaling: of `FeatureScaler`, as the training photos' features were scaled.
    """

    def __init__(
        self,
        features: Tensor,
        tags: Tensor,
        ends: Tensor,
        counts: Tensor,
        neighbours: int,
        scaling: Scaling = "root",
    ):
        self.features, self.tags, self.ends, self.counts = features, tags, ends, counts
        self.neighbours = min(neighbours, len(features))
        self.scale = FeatureScaler(scaling, features.shape[1])

    def tensors(self) -> dict[str, Tensor]:
        return {name: getattr(self, name) for name in ("features", "tags", "ends", "counts")}

    def scores(self, features: Tensor) -> Tensor:
        """(B, n) to (B, T) float: the neighbours' cosines summed, at most `neighbours` + 1."""
        return torch.cat([self.score_chunk(chunk) for chunk in features.split(CHUNK)])

    def score_chunk(self, features: Tensor) -> Tensor:
        """(B, n) to (B, T) float, for photos whose similarities fit in memory."""
        similarities = normalize(self.scale(features.float())) @ self.features.float().T
        cosines, nearest = similarities.topk(self.neighbours, dim=1)
        share = self.counts / len(self.features) * 1e-3
        scores = share.expand(len(features), -1).clone()
        sizes = self.ends.diff()[nearest].flatten()
        photos = torch.arange(len(features)).repeat_interleave(self.neighbours)
        photos = photos.repeat_interleave(sizes)
        first = self.ends[:-1][nearest].flatten().repeat_interleave(sizes)
        inside = torch.arange(len(first)) - (sizes.cumsum(0) - sizes).repeat_interleave(sizes)
        votes = cosines.flatten().repeat_interleave(sizes)
        return scores.index_put_((photos, self.tags[first + inside]), votes, accumulate=True)


def fit_knn(
    features: Tensor,
    tags: Tensor,
    ends: Tensor,
    counts: Tensor,
    neighbours: int,
    scaling: Scaling = "root",
) -> KnnTagger:
    """Make a nearest-neighbours tagger from the training photos' unscaled features (N, n)."""
    scaled = normalize(FeatureScaler(scaling, features.shape[1])(features.float()))
    return KnnTagger(scaled.half(), tags, ends, counts, neighbours, scaling)
