"""Sentence encoder: words and phrases as vectors whose cosine says how close their meanings are.

MiniLM of Sentence-BERT (Wang et al., NeurIPS 2020; Reimers & Gurevych, EMNLP 2019): BERT with 6
layers, the mean of its last states, scaled to length one. Weights are `model.safetensors` and
`tokenizer.json` as the Hugging Face hub has them. Computed by numpy: a search of one word would
wait longer for torch to be imported than for the network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from phototags.errors import ModelError
from phototags.io.storage import read_tensors
from phototags.tag_vectors.ridge import scale_to_unit

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Floats = NDArray[np.float32]
WIDTH, LAYERS, HEADS, HIDDEN = 384, 6, 12, 1536
EPSILON = 1e-12  # of BERT's layer normalisations
MAX_TOKENS = 256  # texts were no longer when the encoder was trained
BATCH = 32  # texts a forward pass, always: the same kernels for each, whatever the others are
SHAPES = {  # of the dense layers in each layer of BERT: inputs and outputs
    "attention.self.query": (WIDTH, WIDTH),
    "attention.self.key": (WIDTH, WIDTH),
    "attention.self.value": (WIDTH, WIDTH),
    "attention.output.dense": (WIDTH, WIDTH),
    "intermediate.dense": (WIDTH, HIDDEN),
    "output.dense": (HIDDEN, WIDTH),
}
NORMS = ("attention.output.LayerNorm", "output.LayerNorm")


@dataclass(frozen=True, eq=False)
class SentenceEncoder:
    """A frozen MiniLM with its tokenizer.

    Args:
        tokenizer: text to ids.
        tensors: by BERT's names, float32.
    """

    tokenizer: Tokenizer
    tensors: Mapping[str, Floats]

    @property
    def width(self) -> int:
        """D, the dimensions of a vector."""
        return WIDTH

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Embed texts, (n, 384) float32 of length one, each independent of the others.

        Texts of equal length in tokens pass together, so that none is padded. Case is ignored;
        what is beyond 256 tokens is cut off.
        """
        ids = [one.ids for one in self.tokenizer.encode_batch(list(texts))]
        vectors = np.zeros((len(ids), WIDTH), np.float32)
        lengths = np.array([len(one) for one in ids])
        for length in np.unique(lengths):
            places = np.flatnonzero(lengths == length)
            for start in range(0, len(places), BATCH):
                part = places[start : start + BATCH]
                full = np.resize(part, BATCH)
                states = self._forward(np.array([ids[place] for place in full]))
                vectors[part] = scale_to_unit(states.mean(axis=1))[: len(part)]
        return vectors

    def _forward(self, ids: NDArray[np.int64]) -> Floats:
        """Ids (B, L) to the last layer's states (B, L, 384)."""
        words, places, kinds = (
            self.tensors[f"embeddings.{name}_embeddings.weight"]
            for name in ("word", "position", "token_type")
        )
        states = words[ids] + places[: ids.shape[1]] + kinds[0]
        states = self._normalise(states.reshape(-1, WIDTH), "embeddings.LayerNorm")
        for number in range(LAYERS):
            at = f"encoder.layer.{number}"
            mixed = self._apply(self._attend(states, at, ids.shape), f"{at}.attention.output.dense")
            states = self._normalise(states + mixed, f"{at}.attention.output.LayerNorm")
            inner = apply_gelu(self._apply(states, f"{at}.intermediate.dense"))
            outer = self._apply(inner, f"{at}.output.dense")
            states = self._normalise(states + outer, f"{at}.output.LayerNorm")
        return states.reshape(*ids.shape, WIDTH)

    def _attend(self, states: Floats, at: str, shape: tuple[int, int]) -> Floats:
        """States (B L, 384), mixed within each text by the heads' attention."""
        query, key, value = (
            self._apply(states, f"{at}.attention.self.{name}")
            .reshape(*shape, HEADS, WIDTH // HEADS)
            .transpose(0, 2, 1, 3)
            for name in ("query", "key", "value")
        )  # (B, heads, L, 32)
        scores = query @ key.swapaxes(2, 3) / np.float32((WIDTH // HEADS) ** 0.5)
        weights = np.exp(scores - scores.max(axis=3, keepdims=True))
        weights /= weights.sum(axis=3, keepdims=True)
        return (weights @ value).transpose(0, 2, 1, 3).reshape(-1, WIDTH)

    def _apply(self, states: Floats, name: str) -> Floats:
        """A dense layer."""
        return states @ self.tensors[f"{name}.weight"].T + self.tensors[f"{name}.bias"]

    def _normalise(self, states: Floats, name: str) -> Floats:
        """A layer normalisation."""
        states = states - states.mean(axis=1, keepdims=True)
        states /= np.sqrt(np.square(states).mean(axis=1, keepdims=True) + EPSILON)
        return states * self.tensors[f"{name}.weight"] + self.tensors[f"{name}.bias"]


def apply_gelu(values: Floats) -> Floats:
    """Gaussian error linear units: each value times the share of normal ones that are below it."""
    from scipy.special import erf

    return values * (1 + erf(values * np.float32(0.5**0.5))) / 2


def load_sentence_encoder(folder: Path | str) -> SentenceEncoder:
    """Load MiniLM from a folder with model.safetensors and tokenizer.json.

    Raises:
        ModelError: when a file is missing, damaged or of another network.
    """
    from tokenizers import Tokenizer

    folder = Path(folder)
    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_TOKENS)
        tensors = read_tensors(folder / "model.safetensors", framework="np")[0]
        _check_shapes(tensors)
    except Exception as error:  # the tokenizer's library raises nothing narrower
        raise ModelError(
            f"{folder} should hold model.safetensors and tokenizer.json of all-MiniLM-L6-v2, but: "
            f"{error}. Remove them and run `phototags fetch minilm`."
        ) from error
    return SentenceEncoder(tokenizer, tensors)


def _check_shapes(tensors: Mapping[str, Floats]) -> None:
    """Raise a LookupError or ValueError where tensors are not MiniLM's."""
    expected = {f"embeddings.LayerNorm.{kind}": (WIDTH,) for kind in ("weight", "bias")}
    for name in ("word", "position", "token_type"):
        table = f"embeddings.{name}_embeddings.weight"
        expected[table] = (len(tensors[table]), WIDTH)
    for number in range(LAYERS):
        at = f"encoder.layer.{number}"
        for name, (inputs, outputs) in SHAPES.items():
            expected |= {f"{at}.{name}.weight": (outputs, inputs), f"{at}.{name}.bias": (outputs,)}
        expected |= {f"{at}.{of}.{kind}": (WIDTH,) for of in NORMS for kind in ("weight", "bias")}
    for name, shape in expected.items():
        if (found := tensors[name]).shape != shape or found.dtype != np.float32:
            raise ValueError(
                f"{name} should be float32 of shape {shape}, but is {found.dtype} of {found.shape}"
            )
