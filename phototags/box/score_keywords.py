"""Say how well keywords were learned, on photos left out, beside another tagger's words."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from phototags.box.learn_keywords import LearnedKeywords
from phototags.evaluation.metrics.ranking import average_precision, rank


def compare_tags(
    learned: LearnedKeywords, others: Mapping[str, NDArray[np.float64]]
) -> list[dict[str, object]]:
    """Average precision of each keyword on photos left out, beside that of another tagger.

    Args:
        others: (N,) scores of the same photos by tag, of the tags that the other tagger knows; it
            never learned from these photos.

    Returns:
        a row a keyword: tag, photos, chance (share of photos that have it), learned, other (None
        where it does not know the tag).
    """
    known = [place for place, tag in enumerate(learned.tags) if tag in others]
    own = average_precision(rank(learned.scores.T, learned.relevant.T))
    rows = [
        {
            "tag": tag,
            "photos": int(learned.relevant[:, place].sum()),
            "chance": float(learned.relevant[:, place].mean()),
            "learned": float(own[place]),
            "other": None,
        }
        for place, tag in enumerate(learned.tags)
    ]
    if known:
        scores = np.stack([others[learned.tags[place]] for place in known])
        found = average_precision(rank(scores, learned.relevant[:, known].T))
        for place, value in zip(known, found, strict=True):
            rows[place]["other"] = float(value)
    return rows


def compare_feedback(learned: LearnedKeywords, before: LearnedKeywords) -> tuple[int, float, float]:
    """What accepted and refused tags were worth, on the same photos left out.

    Args:
        before: learned from the same photos without them.

    Returns:
        the number of keywords that both know, and the mean average precision with and without,
        against the keywords as they were accepted and refused.
    """
    shared = [tag for tag in learned.tags if tag in before.tags]
    places = [learned.tags.index(tag) for tag in shared]
    relevant = learned.relevant[:, places].T
    scores = learned.scores[:, places], before.scores[:, [before.tags.index(one) for one in shared]]
    found = [average_precision(rank(one.T, relevant))[relevant.any(1)].mean() for one in scores]
    return len(shared), float(found[0]), float(found[1])


def measure_cut(learned: LearnedKeywords, precision: float) -> tuple[float, float, float] | None:
    """Cut for a wanted precision, and precision and recall above it on photos left out.

    Returns:
        None where no keyword is as sure.
    """
    if learned.calibration is None or precision > learned.calibration.highest_precision:
        return None
    cut = learned.calibration.cut(precision)
    given = learned.calibration.probabilities(learned.scores) >= cut
    right = (given & learned.relevant).sum()
    return cut, float(right / max(given.sum(), 1)), float(right / learned.relevant.sum())
