"""Places of scores among the ties of their tags, compiled."""

from numba import njit


@njit(cache=True, nogil=True)
def add_weights(scores, tags, starts, ends, values, weights, between, equal):
    """Add each photo's weights to the first tie that its score is above, and to its equal.

    Args:
        scores: (B, T). tags: (M,) numbers of tags.
        starts, ends: (M,) each tag's ties are `values[start:end]`, descending.
        weights: (B, R) of the photos. between, equal: (G, R), changed in place.
    """
    for photo in range(len(scores)):
        own = weights[photo]
        for number in range(len(tags)):
            score = scores[photo, tags[number]]
            low, high = starts[number], ends[number]
            if score < values[high - 1]:
                continue
            while low < high:
                middle = (low + high) // 2
                if values[middle] < score:
                    high = middle
                else:
                    low = middle + 1
            if low > starts[number] and values[low - 1] == score:
                for resample in range(len(own)):
                    equal[low - 1, resample] += own[resample]
            if low < ends[number]:
                for resample in range(len(own)):
                    between[low, resample] += own[resample]
