"""A word learns from the corpora that know it, and from no other."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from phototags.box.cross_fit import cross_fit, measure_auc, start_tables
from phototags.box.masked_logistic import KnownWords, fit_masked, masked_loss


def draw_part(photos: int, words: list[int], seed: int) -> KnownWords:
    generator = torch.Generator().manual_seed(seed)
    inputs = torch.randn(photos, 3, generator=generator)
    targets = (inputs[:, :1] + torch.randn(photos, len(words), generator=generator) > 0).float()
    return KnownWords(inputs, torch.tensor(words), targets)


def fit_one(inputs, targets, l2: float) -> tuple[np.ndarray, float]:
    """A word's regression by scikit-learn, whose C is 1 / l2."""
    model = LogisticRegression(C=1 / l2, tol=1e-8, max_iter=1000).fit(inputs, targets)
    return model.coef_[0], model.intercept_[0]


def test_each_word_is_the_regression_of_scikit_learn_on_the_corpora_that_know_it():
    first, second = draw_part(40, [0, 1], 0), draw_part(30, [1, 2], 1)
    vectors, bias = fit_masked([first, second], 2.0, start_tables([first, second], 3), 200)
    both = torch.cat([first.inputs, second.inputs])
    shared = torch.cat([first.targets[:, 1], second.targets[:, 0]])
    for word, inputs, targets in (
        (0, first.inputs, first.targets[:, 0]),
        (1, both, shared),
        (2, second.inputs, second.targets[:, 1]),
    ):
        expected, intercept = fit_one(inputs.numpy(), targets.numpy(), 2.0)
        assert vectors[word].tolist() == pytest.approx(expected.tolist(), abs=2e-3)
        assert bias[word].item() == pytest.approx(intercept, abs=2e-3)


def test_loss_is_summed_over_known_pairs_alone():
    part = draw_part(5, [2, 0], 0)
    vectors, bias = torch.ones(3, 3), torch.tensor([0.5, 100.0, -0.5])
    expected = 0.1 / 2 * 9
    for photo in range(5):
        for place, word in enumerate(part.words):
            logit = float(part.inputs[photo].sum() + bias[word])
            sign = 1 if part.targets[photo, place] else -1
            expected += np.log1p(np.exp(-sign * logit))
    assert float(masked_loss([part], 0.1, vectors, bias)) == pytest.approx(expected, rel=1e-5)


def test_select_words_renumbers_the_words_that_stay():
    part = draw_part(4, [0, 2, 5], 0).select_words(torch.tensor([2, 3, 5]))
    assert part.words.tolist() == [0, 2]
    assert torch.equal(part.targets, draw_part(4, [0, 2, 5], 0).targets[:, 1:])


def test_scores_of_a_photo_come_from_a_head_that_did_not_see_it():
    part = draw_part(6, [0], 3)
    _, (scores,) = cross_fit([part], 1, [1.0], folds=2)
    rest = part.select(torch.arange(6) % 2 == 1)
    vectors, bias = fit_masked([rest], 1.0, start_tables([rest], 1))
    assert scores[0].item() == pytest.approx((part.inputs[0] @ vectors[0] + bias[0]).item())


def test_auc_is_the_mean_over_folds_weighted_by_photos_that_have_the_word():
    part = draw_part(20, [0, 1], 4)
    scores = torch.randn(20, 2, generator=torch.Generator().manual_seed(1)).round(decimals=1)
    found = measure_auc([part], [scores], 3, folds=2)
    for word in (0, 1):
        folds = [(part.targets[f::2, word], scores[f::2, word]) for f in (0, 1)]
        areas = [roc_auc_score(has, score) for has, score in folds]
        expected = np.average(areas, weights=[float(has.sum()) for has, _ in folds])
        assert found[word] == pytest.approx(expected)
    assert np.isnan(found[2])
