"""The sentence encoder is BERT with a mean: as a slow loop and the published weights say."""

import json
import math

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from phototags.errors import ModelError
from phototags.tag_vectors.sentence_encoder import load_sentence_encoder
from phototags.weights.fetch import find_weights

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "dog", "sea", "a", "##s", "on"]
TEXTS = ["a dog", "dogs on a sea", "", "sea", "A DOG", "sea dog"]
WIDTH, LAYERS, HEADS = 384, 6, 12
PUBLISHED = {
    "a photo of a dog": [-0.04696, 0.069876, 0.047995, 0.048275],
    "Café in München": [0.023202, 0.000261, -0.036346, 0.022097],
    "two children play in the snow .": [-0.048557, -0.039909, 0.048576, 0.043968],
}


def make_tensors():
    generator = torch.Generator().manual_seed(0)

    def draw(*shape):
        return torch.randn(*shape, generator=generator) * 0.05

    tensors = {
        "embeddings.word_embeddings.weight": draw(len(WORDS), WIDTH),
        "embeddings.position_embeddings.weight": draw(512, WIDTH),
        "embeddings.token_type_embeddings.weight": draw(2, WIDTH),
        "embeddings.LayerNorm.weight": 1 + draw(WIDTH),
        "embeddings.LayerNorm.bias": draw(WIDTH),
        "pooler.dense.weight": draw(2, 2),
    }
    shapes = {
        "attention.self.query": (WIDTH, WIDTH),
        "attention.self.key": (WIDTH, WIDTH),
        "attention.self.value": (WIDTH, WIDTH),
        "attention.output.dense": (WIDTH, WIDTH),
        "intermediate.dense": (4 * WIDTH, WIDTH),
        "output.dense": (WIDTH, 4 * WIDTH),
    }
    for layer in range(LAYERS):
        for name, shape in shapes.items():
            tensors[f"encoder.layer.{layer}.{name}.weight"] = draw(*shape)
            tensors[f"encoder.layer.{layer}.{name}.bias"] = draw(shape[0])
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            tensors[f"encoder.layer.{layer}.{name}.weight"] = 1 + draw(WIDTH)
            tensors[f"encoder.layer.{layer}.{name}.bias"] = draw(WIDTH)
    return tensors


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("encoder")
    save_file(make_tensors(), path / "model.safetensors")
    words = {word: number for number, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordPiece(words, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.enable_padding(length=128)  # as the published file says; ours must not pad
    tokenizer.save(str(path / "tokenizer.json"))
    return path


def embed_slowly(tensors, ids):
    """BERT by its formulas (Devlin et al., NAACL 2019), in float64, a head at a time."""
    get = {name: tensor.double() for name, tensor in tensors.items()}

    def normalise(x, name):
        mean, variance = x.mean(1, keepdim=True), x.var(1, unbiased=False, keepdim=True)
        scaled = (x - mean) / (variance + 1e-12).sqrt()
        return scaled * get[f"{name}.weight"] + get[f"{name}.bias"]

    def apply(x, name):
        return x @ get[f"{name}.weight"].T + get[f"{name}.bias"]

    states = torch.stack(
        [
            get["embeddings.word_embeddings.weight"][token]
            + get["embeddings.position_embeddings.weight"][place]
            + get["embeddings.token_type_embeddings.weight"][0]
            for place, token in enumerate(ids)
        ]
    )
    states = normalise(states, "embeddings.LayerNorm")
    for layer in range(LAYERS):
        at, size = f"encoder.layer.{layer}", WIDTH // HEADS
        query, key, value = (
            apply(states, f"{at}.attention.self.{part}") for part in ("query", "key", "value")
        )
        heads = []
        for head in range(HEADS):
            own = slice(head * size, (head + 1) * size)
            weights = (query[:, own] @ key[:, own].T / math.sqrt(size)).softmax(1)
            heads.append(weights @ value[:, own])
        mixed = apply(torch.cat(heads, 1), f"{at}.attention.output.dense")
        states = normalise(states + mixed, f"{at}.attention.output.LayerNorm")
        inner = apply(states, f"{at}.intermediate.dense")
        inner = inner * (1 + torch.erf(inner / math.sqrt(2))) / 2
        states = normalise(states + apply(inner, f"{at}.output.dense"), f"{at}.output.LayerNorm")
    mean = states.mean(0)
    return (mean / mean.norm()).numpy()


def test_texts_are_embedded_as_the_formulas_of_bert_say(folder):
    found, tensors = load_sentence_encoder(folder).embed(TEXTS), make_tensors()
    ids = [[2, 6, 4, 3], [2, 4, 7, 8, 6, 5, 3], [2, 3], [2, 5, 3], [2, 6, 4, 3], [2, 5, 4, 3]]
    assert found.dtype == np.float32 and found.shape == (6, WIDTH)
    for vector, own in zip(found, ids, strict=True):
        assert vector == pytest.approx(embed_slowly(tensors, own), abs=2e-6)


def test_a_text_has_the_same_bytes_alone_and_among_others(folder):
    encoder = load_sentence_encoder(folder)
    together = encoder.embed(TEXTS * 20)
    alone = np.concatenate([encoder.embed([text]) for text in TEXTS])
    assert (together == np.tile(alone, (20, 1))).all()


def test_no_texts_give_no_vectors(folder):
    assert load_sentence_encoder(folder).embed([]).shape == (0, WIDTH)


def test_words_beyond_256_tokens_change_nothing(folder):
    encoder = load_sentence_encoder(folder)
    long, longer = (" ".join(["dog"] * count) for count in (254, 300))
    assert (encoder.embed([long]) == encoder.embed([longer])).all()


@pytest.mark.parametrize("lost", ["model.safetensors", "tokenizer.json"])
def test_a_missing_file_is_an_error_that_says_what_to_do(folder, tmp_path, lost):
    for name in {"model.safetensors", "tokenizer.json"} - {lost}:
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    with pytest.raises(ModelError, match="phototags fetch minilm"):
        load_sentence_encoder(tmp_path)


@pytest.mark.parametrize(
    "name, shape", [("encoder.layer.3.output.dense.weight", (WIDTH, 7)), ("pooler", None)]
)
def test_another_network_is_refused(folder, tmp_path, name, shape):
    tensors = make_tensors()
    if shape:
        tensors[name] = torch.zeros(shape)
    else:
        del tensors["encoder.layer.5.output.LayerNorm.bias"]
    save_file(tensors, tmp_path / "model.safetensors")
    (tmp_path / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes())
    with pytest.raises(ModelError, match=str(tmp_path)):
        load_sentence_encoder(tmp_path)


def test_a_damaged_tokenizer_is_refused(folder, tmp_path):
    (tmp_path / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes())
    (tmp_path / "tokenizer.json").write_text(json.dumps({"model": "none"}))
    with pytest.raises(ModelError, match=str(tmp_path)):
        load_sentence_encoder(tmp_path)


def test_the_published_weights_give_the_vectors_of_transformers():
    """First four numbers by transformers 5.24 on torch 2.14, mean-pooled over real tokens."""
    try:
        folder = find_weights("minilm")
    except ModelError as error:
        pytest.skip(str(error))
    found = load_sentence_encoder(folder).embed(list(PUBLISHED))
    for vector, numbers in zip(found, PUBLISHED.values(), strict=True):
        assert vector[:4] == pytest.approx(numbers, abs=1e-5)
