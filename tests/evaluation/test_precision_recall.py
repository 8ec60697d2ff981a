"""Precision over recall, against a slow loop and against mean average precision."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as some

from phototags.evaluation.metrics.per_tag import precision_recall_curve
from phototags.evaluation.metrics.ranking import mean_average_precision

PHOTOS = some.lists(some.tuples(some.integers(0, 4), some.booleans()), min_size=1, max_size=12)


def slowly(photos):
    """Equal scores: the irrelevant first."""
    order = sorted(photos, key=lambda photo: (-photo[0], photo[1]))
    having = sum(has for _, has in photos)
    for first in range(1, len(order) + 1):
        right = sum(has for _, has in order[:first])
        yield right / first, right / having


@given(PHOTOS.filter(lambda photos: any(has for _, has in photos)))
def test_curves_are_those_of_a_loop_and_their_area_is_average_precision(photos):
    scores, relevant = (np.array(side) for side in zip(*photos, strict=True))
    precision, recall = precision_recall_curve(scores, relevant)
    np.testing.assert_allclose(list(zip(precision, recall, strict=True)), list(slowly(photos)))
    gained = np.diff(recall, prepend=0)
    average = mean_average_precision(scores[:, None], relevant[:, None])
    np.testing.assert_allclose((precision * gained).sum(), average)
