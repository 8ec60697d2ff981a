"""Pick the best of many scores, in one order however the scores were computed."""

import numpy as np


def pick_best(scores: np.ndarray, top: int) -> list[tuple[int, float]]:
    """The `top` places with the highest of (n,) scores, best first; those of -inf are left out.

    Of equal ones the earlier is first.

    >>> pick_best(np.float32([1, -np.inf, 2, 2]), 9)
    [(2, 2.0), (3, 2.0), (0, 1.0)]
    """
    top = min(top, int((scores > -np.inf).sum()))
    if top < 1:
        return []
    places = np.arange(len(scores))
    if top < len(scores):
        places = np.flatnonzero(scores >= np.partition(scores, -top)[-top])
    order = places[np.argsort(-scores[places], kind="stable")][:top]
    return list(zip(order.tolist(), scores[order].tolist(), strict=True))
