"""Photos with features and known tags, and batches of them: what systems learn from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn.functional import pad

from phototags.tags.encoding import TagSets
from phototags.tags.padding import PADDING, multi_hot, pad_tags


@dataclass(frozen=True, eq=False)
class TaggedPhotos:
    """Photos that have features and at least one tag of the vocabulary.

    Args:
        ids: N photo ids, for error messages.
        features: (N, n) float32, or (N, n + m) with the features of each photo's user appended.
        tags: (N, L) int64, tag numbers of each photo, padded with PADDING.
        n_left_out: photos that were left out because none of their tags is known.
        n_user_features: m, the last columns of `features`, which describe the photo's user.
        rows: N rows of the photo table, by which a photo's picture is found; None where no
            picture is read.
    """

    ids: Sequence[str]
    features: Tensor
    tags: Tensor
    n_left_out: int = 0
    n_user_features: int = 0
    rows: Sequence[int] | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def sizes(self) -> Tensor:
        """(N,) int64, number of tags of each photo, at least one."""
        return (self.tags != PADDING).sum(1)

    def counts(self, vocabulary: int) -> Tensor:
        """(T,) int64, number of photos that have each tag."""
        return torch.bincount(self.tags[self.tags != PADDING], minlength=vocabulary)

    def smooth_rates(self, vocabulary: int) -> Tensor:
        """(T,) float32 in (0, 1), share of photos that have the tag, as if one more had it."""
        return ((self.counts(vocabulary) + 1) / (len(self) + 2)).float()

    def relevant(self, vocabulary: int) -> Tensor:
        """(N, T) bool, True where the photo has the tag."""
        return multi_hot(self.tags, vocabulary)


@dataclass(frozen=True, eq=False)
class Batch:
    """Photos of one training step.

    Args:
        indices: (B,) int64, positions of the photos in the loader's TaggedPhotos.
        features: (B, n) float32, or (B, 3, S, S) uint8 pixels where the backbone learns too.
        tags: (B, L) int64 padded, all known tags of each photo, at least one: none of them may be
            one of its negatives.
        epoch: number of the epoch, from 1.
        epoch_fraction: in (0, 1], share of the epoch's photos seen up to the end of this batch.
        kept_tags: (B, K) int64 padded, those of `tags` that positives are sampled from, at least
            one; None where these are all.
    """

    indices: Tensor
    features: Tensor
    tags: Tensor
    epoch: int
    epoch_fraction: float = 1.0
    kept_tags: Tensor | None = None

    @property
    def positive_tags(self) -> Tensor:
        """(B, K) int64 padded, the tags that positives are sampled from."""
        return self.tags if self.kept_tags is None else self.kept_tags


def select_tagged(
    ids: Sequence[str], rows: Sequence[int], features: Tensor, tag_sets: TagSets
) -> TaggedPhotos:
    """Leave out, and count, the photos without a known tag: nothing can be learned from them.

    >>> sets = TagSets(torch.tensor([4, 2]).numpy(), torch.tensor([0, 0, 2]).numpy())
    >>> photos = select_tagged(["a", "b"], [7, 8], torch.zeros(2, 8), sets)
    >>> photos.ids, photos.rows, photos.tags.tolist(), photos.n_left_out
    (['b'], [8], [[4, 2]], 1)
    """
    known = torch.from_numpy(tag_sets.sizes > 0)
    every = TaggedPhotos(ids, features, pad_tags(tag_sets), int((~known).sum()), rows=rows)
    chosen = take(every, known.nonzero()[:, 0])
    return replace(chosen, features=chosen.features.float())


def sample_photos(photos: TaggedPhotos, number: int | None, seed: int) -> TaggedPhotos:
    """Sample at most `number` of the photos, in their order, to measure what little data is worth.

    Args:
        number: None takes all; a larger sample contains the photos of a smaller one.
        seed: the same seed samples the same photos for every system.

    >>> three = TaggedPhotos(["a", "b", "c"], torch.ones(3, 2), torch.tensor([[0], [1], [2]]))
    >>> sample_photos(three, 5, seed=0).ids, len(sample_photos(three, 2, seed=0))
    (['a', 'b', 'c'], 2)
    """
    if number is None or number >= len(photos):
        return photos
    order = torch.randperm(len(photos), generator=torch.Generator().manual_seed(seed))
    return take(photos, order[:number].sort().values)


def take(photos: TaggedPhotos, indices: Tensor) -> TaggedPhotos:
    """Select photos by position, in the order of `indices`, (M,) int64."""
    positions = indices.tolist()
    return replace(
        photos,
        ids=[photos.ids[one] for one in positions],
        rows=None if photos.rows is None else [photos.rows[one] for one in positions],
        features=photos.features[indices],
        tags=photos.tags[indices],
    )


def concatenate(first: TaggedPhotos, second: TaggedPhotos) -> TaggedPhotos:
    """All photos of `first`, then all of `second`; their rows are left out.

    >>> one = TaggedPhotos(["a"], torch.ones(1, 2), torch.tensor([[0, 1]]))
    >>> two = TaggedPhotos(["b"], torch.ones(1, 2), torch.tensor([[2]]))
    >>> concatenate(one, two).tags.tolist()
    [[0, 1], [2, -1]]
    """
    length = max(first.tags.shape[1], second.tags.shape[1])
    tags = [
        pad(part.tags, (0, length - part.tags.shape[1]), value=PADDING) for part in (first, second)
    ]
    return TaggedPhotos(
        [*first.ids, *second.ids],
        torch.cat([first.features, second.features]),
        torch.cat(tags),
        first.n_left_out + second.n_left_out,
    )
