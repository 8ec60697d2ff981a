"""Encoders of words and phrases, by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from numpy.typing import NDArray

from phototags.tag_vectors.ridge import scale_to_unit

TEMPLATES = {"tags": "a photo of {}", "captions": "a {}"}
"""How a word is wrapped for a sentence encoder, by what was learned from. Words of tags gain most
by a sentence; `photo` in it hurts beside captions, which never say so."""


@dataclass(frozen=True, eq=False)
class TextEncoder:
    """An encoder of texts, loaded.

    Args:
        name: `minilm` (any words and phrases) or `glove` (the words of its table).
        embed: texts to (n, E) float32 of length one; zeros where it knows no word of a text.
    """

    name: str
    embed: Callable[[Sequence[str]], NDArray]

    def embed_terms(self, terms: Sequence[str], source: str) -> NDArray:
        """Embed words and phrases to be compared with what a model learned from: (n, E).

        Words are wrapped in TEMPLATES for a sentence encoder; beside captions phrases are not.

        Args:
            source: `tags` or `captions`.
        """
        if self.name != "minilm":
            return self.embed(terms)
        template = TEMPLATES[source]
        phrases = source == "captions"
        return self.embed(
            [term if phrases and " " in term else template.format(term) for term in terms]
        )


def load_text_encoder(name: str, folder: Path | str | None = None) -> TextEncoder:
    """Load an encoder.

    Args:
        folder: of MiniLM's weights; GloVe is a package.

    Raises:
        ModelError: when its files are missing or damaged.
    """
    if name == "glove":
        from phototags.tag_vectors.text_vectors import load_glove

        text = load_glove()
        return TextEncoder(name, lambda texts: scale_to_unit(text.embed(texts)))
    from phototags.tag_vectors.sentence_encoder import load_sentence_encoder

    return TextEncoder(name, load_sentence_encoder(folder).embed)
