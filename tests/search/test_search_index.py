"""Brute force finds what a loop finds, and an index is written, read and refused as a whole."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import torch

from phototags.errors import ModelError
from phototags.features.feature_cache import Features
from phototags.io.storage import hash_file
from phototags.photos.photo_table import make_photo_table
from phototags.search.index import (
    COLUMNS,
    PhotoIndex,
    build_index,
    compute_photo_vectors,
    read_index,
    write_index,
)
from phototags.search.search_index import SearchIndex, search, select_tag_vectors
from phototags.systems.im2vec import Im2Vec
from phototags.systems.parts.baselines import FrequencyTagger, KnnTagger
from phototags.tag_vectors.text_encoders import TextEncoder
from phototags.tag_vectors.zero_shot_model import ZeroShot, write_zero_shot

SYSTEM = Im2Vec(model="im2vec", hidden=[6], epochs=1, patience=1)
PHOTOS = make_photo_table({"photo_id": name, "title": name.upper()} for name in "abcd")
TAGS = pd.DataFrame({"row": range(4), "tags": [["sea"], [], ["sea", "dog"], ["cat"]]})


def make_im2vec():
    generator = torch.Generator().manual_seed(1)
    tagger = SYSTEM.init_tagger(8, torch.randn(5, 3, generator=generator), torch.ones(5), generator)
    return tagger.eval()


def test_vectors_of_another_vocabulary_are_refused():
    with pytest.raises(ModelError, match="5 tags.*lists 4"):
        select_tag_vectors(make_im2vec().tensors(), 4)


def test_one_tag_ranks_photos_as_the_tagger_scores_them():
    tagger, features = make_im2vec(), torch.rand(7, 8, generator=torch.Generator().manual_seed(2))
    vectors = torch.from_numpy(select_tag_vectors(tagger.tensors(), 5))
    found = compute_photo_vectors(tagger, features) @ vectors.T  # (7, 5)
    torch.testing.assert_close(found + tagger.bias, tagger.scores(features))


@pytest.mark.parametrize(
    "tagger",
    [
        FrequencyTagger(torch.tensor([3, 9])),
        KnnTagger(
            torch.eye(2).half(),
            torch.tensor([0, 1]),
            torch.tensor([0, 1, 2]),
            torch.tensor([1, 1]),
            neighbours=1,
        ),
    ],
    ids=["frequency", "neighbours"],
)
def test_without_an_embedding_the_tags_scores_are_searched(tagger):
    features = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    vectors = torch.from_numpy(select_tag_vectors(tagger.tensors(), 2))
    found = compute_photo_vectors(tagger, features) @ vectors.T
    torch.testing.assert_close(found, tagger.scores(features))


def make_features(rows):
    drawn = torch.rand(len(rows), 8, generator=torch.Generator().manual_seed(3))
    return Features(torch.tensor(rows), drawn)


@pytest.fixture
def index():
    return build_index(make_im2vec(), make_features([0, 2, 3, 9]), PHOTOS, TAGS, "shapes", "abc")


def test_only_photos_with_features_are_indexed(index):
    assert index.table["photo_id"].to_pylist() == ["a", "c", "d"]
    assert index.table["tags"].to_pylist() == [["sea"], ["sea", "dog"], ["cat"]]


def test_blacklisted_tags_are_left_out_of_the_index():
    parts = make_im2vec(), make_features([0, 2, 3]), PHOTOS, TAGS, "shapes", "abc"
    tags = build_index(*parts, blacklist="s.a").table["tags"]
    assert tags.to_pylist() == [[], ["dog"], ["cat"]]


def test_an_index_comes_back_as_it_was_written(index, tmp_path):
    write_index(index, tmp_path / "shapes.safetensors", tmp_path / "shapes.parquet")
    again = read_index(tmp_path, "shapes")
    assert np.array_equal(again.vectors, index.vectors)
    assert again.table["tags"].to_pylist() == index.table["tags"].to_pylist()
    assert (again.corpus, again.model) == ("shapes", "abc")


def test_the_same_index_is_the_same_bytes(index, tmp_path):
    for name in ("one", "two"):
        write_index(index, tmp_path / f"{name}.safetensors", tmp_path / f"{name}.parquet")
    for kind in ("safetensors", "parquet"):
        one, two = ((tmp_path / f"{name}.{kind}").read_bytes() for name in ("one", "two"))
        assert one == two


def test_a_missing_index_names_those_that_are_there(index, tmp_path):
    write_index(index, tmp_path / "shapes.safetensors", tmp_path / "shapes.parquet")
    with pytest.raises(ModelError, match=r"stamps.*\['shapes'\]"):
        read_index(tmp_path, "stamps")


def test_halves_of_two_indexes_are_refused(index, tmp_path):
    write_index(index, tmp_path / "shapes.safetensors", tmp_path / "shapes.parquet")
    shorter = PhotoIndex(index.vectors[:2], index.table.slice(0, 2), "shapes", "abc")
    write_index(shorter, tmp_path / "other.safetensors", tmp_path / "shapes.parquet")
    with pytest.raises(ModelError, match="3 vectors.*2 photos"):
        read_index(tmp_path, "shapes")


def test_a_damaged_index_is_refused(index, tmp_path):
    write_index(index, tmp_path / "shapes.safetensors", tmp_path / "shapes.parquet")
    (tmp_path / "shapes.safetensors").write_bytes(b"no tensors")
    with pytest.raises(ModelError, match="make results"):
        read_index(tmp_path, "shapes")


MEANINGS = {
    "a surf": [1, 0, 0],
    "a wave": [0.8, 0.6, 0],
    "a tax": [0, 0, 1],
    "dog at sea": [0, 1, 0],
}
"""Text vectors of terms, wrapped as `embed_terms` does for a model of captions."""


@pytest.fixture
def sea_index(monkeypatch):
    """Three photos: tags sea and dog, and text vectors near `surf`, `wave` and neither."""

    def embed(texts):
        return np.float32([MEANINGS.get(text, [0, 0, 0]) for text in texts])

    load = "phototags.tag_vectors.placed_words.load_encoder"
    monkeypatch.setattr(load, lambda model: TextEncoder(model.encoder, embed))
    model = ZeroShot(
        np.zeros(3, np.float32), np.eye(3, dtype=np.float32), np.zeros(3, np.float32),
        np.eye(3, dtype=np.float32), "minilm", "captions", 0.5,
    )  # fmt: skip
    table = pa.Table.from_pylist(
        [{name: [] if name == "tags" else str(row) for name in COLUMNS} for row in range(3)]
    )
    texts = model.embed_photos(np.float32([[1, 0, 0], [1, 1, 0], [0, 1, 0]]))
    photos = PhotoIndex(np.float32([[1, 0], [0, 1], [0, 0]]), table, "toy", "", texts, "")
    return SearchIndex(["sea", "dog"], np.eye(2, dtype=np.float32), photos, [], model)


def find(index, words):
    query, found = search(index, words, 9)
    return query, [card.photo_id for card, _ in found], [score for _, score in found]


def test_a_term_alone_finds_photos_above_the_cut_by_cosine(sea_index):
    query, photos, scores = find(sea_index, "surf")
    assert photos == ["0", "1"] and scores == pytest.approx([1, 0.5**0.5])
    assert query.notes == ("'surf' is not a learned tag: searched by its meaning",)


def test_a_term_that_means_nothing_here_finds_no_match(sea_index):
    for words in ("tax", "xyzzy"):
        query, photos, _ = find(sea_index, words)
        assert photos == [] and query.terms == () and query.notes[0].endswith("no match")


def test_a_term_without_a_match_leaves_the_tags_of_the_query(sea_index):
    query, photos, scores = find(sea_index, "sea, tax")
    assert photos[0] == "0" and scores[0] == 1 and "no match" in query.notes[0]


def test_tags_and_terms_weigh_the_same(sea_index):
    """Each scaled to mean 0 and maximum 1 over the photos."""
    _, photos, scores = find(sea_index, "dog, surf")
    tag, term = np.array([0, 1, 0]), np.array([1, 0.5**0.5, 0])
    tag, term = tag - tag.mean(), term - term.mean()
    slow = tag / tag.max() + term / term.max()
    assert photos == [str(place) for place in np.argsort(-slow)]
    assert scores == pytest.approx(sorted(slow, reverse=True), abs=1e-5)


def test_a_phrase_is_one_term(sea_index):
    query, photos, _ = find(sea_index, "photos of dog at sea")
    assert photos == ["2", "1"]
    assert query.notes == ("'dog at sea' is one phrase: searched by its meaning",)


def test_an_index_keeps_its_text_vectors(tmp_path, sea_index):
    write_zero_shot(sea_index.zero_shot, tmp_path / "zero_shot.safetensors")
    features = Features(torch.arange(4), torch.rand(4, 3))
    tagger = FrequencyTagger(torch.tensor([3, 9]))
    index = build_index(
        tagger, features, PHOTOS, TAGS, "toy", "", None, tmp_path / "zero_shot.safetensors"
    )
    write_index(index, tmp_path / "toy.safetensors", tmp_path / "toy.parquet")
    back = read_index(tmp_path, "toy")
    assert back.zero_shot == hash_file(tmp_path / "zero_shot.safetensors")
    expected = features.matrix / features.matrix.norm(dim=1, keepdim=True)
    assert back.text_vectors == pytest.approx(expected.numpy(), abs=1e-6)
