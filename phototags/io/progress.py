"""Progress bars of long loops."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


def show_progress(items: Iterable[Item], what: str, total: int | None = None) -> Iterator[Item]:
    """Yield the items and draw a bar named `what` on stderr, if that is a terminal."""
    from tqdm import tqdm

    yield from tqdm(items, desc=what, total=total, disable=None, dynamic_ncols=True)
