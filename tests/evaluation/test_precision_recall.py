"""Precision over recall, against a slow loop and against mean average precision."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as some

from phototags.evaluation.metrics.per_tag import precision_recall_curve
from phototags.evaluation.metrics.ranking import mean_average_precision

PHOTOS = some.lists(some.tuples(some.integers(0, 4), some.booleans()), min_size=1, max_size=12)


def slowly(photos):
    """Any of equal scores stands at each of their places with the same probability."""
    having, right = sum(has for _, has in photos), 0
    for place, (score, _) in enumerate(sorted(photos, reverse=True), start=1):
        equal = [has for other, has in photos if other == score]
        right += sum(equal) / len(equal)
        yield right / place, right / having


@given(PHOTOS.filter(lambda photos: any(has for _, has in photos)))
def test_curves_are_those_of_a_loop(photos):
    scores, relevant = (np.array(side) for side in zip(*photos, strict=True))
    precision, recall = precision_recall_curve(scores, relevant)
    np.testing.assert_allclose(list(zip(precision, recall, strict=True)), list(slowly(photos)))


@given(some.lists(some.booleans(), min_size=1, max_size=12).filter(any))
def test_without_ties_the_area_of_a_curve_is_average_precision(relevant):
    scores, relevant = np.arange(len(relevant)), np.array(relevant)
    precision, recall = precision_recall_curve(scores, relevant)
    gained = np.diff(recall, prepend=0)
    average = mean_average_precision(scores[:, None], relevant[:, None])
    np.testing.assert_allclose((precision * gained).sum(), average)
