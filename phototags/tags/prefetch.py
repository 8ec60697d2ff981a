"""What comes next is made while what came last is worked on: a second core's work."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


def ahead(items: Iterable[Item]) -> Iterator[Item]:
    """The same items in the same order, each made in a thread, one before it is asked for.

    Args:
        items: none of them None. One more is in memory than without.

    >>> list(ahead(number * number for number in range(4)))
    [0, 1, 4, 9]
    """
    left = iter(items)
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, left, None)
        while (item := coming.result()) is not None:
            coming = thread.submit(next, left, None)
            yield item
