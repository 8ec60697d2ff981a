import gzip

import numpy as np
import pytest

from phototags.errors import ModelError, VocabularyError
from phototags.tag_vectors.text_formats import read_text_vectors, write_word2vec

ROWS = "dog 1 2 3\ncat 4 5 -6e-1\n"


@pytest.fixture
def file(tmp_path):
    def write(content, name="vectors.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize("header", ["", "2 3\n"])
def test_word2vec_and_glove_files_are_read(file, header):
    text = read_text_vectors(file(header + ROWS))
    assert text.words.to_pylist() == ["dog", "cat"]
    assert text.matrix.dtype == np.float32
    assert text.embed(["cat"])[0].tolist() == pytest.approx([4, 5, -0.6])


def test_fasttext_ends_its_lines_with_a_space_and_knows_cases(file):
    text = read_text_vectors(file("3 2\nthe 1 2 \nThe 7 8 \nParis 3 4 \n"))
    assert text.words.to_pylist() == ["the", "paris"]
    assert text.embed(["the", "Paris"]).tolist() == [[1, 2], [3, 4]]


def test_a_word_may_hold_spaces_and_any_script(file):
    text = read_text_vectors(file("dog 1 2\n. . . 3 4\n東京 5 6\n"))
    assert text.words.to_pylist() == ["dog", ". . .", "東京"]


def test_gzipped_files_are_read(file):
    path = file(gzip.compress(ROWS.encode()), "vectors.txt.gz")
    assert read_text_vectors(path).embed(["dog"]).tolist() == [[1, 2, 3]]


def test_only_the_words_asked_for_are_kept(file):
    text = read_text_vectors(file(ROWS), only={"cat", "bird"})
    assert text.words.to_pylist() == ["cat"] and text.matrix.shape == (1, 3)


def test_many_rows_are_packed_in_blocks(file, monkeypatch):
    monkeypatch.setattr("phototags.tag_vectors.text_formats.CHUNK_ROWS", 3)
    text = read_text_vectors(file("".join(f"w{n} {n} 0\n" for n in range(10))))
    assert text.matrix[:, 0].tolist() == list(range(10))


@pytest.mark.parametrize(
    "content,says",
    [
        ("dog 1 2 3\ncat 4 5\n", "vector 2 is 'cat 4 5"),
        ("dog 1 2 3\ncat 4 x 6\n", "numbers after each word"),
        ("dog\n", "begins 'dog"),
        ("", "begins ''"),
        ("0 5\n", "begins ''"),
    ],
)
def test_a_damaged_file_says_where(file, content, says):
    with pytest.raises(ModelError, match=says):
        read_text_vectors(file(content))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelError, match="nowhere.txt.*No such file"):
        read_text_vectors(tmp_path / "nowhere.txt")


def test_what_is_written_is_read_back_to_the_bit(tmp_path):
    vectors = np.random.default_rng(0).normal(size=(3, 7)).astype(np.float32)
    write_word2vec(tmp_path / "tags.txt", ["sea", "golden gate", "東京"], vectors)
    text = read_text_vectors(tmp_path / "tags.txt")
    assert text.words.to_pylist() == ["sea", "golden gate", "東京"]
    assert np.array_equal(text.matrix, vectors)
    assert np.array_equal(text.embed(["golden gate"])[0], vectors[1])
    assert (tmp_path / "tags.txt").read_text().startswith("3 7\nsea ")


def test_two_tags_that_become_one_word_are_refused(tmp_path):
    with pytest.raises(VocabularyError, match="'new york' and 'new_york'"):
        write_word2vec(tmp_path / "x.txt", ["new york", "new_york"], np.zeros((2, 2)))
    assert not (tmp_path / "x.txt").exists()


def test_a_phrase_has_its_own_vector_and_not_the_mean_of_its_words(file):
    """As word2phrase, GoogleNews and Numberbatch join phrases."""
    text = read_text_vectors(file("4 2\nNew_York 1 0\nnew 0 1\nyork 0 0.5\n_ 3 3\n"))
    assert text.embed(["new york", "york new", "_"]).tolist() == [[1, 0], [0, 0.75], [3, 3]]


def test_the_first_word_may_be_a_phrase_with_spaces_where_there_is_a_header(file):
    text = read_text_vectors(file("2 2\nnew york 1 0\nsea 0 1\n"))
    assert text.words.to_pylist() == ["new york", "sea"]


def test_tabs_and_quotes_are_read(file):
    text = read_text_vectors(file('sea\t1\t2\n"sky" 3 4\n\u00a0 5 6\n'))
    assert text.words.to_pylist() == ["sea", '"sky"', "\u00a0"]


def test_a_few_odd_lines_are_named_and_passed_over(file, caplog):
    rows = [f"w{n} {n} 0" for n in range(2000)]
    rows[7] = "odd 1"
    text = read_text_vectors(file("\n".join(rows)))
    assert len(text.words) == 1999
    assert "vector 8 is 'odd 1" in caplog.text and "1 of 2000" in caplog.text
