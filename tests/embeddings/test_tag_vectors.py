import torch

from phototags.config import EmbedTags
from phototags.embeddings.tag_vectors import embed_tags, read_tag_vectors, write_tag_vectors
from phototags.embeddings.text import glove

SETTINGS = EmbedTags(
    start="glove", dimensions=50, epochs=2, negatives=5, power=0.75, learning_rate=0.05
)
PHOTOS = [["sea", "sky", "unheard of"], ["sky", "bird"], ["dog"]] * 20
VOCABULARY = ["sky", "sea", "bird", "dog", "blipfest2012"]


def test_vectors_come_in_vocabulary_order_and_start_at_glove():
    table, _ = embed_tags(PHOTOS, VOCABULARY, SETTINGS.model_copy(update={"epochs": 0}), 0)
    vectors = table.words
    assert vectors.shape == (5, 50) and vectors.dtype == torch.float32
    assert torch.equal(vectors[:4], torch.from_numpy(glove().of(VOCABULARY[:4])))


def test_a_random_start_needs_no_package(monkeypatch):
    monkeypatch.setattr("phototags.embeddings.tag_vectors.glove", None)
    settings = SETTINGS.model_copy(update={"start": "random", "dimensions": 8})
    assert embed_tags(PHOTOS, VOCABULARY, settings, 0)[0].words.shape == (5, 8)


def test_two_runs_write_the_same_bytes(tmp_path):
    for name in "ab":
        learned = embed_tags(PHOTOS, VOCABULARY, SETTINGS, 7)
        files = [f"{name}.safetensors", f"{name}.contexts", f"{name}.csv"]
        write_tag_vectors(*(tmp_path / file for file in files), learned, SETTINGS)
    for suffix in ("safetensors", "contexts", "csv"):
        first, second = (tmp_path / f"{name}.{suffix}" for name in "ab")
        assert first.read_bytes() == second.read_bytes()
    assert torch.equal(read_tag_vectors(tmp_path / "a.safetensors"), learned[0].words)
    assert torch.equal(read_tag_vectors(tmp_path / "a.contexts"), learned[0].contexts)
    assert (tmp_path / "a.csv").read_text().startswith("epoch,loss\n1,")
