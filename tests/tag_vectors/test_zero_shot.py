"""Where words go that no photo had: against algebra, and beside the tags that mean them."""

import numpy as np
import pyarrow as pa
import pytest
import torch

from phototags.errors import VocabularyError
from phototags.tag_vectors import zero_shot
from phototags.tag_vectors.plain_text import encode_windows
from phototags.tag_vectors.skipgram import SkipGram
from phototags.tag_vectors.text_vectors import TextVectors
from phototags.tag_vectors.zero_shot import (
    ALPHA,
    count_ngrams,
    find_placeable,
    place_words,
    predict_from_ngrams,
    refit,
    scale,
    transport,
)


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_transport_follows_a_linear_map_of_the_seen_tags():
    """If optimising was one linear map A, dot products are kept by A's inverse transpose."""
    before, unseen, turn = normal(30, 5), normal(4, 5, seed=1), normal(5, 5, seed=2)
    found = transport(before, before @ turn, unseen, alpha=1.0)
    assert torch.allclose(found, unseen @ torch.linalg.inv(turn).T, atol=1e-4)
    assert torch.allclose(found @ (before @ turn).T, unseen @ before.T, atol=1e-3)


def test_transport_equals_the_published_formula():
    before, after, unseen = normal(30, 5), normal(30, 5, seed=3), normal(4, 5, seed=1)
    for row, tag in zip(transport(before, after, unseen, alpha=0.2), unseen, strict=True):
        expected = 0.2 * torch.linalg.inv(after.T @ after) @ after.T @ (before @ tag)
        assert torch.allclose(row, expected, atol=1e-5)


def test_transport_shortens_where_nothing_moved():
    before, unseen = normal(30, 5), normal(4, 5, seed=1)
    assert torch.allclose(transport(before, before, unseen), 0.2 * unseen, atol=1e-5)


def test_scale_keeps_the_direction():
    assert torch.equal(scale(torch.tensor([[1.0, -2.0]]), 3.0), torch.tensor([[3.0, -6.0]]))


def test_refit_brings_an_unseen_word_to_its_seen_neighbours():
    vocabulary = ["sea", "sand", "cpu", "disk", "beach"]
    text = encode_windows(["sea sand beach", "cpu disk"] * 200, vocabulary)
    vectors = torch.zeros(5, 4)
    vectors[:2, 0] = vectors[2:4, 1] = 2.0
    vectors[4, 2] = 0.1
    seen = torch.tensor([True] * 4 + [False])
    generator = torch.Generator().manual_seed(0)
    found = refit(text, vectors, seen, SkipGram(epochs=30), generator)
    assert torch.equal(found[:4], vectors[:4])
    assert found[4] @ found[0] > found[4] @ found[2]


def test_a_misspelt_tag_is_nearest_to_the_tag_it_means():
    tags = ["butterfly", "motorcycle", "cathedral", "mountain"]
    found = predict_from_ngrams(tags, np.eye(4), ["buterfly", "motorcycles", "katedral"], ridge=0.1)
    assert found.argmax(1).tolist() == [0, 1, 2]


def test_a_known_tag_is_given_back_as_the_ridge_vanishes():
    vectors = np.random.default_rng(0).normal(size=(3, 5))
    found = predict_from_ngrams(["sea", "sky", "sun"], vectors, ["sky"], ridge=1e-9)
    assert found[0] == pytest.approx(vectors[1], abs=1e-6)


def test_more_tags_than_can_be_compared_are_refused(monkeypatch):
    monkeypatch.setattr(zero_shot, "MAX_TAGS", 2)
    with pytest.raises(VocabularyError, match="at most 2, but there are 3"):
        predict_from_ngrams(["a", "b", "c"], np.eye(3), ["d"])


def test_a_tag_unlike_any_other_has_no_vector():
    assert not predict_from_ngrams(["sea"], np.ones((1, 3)), ["東京"]).any()


def test_ngram_rows_have_length_one():
    counts = count_ngrams(["sea", "", "golden gate"])
    assert np.asarray(counts.multiply(counts).sum(1)).ravel() == pytest.approx([1, 1, 1])


TEXT = TextVectors(pa.array(["sea", "ocean", "cat"]), np.float32([[2, 0], [2, 1], [0, 1]]))


def test_a_word_is_placed_by_text_or_by_a_piece_that_a_tag_has():
    words = ["ocean", "katze", "seas"]
    for kind, expected in (("transport", [1, 0, 0]), ("scale", [1, 0, 0]), ("subword", [0, 0, 1])):
        assert find_placeable(kind, words, ["sea", "cat"], TEXT).tolist() == expected


def test_where_tags_stayed_as_text_has_them_transport_is_scale():
    tags, vectors = ["cat", "sea"], torch.tensor([[0.0, 1.0], [2.0, 0.0]])
    found = [place_words(kind, ["ocean"], tags, vectors, TEXT) for kind in ("transport", "scale")]
    torch.testing.assert_close(*found)
    torch.testing.assert_close(found[0], ALPHA * torch.tensor([[2.0, 1.0]]))


def test_a_word_goes_where_its_tags_went_in_a_space_of_any_width():
    """`ocean` is `sea` and a little `cat` in text; so it is to the tags where they are now."""
    vectors = torch.tensor([[3.0, 0.0, 0.0], [0.0, 5.0, 0.0]])
    found = place_words("transport", ["ocean"], ["sea", "cat"], vectors, TEXT)
    agreement = torch.from_numpy(TEXT.embed(["sea", "cat"]) @ TEXT.embed(["ocean"])[0])
    torch.testing.assert_close(vectors @ found[0], ALPHA * agreement)
    assert place_words("scale", ["ocean"], ["sea", "cat"], vectors, TEXT) is None


def test_tags_without_a_text_vector_say_nothing_of_a_word():
    vectors = torch.tensor([[0.0, 1.0], [2.0, 0.0], [9.0, 9.0]])
    found = place_words("transport", ["ocean"], ["cat", "sea", "xyzzy"], vectors, TEXT)
    torch.testing.assert_close(found, ALPHA * torch.tensor([[2.0, 1.0]]))
