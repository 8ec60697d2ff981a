import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.functional import normalize

from phototags.tag_vectors.fit_skipgram import fit_skipgram
from phototags.tag_vectors.plain_text import (
    build_text_vocabulary,
    encode_windows,
    read_lines,
    split_words,
)
from phototags.tag_vectors.skipgram import SkipGram


def test_words_of_other_scripts_survive():
    assert split_words("Zürich, 東京! Москва…") == ["zürich", "東京", "москва"]


def test_the_vocabulary_is_the_commonest_words_with_ties_by_spelling():
    assert build_text_vocabulary(["b a", "b c a", "d"], min_count=2) == ["a", "b"]
    assert build_text_vocabulary([], min_count=1) == []


@given(st.lists(st.sampled_from("abcdefgh"), max_size=30), st.integers(1, 9))
def test_every_word_is_in_a_window_and_near_words_share_one(words, window):
    sets = encode_windows([" ".join(words)], list("abcdefgh"), window)
    pieces = [
        {"abcdefgh"[tag] for tag in sets.ids[begin:end]}
        for begin, end in zip(sets.offsets[:-1], sets.offsets[1:], strict=True)
    ]
    reach = window - max(window // 2, 1)
    for place, word in enumerate(words):
        for other in words[place : place + reach + 1]:
            assert any({word, other} <= piece for piece in pieces)


def test_windows_do_not_cross_lines():
    sets = encode_windows(["a b", "c d"], list("abcd"))
    assert sets.ids.tolist() == [0, 1, 2, 3] and sets.offsets.tolist() == [0, 2, 4]


def test_broken_bytes_do_not_stop_reading(tmp_path):
    (tmp_path / "text").write_bytes(b"sea \xff sky\nsun\n")
    assert [split_words(line) for line in read_lines([tmp_path / "text"])] == [
        ["sea", "sky"],
        ["sun"],
    ]


def test_words_of_one_topic_end_near():
    lines = ["sun sea sand wave", "cpu disk code bug"] * 100
    vocabulary = build_text_vocabulary(lines)
    initial = torch.randn(8, 6, generator=torch.Generator().manual_seed(0)) * 0.1
    sets, generator = encode_windows(lines, vocabulary), torch.Generator().manual_seed(0)
    vectors = normalize(fit_skipgram(sets, initial, SkipGram(), generator)[0].input_vectors)
    sea, sun, disk = (vectors[vocabulary.index(word)] for word in ("sea", "sun", "disk"))
    assert sea @ sun > sea @ disk
