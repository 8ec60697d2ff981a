"""The directions of a photo's size: found where resizing moves features, used by no word."""

import pytest
import torch

from phototags.box.corpora import scale_features
from phototags.box.cross_fit import start_tables
from phototags.box.masked_logistic import KnownWords, fit_masked
from phototags.box.size_invariance import (
    find_directions,
    measure_agreement,
    pair_features,
    remove_directions,
)
from phototags.errors import ModelError
from phototags.features.embed_photos import reduce_width
from phototags.features.feature_cache import Features
from phototags.params.box import Box


@pytest.fixture
def moved() -> tuple[Features, Features]:
    """Ten photos, and the even ones after a move along the first two axes of six."""
    generator = torch.Generator().manual_seed(0)
    matrix = torch.randn(10, 6, generator=generator)
    resized = matrix[::2].clone()
    resized[:, :2] += 3 * torch.randn(5, 2, generator=generator)
    return Features(torch.arange(10), matrix), Features(torch.arange(0, 10, 2), resized)


def test_directions_hold_the_greatest_part_of_the_moves(moved):
    before, after = pair_features(*moved, range(10))
    moves = after - before
    directions = find_directions(*moved, range(10), 2)
    assert torch.allclose(directions @ directions.T, torch.eye(2), atol=1e-6)
    # Eckart-Young: what is left has the square norm of the eigenvalues below the second
    eigenvalues = torch.linalg.eigvalsh(moves.T @ moves)
    left = remove_directions(moves, directions).square().sum()
    assert left.item() == pytest.approx(eigenvalues[:-2].sum().item(), rel=1e-4)


def test_pairs_are_the_asked_photos_that_were_resized(moved):
    before, after = pair_features(*moved, [8, 3, 4])
    assert torch.equal(before, scale_features(moved[0].matrix[[4, 8]]))
    assert torch.equal(after, scale_features(moved[1].matrix[[2, 4]]))


def test_words_learned_without_the_directions_score_a_moved_photo_alike(moved):
    directions = find_directions(*moved, range(10), 2)
    inputs = scale_features(moved[0].matrix)
    targets = (torch.arange(10)[:, None] % 3 == torch.arange(3)).float()
    part = KnownWords(remove_directions(inputs, directions), torch.arange(3), targets)
    vectors, _ = fit_masked([part], 0.1, start_tables([part], 3))
    assert vectors.norm() > 0.1
    assert torch.allclose(vectors @ directions.T, torch.zeros(3, 2), atol=1e-5)
    moved_inputs = inputs + 7 * directions.sum(0)
    assert torch.allclose(moved_inputs @ vectors.T, inputs @ vectors.T, atol=1e-4)


def test_too_few_photos_are_refused(moved):
    with pytest.raises(ModelError, match="2 directions need as many photos, but 1"):
        find_directions(*moved, [0, 1], 2)


def test_agreement_equals_a_loop_over_sets():
    before, after = torch.randn(2, 20, 9, generator=torch.Generator().manual_seed(1))
    shares = [
        len(set(a.argsort()[-5:].tolist()) & set(b.argsort()[-5:].tolist())) / 5
        for a, b in zip(before, after, strict=True)
    ]
    assert measure_agreement(before, after) == pytest.approx(sum(shares) / 20)


def test_a_photo_is_reduced_in_its_own_shape_and_never_enlarged():
    assert reduce_width(torch.zeros(3, 100, 400, dtype=torch.uint8), 128).shape == (3, 32, 128)
    small = torch.zeros(3, 10, 20, dtype=torch.uint8)
    assert reduce_width(small, 128) is small


def test_a_corpus_that_the_box_does_not_learn_from_is_refused():
    with pytest.raises(ValueError, match=r"size_invariance.corpus should be one of .*'b'"):
        Box(corpora=["a"], size_invariance={"corpus": "b"})
