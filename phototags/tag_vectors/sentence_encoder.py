"""Sentence encoder: words and phrases as vectors whose cosine says how close their meanings are.

MiniLM of Sentence-BERT (Wang et al., NeurIPS 2020; Reimers & Gurevych, EMNLP 2019): BERT with 6
layers, the mean of its last states, scaled to length one. Weights are `model.safetensors` and
`tokenizer.json` as the Hugging Face hub has them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import layer_norm, normalize

from phototags.errors import ModelError
from phototags.io.storage import read_tensors

if TYPE_CHECKING:
    from tokenizers import Tokenizer

WIDTH, LAYERS, HEADS, HIDDEN = 384, 6, 12, 1536
EPSILON = 1e-12  # of BERT's layer normalisations
MAX_TOKENS = 256  # texts were no longer when the encoder was trained
BATCH = 32  # texts a forward pass, always: the same kernels for each, whatever the others are
TABLES = {"words": "word_embeddings", "positions": "position_embeddings"}
LAYER = {  # names in torch.nn.TransformerEncoderLayer and in BERT
    "self_attn.out_proj": "attention.output.dense",
    "norm1": "attention.output.LayerNorm",
    "linear1": "intermediate.dense",
    "linear2": "output.dense",
    "norm2": "output.LayerNorm",
}


@dataclass(frozen=True, eq=False)
class SentenceEncoder:
    """A frozen MiniLM with its tokenizer.

    Args:
        tokenizer: text to ids.
        tables: `words` (V, 384), `positions` (512, 384), `type` (384,) and the `weight` and
            `bias` (384,) of their normalisation.
        layers: of the transformer, in evaluation mode.
    """

    tokenizer: Tokenizer
    tables: Mapping[str, Tensor]
    layers: nn.Sequential

    @property
    def width(self) -> int:
        """D, the dimensions of a vector."""
        return WIDTH

    @torch.inference_mode()
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
                states = self._forward(torch.tensor([ids[place] for place in full]))
                vectors[part] = normalize(states.mean(dim=1))[: len(part)].numpy()
        return vectors

    def _forward(self, ids: Tensor) -> Tensor:
        """Ids (B, L) to the last layer's states (B, L, 384)."""
        tables = self.tables
        states = tables["words"][ids] + tables["positions"][: ids.shape[1]] + tables["type"]
        states = layer_norm(states, (WIDTH,), tables["weight"], tables["bias"], EPSILON)
        return self.layers(states)


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
        tensors = read_tensors(folder / "model.safetensors")[0]
        tables = {name: tensors[f"embeddings.{of}.weight"] for name, of in TABLES.items()}
        tables["type"] = tensors["embeddings.token_type_embeddings.weight"][0]
        for name in ("weight", "bias"):
            tables[name] = tensors[f"embeddings.LayerNorm.{name}"]
        layers = nn.Sequential(*(_make_layer(tensors, number) for number in range(LAYERS)))
    except Exception as error:  # the tokenizer's library raises nothing narrower
        raise ModelError(
            f"{folder} should hold model.safetensors and tokenizer.json of all-MiniLM-L6-v2, but: "
            f"{error}. Remove them and run `phototags fetch minilm`."
        ) from error
    return SentenceEncoder(tokenizer, tables, layers.eval())


def _make_layer(tensors: Mapping[str, Tensor], number: int) -> nn.Module:
    """Make a layer of the transformer from BERT's tensors."""
    layer = nn.TransformerEncoderLayer(
        WIDTH, HEADS, HIDDEN, 0.0, "gelu", layer_norm_eps=EPSILON, batch_first=True
    )
    state = {}
    for kind in ("weight", "bias"):
        given = {
            name.removeprefix(f"encoder.layer.{number}.").removesuffix(f".{kind}"): tensor
            for name, tensor in tensors.items()
            if name.startswith(f"encoder.layer.{number}.") and name.endswith(kind)
        }
        parts = [given[f"attention.self.{part}"] for part in ("query", "key", "value")]
        state[f"self_attn.in_proj_{kind}"] = torch.cat(parts)
        state |= {f"{name}.{kind}": given[of] for name, of in LAYER.items()}
    layer.load_state_dict(state)
    return layer.requires_grad_(False)
