"""The mAP that ends a training, of a few tags' columns, is that of the whole table of scores."""

import math

import pytest
import torch

from phototags.evaluation.metrics.ranking import mean_average_precision
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.training import validation as judging
from phototags.training.validation import compute_map, make_evaluator

TAGS = 12


def photos(number: int = 9) -> TaggedPhotos:
    tags = torch.tensor([[0, 5, -1], [5, -1, -1], [11, 3, 0]]).repeat(3, 1)[:number]
    features = torch.rand(number, 4, generator=torch.Generator().manual_seed(0))
    return TaggedPhotos([str(row) for row in range(number)], features, tags)


class Linear:
    """Scores by a table of its own."""

    table = torch.rand(4, TAGS, generator=torch.Generator().manual_seed(1))

    def scores(self, features):
        return features @ self.table


@pytest.mark.parametrize("at_once", [1, 2 * TAGS, 1 << 28])
def test_however_many_scores_are_made_at_once_the_map_is_that_of_all(at_once, monkeypatch):
    monkeypatch.setattr(judging, "MAX_SCORES", at_once)
    expected = mean_average_precision(
        Linear().scores(photos().features).numpy(), photos().relevant(TAGS).numpy()
    )
    assert make_evaluator(photos(), TAGS)(Linear()) == pytest.approx(expected)


def test_tags_in_parts_are_judged_by_their_own_columns():
    scores, relevant = Linear().scores(photos().features), photos().relevant(TAGS)
    for rows in (slice(0, 4), slice(4, 12), slice(0, 12)):
        expected = mean_average_precision(scores[:, rows].numpy(), relevant[:, rows].numpy())
        assert compute_map([scores[:4, rows], scores[4:, rows]], photos(), rows) == expected
    assert compute_map([scores[:, 6:11]], photos(), slice(6, 11)) == 0.0  # nobody has one of these


def test_without_photos_there_is_no_map():
    assert math.isnan(make_evaluator(photos(0), TAGS)(Linear()))
