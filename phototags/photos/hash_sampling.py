"""Sample photos by a hash of their ids: the same photos on every machine."""

import hashlib
from collections.abc import Sequence


def choose_by_hash(photo_ids: Sequence[str], count: int) -> list[int]:
    """Return the positions of the photos whose id has the smallest sha256.

    So nobody picks the flattering ones, and a photo more or less in the corpus changes at
    most one of them.

    >>> choose_by_hash(["dune", "cat", "boat"], 2)
    [2, 1]
    """
    digests = [hashlib.sha256(photo_id.encode()).hexdigest() for photo_id in photo_ids]
    return sorted(range(len(digests)), key=lambda place: (digests[place], place))[:count]
