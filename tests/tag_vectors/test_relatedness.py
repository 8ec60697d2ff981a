import pytest
import torch

from phototags.errors import VocabularyError
from phototags.tag_vectors.relatedness import find_nearest, solve_analogy
from phototags.tags.vocabulary import TagVocabulary

TAGS = ["man", "woman", "king", "queen", "fog"]
VOCABULARY = TagVocabulary(TAGS, [9, 8, 7, 6, 5], [1] * 5)
VECTORS = torch.tensor([[1.0, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 1], [-1, 0, 0]])


def test_the_nearest_tags_come_first_with_their_cosines():
    found = find_nearest("man", VOCABULARY, VECTORS, top=3)
    assert [tag for tag, _ in found] == ["woman", "king", "queen"]
    assert [cosine for _, cosine in found] == pytest.approx([0.5**0.5, 0.5**0.5, 3**-0.5])


def test_length_does_not_matter_and_the_tag_itself_is_left_out():
    longer = VECTORS * torch.tensor([[1.0], [5], [0.1], [1], [1]])
    expected = dict(find_nearest("man", VOCABULARY, VECTORS))
    assert dict(find_nearest("man", VOCABULARY, longer)) == pytest.approx(expected)
    assert len(find_nearest("man", VOCABULARY, VECTORS, top=99)) == 4


def test_man_is_to_woman_as_king_is_to_queen():
    assert solve_analogy("man", "woman", "king", VOCABULARY, VECTORS)[0][0] == "queen"


def test_an_analogy_never_answers_with_its_question():
    found = {tag for tag, _ in solve_analogy("man", "woman", "king", VOCABULARY, VECTORS, top=99)}
    assert found == {"queen", "fog"}


def test_a_vector_of_zeros_is_near_nothing():
    vectors = VECTORS.clone()
    vectors[4] = 0
    assert dict(find_nearest("man", VOCABULARY, vectors))["fog"] == 0


@pytest.mark.parametrize("call", [lambda: find_nearest("kin", VOCABULARY, VECTORS)])
def test_an_unknown_tag_names_the_closest(call):
    with pytest.raises(VocabularyError, match="king"):
        call()
