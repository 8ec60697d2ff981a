"""Attributes of photos as numbers that describe a user."""

import numpy as np
import pandas as pd
import pytest
import torch

from phototags.features.feature_cache import Features
from phototags.tags.vocabulary import TagVocabulary
from phototags.users.attributes import (
    describe_date,
    describe_features,
    describe_location,
    describe_tags,
)
from phototags.users.feature_pca import fit_pca


def test_reduced_training_features_are_uncorrelated_of_variance_one_and_mean_zero():
    features = torch.rand(200, 12, generator=torch.Generator().manual_seed(0))
    values = fit_pca(features, 5).transform(features)
    np.testing.assert_allclose(values.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(values.T @ values / len(values), np.eye(5), atol=1e-6)


def test_the_axes_are_those_of_the_singular_values_of_the_centred_features():
    features = torch.rand(50, 6, generator=torch.Generator().manual_seed(1))
    roots = np.sqrt(features.double().numpy())
    roots *= np.sqrt(6) / np.linalg.norm(roots, axis=1, keepdims=True)
    left = np.linalg.svd(roots - roots.mean(0), full_matrices=False)[0][:, :3] * np.sqrt(50)
    got = fit_pca(features, 3).transform(features)
    np.testing.assert_allclose(np.abs((got * left).sum(0)) / 50, 1, atol=1e-5)


def test_fewer_photos_than_axes_leave_the_axes_that_there_are():
    assert fit_pca(torch.rand(3, 8), 32).axes.shape == (8, 2)
    assert fit_pca(torch.ones(4, 8), 32).axes.shape == (8, 0)


def test_a_photo_without_features_is_unknown_and_zero():
    features = Features(torch.tensor([1, 3]), torch.rand(2, 4))
    values, known = describe_features(np.array([1, 2, 3]), features, fit_pca(features.matrix, 1))
    assert known.tolist() == [True, False, True]
    assert values[1].tolist() == [0.0]


def test_tags_are_standardised_over_the_tags_written_and_averaged_a_photo():
    vocabulary = TagVocabulary(["sea", "sky"], [3, 1], [1, 1])
    vectors = np.array([[0.0, 5.0], [4.0, 5.0]])
    values, known = describe_tags([["sea", "sky"], ["moon"], ["sky"]], vocabulary, vectors)
    mean, spread = 4 / 4, np.sqrt((3 * 1 + 1 * 9) / 4)
    assert known.tolist() == [True, False, True]
    assert values[2] == pytest.approx([(4 - mean) / spread, 0])
    assert values[0] == pytest.approx([((4 - mean) + (0 - mean)) / 2 / spread, 0])


def test_places_are_as_far_apart_as_on_the_globe():
    values, _ = describe_location(pd.Series([179.0, -179.0, 8.5]), pd.Series([10.0, 10.0, 47.4]))
    assert np.linalg.norm(values, axis=1) == pytest.approx([1, 1, 1])
    north = np.radians(10)
    cosine = np.sin(north) ** 2 + np.cos(north) ** 2 * np.cos(np.radians(2))
    assert values[0] @ values[1] == pytest.approx(cosine)


def test_impossible_places_and_times_are_unknown():
    assert not describe_location(pd.Series([181.0, 0.0]), pd.Series([0.0, np.nan]))[1].any()
    odd = ["0000-01-01", "2013-13-01", "2013-001", "9999-01", "today", "", None, "２０１３-07"]
    season, year = describe_date(pd.Series(odd))
    assert not season[1].any() and not year[1].any()
    assert not season[0].any() and not year[0].any()


def test_december_is_as_near_to_january_as_january_to_february():
    values = describe_date(pd.Series(["2013-12", "2014-01", "2014-02"]))[0][0]
    gaps = np.linalg.norm(np.diff(values, axis=0), axis=1)
    assert gaps[0] == pytest.approx(gaps[1])
