"""Learning rate schedules as pure functions of the epochs done and their validation scores."""

import math
from collections.abc import Sequence
from typing import Literal

PLATEAU_PATIENCE = 3  # epochs without a better validation mAP before the rate is reduced
PLATEAU_FACTOR = 0.1
MIN_IMPROVEMENT = 1e-4  # relative; a smaller one counts as none
MIN_REDUCTION = 1e-8  # a reduction smaller than this is not made

LrSchedule = Literal["constant", "plateau", "cosine"]


def lr_at(
    epochs_done: float,
    learning_rate: float,
    *,
    epochs: int,
    schedule: LrSchedule,
    warmup_epochs: float = 0.0,
    scores: Sequence[float] = (),
) -> float:
    """The learning rate of a step.

    Linear warm-up keeps large batches from diverging at the start (Goyal et al., 2017); the
    cosine ends at zero (Loshchilov & Hutter, ICLR 2017).

    Args:
        epochs_done: epochs up to the step's end, fractions counted, in (0, epochs].
        learning_rate: the rate between warm-up and decay.
        epochs: at which the cosine ends.
        warmup_epochs: epochs, fractions allowed, in which the rate grows from zero.
        scores: validation mAP of each epoch so far, for `plateau`.

    >>> keys = {"epochs": 4, "schedule": "cosine", "warmup_epochs": 2}
    >>> [round(lr_at(done, 1.0, **keys), 3) for done in (1, 2, 3, 4)]
    [0.5, 1.0, 0.5, 0.0]
    """
    if epochs_done < warmup_epochs:
        return learning_rate * epochs_done / warmup_epochs
    if schedule == "plateau":
        return reduce_on_plateau(learning_rate, scores)
    if schedule == "cosine":
        share = (epochs_done - warmup_epochs) / max(epochs - warmup_epochs, 1e-9)
        return learning_rate * (1 + math.cos(math.pi * min(share, 1.0))) / 2
    return learning_rate


def reduce_on_plateau(learning_rate: float, scores: Sequence[float]) -> float:
    """A tenth of the rate for each PLATEAU_PATIENCE epochs in a row without improvement.

    As torch's ReduceLROnPlateau, from the history of scores alone, so that a resumed training
    needs no state of a scheduler; as Denton et al. (KDD 2015) train. nan is no improvement.

    >>> reduce_on_plateau(1.0, [0.3, 0.2, 0.2, 0.2, 0.2])
    0.1
    """
    best, waited = -math.inf, 0
    for score in scores:
        waited += 1
        if score > best * (1 + MIN_IMPROVEMENT):
            best, waited = score, 0
        if waited > PLATEAU_PATIENCE:
            waited, reduced = 0, learning_rate * PLATEAU_FACTOR
            learning_rate = reduced if learning_rate - reduced > MIN_REDUCTION else learning_rate
    return learning_rate
