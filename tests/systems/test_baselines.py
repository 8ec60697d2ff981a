"""Baselines: what they rank first is known beforehand."""

import pytest
import torch
from torch.nn.functional import normalize

from phototags.systems.parts.baselines import FrequencyTagger, RandomTagger, fit_knn


def test_frequency_gives_every_photo_the_commonest_tags():
    scores = FrequencyTagger(torch.tensor([1, 9, 4])).scores(torch.rand(2, 5))
    assert scores.argsort(descending=True).tolist() == [[1, 2, 0]] * 2


def test_rarest_turns_the_order_round():
    scores = FrequencyTagger(torch.tensor([1, 9, 4]), rarest=True).scores(torch.rand(1, 5))
    assert scores.argsort(descending=True).tolist() == [[0, 2, 1]]


def test_random_scores_belong_to_the_photo_not_to_its_batch():
    features = torch.rand(6, 5)
    tagger = RandomTagger(30, seed=1)
    together = tagger.scores(features)
    alone = torch.cat([tagger.scores(photo[None]) for photo in features])
    assert together.equal(alone)
    assert not together[0].equal(together[1])
    assert not together.equal(RandomTagger(30, seed=2).scores(features))


@pytest.fixture
def crowd():
    generator = torch.Generator().manual_seed(0)
    features = torch.rand(40, 6, generator=generator)
    sets = [[row % 5, 5] if row % 3 else [row % 5] for row in range(40)]
    return features, sets, torch.rand(7, 6, generator=generator)


def test_neighbours_scores_equal_a_slow_loop(crowd):
    features, sets, asked = crowd
    flat = torch.tensor([tag for tags in sets for tag in tags])
    ends = torch.tensor([0] + [len(tags) for tags in sets]).cumsum(0)
    counts = torch.bincount(flat, minlength=7)
    scores = fit_knn(features, flat, ends, counts, 4).scores(asked)
    known = torch.nn.functional.normalize(features.sqrt()).half().float()
    for row, photo in enumerate(asked):
        cosines = known @ (photo.sqrt() / photo.sqrt().norm())
        expected = counts / 40 * 1e-3
        for near in sorted(range(40), key=lambda who: -cosines[who])[:4]:
            for tag in sets[near]:
                expected[tag] += cosines[near]
        torch.testing.assert_close(scores[row], expected)


def test_neighbours_of_signed_roots_are_compared_by_all_of_them():
    """As `root`, which clamps, the two negative features would be no features at all."""
    features = torch.tensor([[0.1, -1.0, 0.0], [0.1, 0.0, -1.0], [1.0, 0.2, 0.2]])
    flat, ends = torch.tensor([0, 1, 2]), torch.arange(4)
    given = features, flat, ends, torch.bincount(flat), 1
    asked = torch.tensor([[0.3, -1.0, 0.1], [0.3, 0.1, -1.0]])
    assert fit_knn(*given, scaling="length").scores(asked).argmax(1).tolist() == [0, 1]
    cosines = normalize(features[:2].clamp_min(0).sqrt()) @ normalize(asked.clamp_min(0).sqrt()).T
    assert cosines[0].equal(cosines[1])


def test_a_training_photo_finds_its_own_tags_first(crowd):
    features, sets, _ = crowd
    flat = torch.tensor([tag for tags in sets for tag in tags])
    ends = torch.tensor([0] + [len(tags) for tags in sets]).cumsum(0)
    scores = fit_knn(features, flat, ends, torch.bincount(flat), 1).scores(features)
    for row, tags in enumerate(sets):
        assert set(scores[row].topk(len(tags)).indices.tolist()) == set(tags)
