import pytest
import torch

from phototags.errors import ModelError
from phototags.params.embeddings import EmbedTags
from phototags.tag_vectors.embed_tags import (
    embed_tags,
    embed_text,
    read_tag_vectors,
    write_tag_vectors,
)
from phototags.tag_vectors.initialisation import load_text_vectors
from phototags.tag_vectors.text_formats import write_word2vec
from phototags.tag_vectors.text_vectors import load_glove
from phototags.tags.encoding import encode_tags

SETTINGS = EmbedTags(
    init="glove", dimensions=50, epochs=2, negatives=5, power=0.75, learning_rate=0.05
)
PHOTOS = [["sea", "sky", "unheard of"], ["sky", "bird"], ["dog"]] * 20
VOCABULARY = ["sky", "sea", "bird", "dog", "blipfest2012"]
SETS = encode_tags(PHOTOS, VOCABULARY)


def test_vectors_come_in_vocabulary_order_and_start_at_glove():
    settings = SETTINGS.model_copy(update={"epochs": 0})
    table, _ = embed_tags(SETS, VOCABULARY, settings, 0, load_glove())
    vectors = table.input_vectors
    assert vectors.shape == (5, 50) and vectors.dtype == torch.float32
    assert torch.equal(vectors[:4], torch.from_numpy(load_glove().embed(VOCABULARY[:4])))


def test_a_random_start_needs_no_package(monkeypatch):
    monkeypatch.setattr("phototags.tag_vectors.initialisation.load_glove", None)
    settings = SETTINGS.model_copy(update={"init": "random", "dimensions": 8})
    text = load_text_vectors("random", [], VOCABULARY)
    assert embed_tags(SETS, VOCABULARY, settings, 0, text)[0].input_vectors.shape == (5, 8)


def test_vectors_can_start_from_plain_text(tmp_path):
    (tmp_path / "text").write_text("sea sky sun\ndog bark\n" * 50)
    settings = {"init": "text", "text_file": str(tmp_path / "text"), "dimensions": 6}
    settings = EmbedTags(**SETTINGS.model_dump() | settings)
    words, vectors = embed_text(settings.text_file, settings, 0)
    write_word2vec(tmp_path / "vectors", words, vectors.numpy())
    text = load_text_vectors("text", [tmp_path / "vectors"], VOCABULARY)
    assert sorted(text.words.to_pylist()) == ["dog", "sea", "sky"]  # the tags' words alone
    kept = settings.model_copy(update={"epochs": 0})
    table, _ = embed_tags(SETS, VOCABULARY, kept, 0, text)
    assert torch.equal(table.input_vectors[3], vectors[words.index("dog")])
    assert torch.equal(embed_text(settings.text_file, settings, 0)[1], vectors)


def test_text_without_a_common_word_is_refused(tmp_path):
    (tmp_path / "text").write_text("sea sky\n")
    with pytest.raises(ModelError, match="some words 5 times"):
        embed_text(tmp_path / "text", SETTINGS, 0)


def test_text_and_its_start_go_together():
    for keys in ({"init": "text"}, {"text_file": "a.txt"}):
        with pytest.raises(ValueError, match="go together"):
            EmbedTags(**SETTINGS.model_dump() | keys)


def test_two_runs_write_the_same_bytes(tmp_path):
    for name in "ab":
        learned = embed_tags(SETS, VOCABULARY, SETTINGS, 7, load_glove())
        files = [f"{name}.safetensors", f"{name}.contexts", f"{name}.csv"]
        write_tag_vectors(*(tmp_path / file for file in files), learned, SETTINGS)
    for suffix in ("safetensors", "contexts", "csv"):
        first, second = (tmp_path / f"{name}.{suffix}" for name in "ab")
        assert first.read_bytes() == second.read_bytes()
    assert torch.equal(read_tag_vectors(tmp_path / "a.safetensors"), learned[0].input_vectors)
    assert torch.equal(read_tag_vectors(tmp_path / "a.contexts"), learned[0].output_vectors)
    assert (tmp_path / "a.csv").read_text().startswith("epoch,loss\n1,")
