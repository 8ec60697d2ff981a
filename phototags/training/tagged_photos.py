"""Photos with features and known tags, ready to learn from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn.functional import pad

from phototags.tags.encoding import TagSets
from phototags.tags.padding import PADDING, multi_hot, pad_tags


@dataclass(frozen=True, eq=False)
class TaggedPhotos:
    """Every photo here has features and at least one tag of the vocabulary.

    Args:
        ids: N photo ids, for error messages.
        features: (N, n) float32, or (N, n + m) where each photo's user is described behind them.
        tags: (N, L) int64, tag numbers of each photo, ended by PADDING.
        left_out: photos that were not taken, since none of their tags is known.
        described: m, columns of the features that describe a user.
    """

    ids: Sequence[str]
    features: Tensor
    tags: Tensor
    left_out: int = 0
    described: int = 0

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def sizes(self) -> Tensor:
        """(N,) int64, tags a photo, at least one."""
        return (self.tags != PADDING).sum(1)

    def counts(self, vocabulary: int) -> Tensor:
        """(T,) int64, photos that have each tag."""
        return torch.bincount(self.tags[self.tags != PADDING], minlength=vocabulary)

    def relevant(self, vocabulary: int) -> Tensor:
        """(N, T) bool, True where the photo has the tag."""
        return multi_hot(self.tags, vocabulary)


def tagged(ids: Sequence[str], features: Tensor, sets: TagSets) -> TaggedPhotos:
    """Leave out, and count, the photos without a known tag: they can teach nothing.

    >>> sets = TagSets(torch.tensor([4, 2]).numpy(), torch.tensor([0, 0, 2]).numpy())
    >>> photos = tagged(["a", "b"], torch.zeros(2, 8), sets)
    >>> photos.ids, photos.tags.tolist(), photos.left_out
    (['b'], [[4, 2]], 1)
    """
    known = torch.from_numpy(sets.sizes > 0)
    kept = [photo for photo, is_known in zip(ids, known.tolist(), strict=True) if is_known]
    return TaggedPhotos(kept, features[known].float(), pad_tags(sets)[known], int((~known).sum()))


def drawn(photos: TaggedPhotos, number: int | None, seed: int) -> TaggedPhotos:
    """At most so many of the photos, in their order: to see what a little clean data is worth.

    Args:
        number: None takes all; a larger one has the photos of a smaller one too.
        seed: the same draws the same photos, whatever learns from them.

    >>> three = TaggedPhotos(["a", "b", "c"], torch.ones(3, 2), torch.tensor([[0], [1], [2]]))
    >>> drawn(three, 5, seed=0).ids, len(drawn(three, 2, seed=0))
    (['a', 'b', 'c'], 2)
    """
    if number is None or number >= len(photos):
        return photos
    order = torch.randperm(len(photos), generator=torch.Generator().manual_seed(seed))
    which = order[:number].sort().values
    ids = [photos.ids[photo] for photo in which.tolist()]
    return replace(photos, ids=ids, features=photos.features[which], tags=photos.tags[which])


def together(photos: TaggedPhotos, others: TaggedPhotos) -> TaggedPhotos:
    """All of both, in order.

    >>> one = TaggedPhotos(["a"], torch.ones(1, 2), torch.tensor([[0, 1]]))
    >>> two = TaggedPhotos(["b"], torch.ones(1, 2), torch.tensor([[2]]))
    >>> together(one, two).tags.tolist()
    [[0, 1], [2, -1]]
    """
    length = max(photos.tags.shape[1], others.tags.shape[1])
    tags = [
        pad(part.tags, (0, length - part.tags.shape[1]), value=PADDING) for part in (photos, others)
    ]
    return TaggedPhotos(
        [*photos.ids, *others.ids],
        torch.cat([photos.features, others.features]),
        torch.cat(tags),
        photos.left_out + others.left_out,
    )
