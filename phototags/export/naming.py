"""Where a tagger's probabilities become named tags: a person's choices about words are applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phototags.errors import ModelError
from phototags.systems.tagger import CALIBRATION
from phototags.tag_vectors.zero_shot_model import FILE, ZeroShot, read_zero_shot
from phototags.tags.spelling import clean
from phototags.tags.word_choices import WordChoices


class Naming:
    """The names of a tagger's T tags and of added words.

    Args:
        tags: (T,). choices: what is blocked, named, added, translated.
        zero_shot: places the added words; needed for them only.
        placed: (A, E) vectors of the added words.

    Attributes:
        names: (V,) what is said; tags of one name are one.
        sources: (V,) the tags and added words of each name.

    >>> choices = WordChoices(frozenset({"structure"}), {"man": "person", "people": "person"})
    >>> naming = Naming(["sky", "man", "structure", "people"], choices)
    >>> naming.names, naming.apply(np.array([[0.1, 0.2, 0.9, 0.4]]), None).tolist()
    (['sky', 'person'], [[0.1, 0.4]])
    """

    def __init__(
        self,
        tags: Sequence[str],
        choices: WordChoices,
        zero_shot: ZeroShot | None = None,
        placed: NDArray[np.float32] | None = None,
    ):
        self.choices, self.zero_shot, self.placed = choices, zero_shot, placed
        self.words = [*tags, *choices.added]
        named: dict[str, list[int]] = {}
        for number, word in enumerate(self.words):
            if name := choices.name(word):
                named.setdefault(name, []).append(number)
        if not named:
            raise ModelError("all words of this tagger are blocked. Unblock one of them.")
        self.names = list(named)
        self.sources = [[self.words[number] for number in of] for of in named.values()]
        self._columns = np.concatenate([np.array(of) for of in named.values()])
        self._starts = np.cumsum([0, *map(len, named.values())])[:-1]

    def apply(
        self, probabilities: NDArray[np.float64], features: NDArray[np.float32] | None
    ) -> NDArray[np.float64]:
        """Probabilities (n, T) of tags to (n, V) of names; of several tags the highest.

        Tags of one name are forms or kinds of one thing and mostly on the same photos: joined as
        if they were independent, they would count the same evidence twice.

        Args:
            features: (n, F) of the photos; needed for added words only.
        """
        if self.choices.added:
            cosines = self.zero_shot.embed_photos(features) @ self.placed.T
            from phototags.tag_vectors.placed_words import estimate_fit

            added = estimate_fit(cosines, self.zero_shot.cut)
            probabilities = np.concatenate([probabilities, added], axis=1)
        return np.maximum.reduceat(probabilities[:, self._columns], self._starts, axis=1)

    def list_aliases(self, aliases: Mapping[str, str]) -> dict[str, str]:
        """Other words by which names are found: what they were called, and other translations.

        Args:
            aliases: tags by their other spellings.
        """
        said = dict(zip(self.words, map(self.choices.name, self.words), strict=True))
        words = {word: said[word] for word in self.words}
        for word in self.words:
            words |= {one: said[word] for one in self.choices.translations.get(word, ())}
        words |= {alias: said[tag] for alias, tag in aliases.items() if tag in said}
        words |= {name: name for name in self.names}
        spelt = {clean(word).tag: name for word, name in reversed(words.items()) if name}
        return {word: name for word, name in (spelt | words).items() if name not in (None, word)}


def make_naming(
    tags: Sequence[str], choices: WordChoices, folder: Path, calibrated: bool
) -> Naming | None:
    """The naming of a tagger's tags; None where nothing was chosen.

    Args:
        folder: of the tagger, whose zero-shot model places the added words.
        calibrated: whether it gives probabilities.

    Raises:
        ModelError: as `check_addition`, or words were added to a tagger of scores.
    """
    if not choices.identify():
        return None
    if not choices.added:
        return Naming(tags, choices)
    if not calibrated:
        raise ModelError(
            f"words were added to the tagger of {folder}, but it gives scores, no probabilities, "
            f"to compare them with. Block them: {', '.join(choices.added)!a:.100}."
        )
    return Naming(tags, choices, *check_addition(folder, choices.added))


def check_addition(folder: Path, words: Sequence[str]) -> tuple[ZeroShot, NDArray[np.float32]]:
    """Place words among a tagger's photos by their meaning.

    Returns:
        the zero-shot model that places them, and their vectors, (A, E).

    Raises:
        ModelError: the tagger has no zero-shot model, was never calibrated, or its text encoder
            does not know a word.
    """
    calibration = folder / CALIBRATION
    if not (folder / FILE).is_file() or not calibration.is_file():
        raise ModelError(
            f"expected a map of words, {FILE}, and {CALIBRATION} in {folder}, to place "
            f"{', '.join(words)!a:.100} among photos by their meaning, found them not: this tagger "
            "knows its own tags alone. Add words to the tagger that comes with phototags or to one "
            "of a run with `zero_shot`, or learn them from photos (`phototags learn`)."
        )
    from phototags.tag_vectors.placed_words import load_encoder

    model = read_zero_shot(folder / FILE)
    placed = model.place_texts(load_encoder(model).embed_terms(list(words), model.source))
    if missing := [word for word, one in zip(words, placed, strict=True) if not one.any()]:
        raise ModelError(
            f"the text encoder {model.encoder} knows no meaning of {', '.join(missing)!a:.100}. "
            "Add another word for it, and rename that."
        )
    return model, placed
