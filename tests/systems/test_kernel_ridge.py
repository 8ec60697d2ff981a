"""Kernel ridge regression: a slow solve says the same, and nobody is judged by himself."""

import math

import pytest
import torch

from phototags.errors import CorpusError, ModelError
from phototags.systems.parts import kernel_regression as kernel_ridge
from phototags.systems.parts.kernel_regression import (
    fit_kernel_ridge,
    fit_regression,
    rbf_kernel,
)

KEYS = {"gamma": 0.7, "alpha": 0.3}


@pytest.fixture(scope="module")
def crowd():
    """30 photos of 6 features, 3 tags; features that fp16 holds exactly up to their length."""
    generator = torch.Generator().manual_seed(0)
    return torch.rand(30, 6, generator=generator), torch.rand(30, 3, generator=generator) < 0.4


def unit(features):
    return torch.nn.functional.normalize(features)


def test_the_kernel_equals_a_loop(crowd):
    photos = unit(crowd[0])
    found = rbf_kernel(photos[:4], photos, 0.7)
    for row in range(4):
        for other in range(30):
            distance = sum(
                (float(a) - float(b)) ** 2 for a, b in zip(photos[row], photos[other], strict=True)
            )
            assert float(found[row, other]) == pytest.approx(
                math.exp(-0.7 * distance) + 1, abs=1e-5
            )


def solved(photos, relevant, asked):
    """Scores of the regression on `photos`, in double precision and by another formula."""
    own, asked, rates = photos.double(), asked.double(), relevant.double().mean(0)
    matrix = torch.exp(-0.7 * torch.cdist(own, own) ** 2) + 1
    between = torch.exp(-0.7 * torch.cdist(asked, own) ** 2) + 1
    ridge = 0.3 * torch.eye(len(own), dtype=torch.float64)
    return between @ torch.linalg.solve(matrix + ridge, relevant.double() - rates) + rates


def test_scores_are_those_of_a_solve_in_double_precision(crowd):
    features, relevant = crowd
    regression, _ = fit_regression(features[:25], relevant[:25], **KEYS)
    asked = unit(features[25:])
    expected = solved(regression.photos, relevant[:25], asked)
    torch.testing.assert_close(
        regression.scores(asked, 0.7).double(), expected, atol=1e-4, rtol=1e-4
    )


def test_unseen_scores_are_those_of_regressions_that_leave_the_photo_out(crowd):
    """The rates stay those of all photos: the only thing that a photo has said of itself."""
    features, relevant = crowd
    regression, unseen = fit_regression(features, relevant, **KEYS)
    own, rates = regression.photos.double(), relevant.double().mean(0)
    for photo in range(30):
        others = [row for row in range(30) if row != photo]
        matrix = torch.exp(-0.7 * torch.cdist(own, own) ** 2) + 1
        inside = matrix[others][:, others] + 0.3 * torch.eye(29, dtype=torch.float64)
        rest = torch.linalg.solve(inside, relevant[others].double() - rates)
        expected = matrix[photo, others] @ rest + rates
        torch.testing.assert_close(unseen[photo].double(), expected, atol=1e-3, rtol=1e-3)


def test_a_photo_that_looks_like_a_tags_photos_gets_the_tag():
    centres = torch.eye(8)[:4]
    generator = torch.Generator().manual_seed(1)
    whose = torch.arange(200) % 4
    features = centres[whose] + 0.1 * torch.rand(200, 8, generator=generator)
    tagger = fit_kernel_ridge(
        features,
        whose[:, None] == torch.arange(4),
        **KEYS,
        top_k=1,
        f1_photos=50,
        precision_weight=1.0,
    )
    assert tagger.scores(centres).argmax(1).tolist() == [0, 1, 2, 3]


def test_scores_of_a_photo_do_not_depend_on_its_batch(crowd, monkeypatch):
    tagger = fit_kernel_ridge(*crowd, **KEYS, top_k=2, f1_photos=30, precision_weight=1.0)
    together = tagger.scores(crowd[0])
    monkeypatch.setattr(kernel_ridge, "CHUNK", 7)
    torch.testing.assert_close(tagger.scores(crowd[0]), together, atol=1e-5, rtol=1e-5)


def test_more_photos_than_memory_holds_are_refused(crowd, monkeypatch):
    monkeypatch.setattr(kernel_ridge, "MAX_PHOTOS", 29)
    with pytest.raises(CorpusError, match=r"at most 29, but there are 30.*samples"):
        fit_regression(*crowd, **KEYS)


def test_a_ridge_below_rounding_is_refused():
    same = torch.ones(50, 6)
    with pytest.raises(ModelError, match="larger alpha"):
        fit_regression(same, torch.ones(50, 1, dtype=torch.bool), gamma=1.0, alpha=1e-12)
