"""Tags that become others, each once a photo: one pass without sorting, at the speed of memory.

A corpus has a tag ten million times; whether a photo has it already is asked for each of them.
"""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def each_once(tags, ends, new, new_ends, different):
    """What the tags of photos become, where it comes first in its photo.

    Args:
        tags: (n,) numbers, photo i owns `tags[ends[i]:ends[i + 1]]`. ends: (N + 1,).
        new: what tag t becomes is `new[new_ends[t]:new_ends[t + 1]]`. new_ends: (T + 1,).
        different: all of `new` are below.

    Returns:
        int32 numbers and (N + 1,) int64 ends, laid out as `tags` and `ends`.
    """
    size = 0
    for tag in tags:
        size += new_ends[tag + 1] - new_ends[tag]
    found, found_ends = np.empty(size, np.int32), np.zeros(len(ends), np.int64)
    last, number = np.full(different, -1, np.int32), 0  # the last photo that had each
    for photo in range(len(ends) - 1):
        for tag in tags[ends[photo] : ends[photo + 1]]:
            for place in range(new_ends[tag], new_ends[tag + 1]):
                one = new[place]
                if last[one] != photo:
                    last[one] = photo
                    found[number] = one
                    number += 1
        found_ends[photo + 1] = number
    return found[:number], found_ends
