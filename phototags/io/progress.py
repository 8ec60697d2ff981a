"""Long work shows how far it is, on a terminal; elsewhere it is quiet."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from tqdm import tqdm

Item = TypeVar("Item")


def show_progress(items: Iterable[Item], what: str, total: int | None = None) -> Iterator[Item]:
    """Pass items through and draw a bar named `what` on stderr when it is a terminal."""
    yield from tqdm(items, desc=what, total=total, disable=None, dynamic_ncols=True)
