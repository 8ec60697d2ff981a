import numpy as np
import pytest

from phototags.tag_vectors.nearest_tags import project_tags


def three_groups(each=12):
    rng = np.random.default_rng(0)
    return np.repeat(np.eye(3, 8), each, axis=0) + rng.normal(size=(3 * each, 8)) * 0.05


def test_tags_of_one_group_lie_together():
    places = project_tags(three_groups(), seed=0).reshape(3, 12, 2)
    centres = places.mean(1)
    spread = np.linalg.norm(places - centres[:, None], axis=2).max()
    apart = np.linalg.norm(centres[:, None] - centres[None], axis=2)[np.triu_indices(3, 1)].min()
    assert apart > spread


def test_same_seed_gives_the_same_map():
    assert np.array_equal(project_tags(three_groups(), 1), project_tags(three_groups(), 1))


@pytest.mark.parametrize("tags", [1, 2, 4, 5, 6])
def test_few_tags_have_places_too(tags):
    places = project_tags(np.eye(6)[:tags], seed=0)
    assert places.shape == (tags, 2) and np.isfinite(places).all()


@pytest.mark.parametrize("alike", [np.zeros((40, 3)), np.ones((40, 3)) * np.arange(1, 41)[:, None]])
def test_tags_that_are_all_alike_lie_in_one_place(alike):
    np.testing.assert_allclose(project_tags(alike, seed=0), np.zeros((40, 2)), atol=1e-6)
