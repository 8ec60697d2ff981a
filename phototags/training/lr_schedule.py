"""How large a step is at each moment of a training: pure functions of what has passed."""

import math
from collections.abc import Sequence
from typing import Literal

PATIENCE = 3  # epochs without a better validation mAP that a plateau may last
TENTH = 0.1
BETTER = 1e-4  # share by which a mAP must be better to end a plateau
SMALLEST = 1e-8  # less than this no step changes by

Decay = Literal["constant", "plateau", "cosine"]


def rate_at(
    moment: float,
    rate: float,
    *,
    epochs: int,
    decay: Decay,
    warm_up: float = 0.0,
    scores: Sequence[float] = (),
) -> float:
    """The learning rate of a step.

    Warm-up grows in a straight line, without which large batches diverge at the start (Goyal
    et al., 2017); the cosine ends at nothing (Loshchilov & Hutter, ICLR 2017).

    Args:
        moment: epochs that lie before the step's end, parts counted, in (0, epochs].
        rate: the learning rate between warm-up and decay.
        warm_up: epochs, parts counted, in which the step grows from nothing to `rate`.
        scores: validation mAP of each epoch so far, which `plateau` looks at.

    >>> [round(rate_at(now, 1.0, epochs=4, decay="cosine", warm_up=2), 3) for now in (1, 2, 3, 4)]
    [0.5, 1.0, 0.5, 0.0]
    """
    if moment < warm_up:
        return rate * moment / warm_up
    if decay == "plateau":
        return after_plateaus(rate, scores)
    if decay == "cosine":
        share = (moment - warm_up) / max(epochs - warm_up, 1e-9)
        return rate * (1 + math.cos(math.pi * min(share, 1.0))) / 2
    return rate


def after_plateaus(rate: float, scores: Sequence[float]) -> float:
    """A tenth of the rate for each time that PATIENCE epochs in a row brought nothing better.

    As Denton et al. (KDD 2015) train. An epoch that cannot be judged (nan) brought nothing.

    >>> after_plateaus(1.0, [0.3, 0.2, 0.2, 0.2, 0.2])
    0.1
    """
    best, waited = -math.inf, 0
    for score in scores:
        waited += 1
        if score > best * (1 + BETTER):
            best, waited = score, 0
        if waited > PATIENCE:
            waited = 0
            rate = rate * TENTH if rate - rate * TENTH > SMALLEST else rate
    return rate
