"""Edit a person's choices about a tagger's words: block, unblock, rename, merge, add."""

from __future__ import annotations

import dataclasses
import difflib
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from phototags.errors import VocabularyError
from phototags.export.naming import Naming
from phototags.search.terms import TagNames
from phototags.tags.spelling import clean
from phototags.tags.word_choices import WordChoices, check_word


@dataclass(frozen=True)
class Words:
    """The words of a tagger as a person chose them; each edit returns new choices.

    Args:
        tags: that it learned. aliases: tags by their other spellings.

    >>> words = Words(["sky", "man", "people"], {"skies": "sky"}, WordChoices())
    >>> dict(words.merge(["people", "man"], "persons").names)
    {'people': 'persons', 'man': 'persons'}
    >>> words.block(["skies"]).blocked
    frozenset({'sky'})
    """

    tags: Sequence[str]
    aliases: Mapping[str, str]
    choices: WordChoices

    def find(self, word: str) -> list[str]:
        """The tags and added words that are said under a word's name; none for no word."""
        found = self._names.find(word)
        found = self._names.find(clean(word).tag) if found is None else found
        return [] if found is None else self._naming.sources[found]

    @functools.cached_property
    def _naming(self) -> Naming:
        return Naming(self.tags, self.choices)

    @functools.cached_property
    def _names(self) -> TagNames:
        return TagNames(self._naming.names, self._naming.list_aliases(self.aliases))

    def _get(self, word: str) -> list[str]:
        if found := self.find(word):
            return found
        if (tag := clean(word).tag) in self.choices.blocked:
            raise VocabularyError(f"{word!r} is blocked. Unblock it: `vocabulary unblock {tag}`.")
        known = [*self.tags, *filter(None, map(self.choices.name, self.tags))]
        closest = ", ".join(dict.fromkeys(difflib.get_close_matches(word, known, 3))) or "none"
        raise VocabularyError(
            f"{word!r} is none of the words of this tagger; closest: {closest}. `phototags "
            "vocabulary list` lists all; `vocabulary add` adds one."
        )

    def block(self, words: Sequence[str]) -> WordChoices:
        """Block words: each with all tags that are said so; added words are removed.

        Raises:
            VocabularyError: one is unknown.
        """
        blocked = {tag for word in words for tag in self._get(word)}
        added = tuple(word for word in self.choices.added if word not in blocked)
        gone = blocked & set(self.choices.added)
        names = {tag: name for tag, name in self.choices.names.items() if tag not in gone}
        return self._replace(blocked=self.choices.blocked | (blocked - gone), added=added,
                             names=names)  # fmt: skip

    def unblock(self, words: Sequence[str]) -> WordChoices:
        """Let blocked words be said again.

        Raises:
            VocabularyError: one is not blocked.
        """
        open_again = set()
        for word in words:
            spelt = clean(word).tag
            found = {tag for tag in self.choices.blocked if spelt in self._list_spellings(tag)}
            if not found:
                blocked = ", ".join(sorted(self.choices.blocked)) or "none"
                raise VocabularyError(f"{word!r} is not blocked; blocked are: {blocked:.300}.")
            open_again |= found
        return self._replace(blocked=self.choices.blocked - open_again)

    def _list_spellings(self, tag: str) -> set[str]:
        words = [tag, *self.choices.translations.get(tag, ())]
        words += [self.choices.names.get(tag, tag)]
        words += [alias for alias, of in self.aliases.items() if of == tag]
        return {clean(word).tag for word in words}

    def rename(self, word: str, name: str) -> WordChoices:
        """Say a word under another name; by its first name it is found still.

        Raises:
            VocabularyError: it is unknown, or another word has that name.
        """
        tags, other = self._get(word), self.find(check_word(name, "the new name"))
        if other and other != tags:
            raise VocabularyError(
                f"{name!r} is the name of another word. To make them one: `phototags vocabulary "
                f"merge {name!r} {word!r}`."
            )
        return self._name(tags, name)

    def merge(self, words: Sequence[str], name: str | None = None) -> WordChoices:
        """Make several words one, under a name, by default that of the first.

        Raises:
            VocabularyError: one is unknown, they are one already, or another word has that name.
        """
        groups = {tuple(self._get(word)): word for word in reversed(words)}
        if len(groups) < 2:
            raise VocabularyError(f"expected words of two names at least, found {words!a:.100}.")
        tags = [tag for of in reversed(groups) for tag in of]
        name = check_word(name or self.choices.name(tags[0]), "the new name")
        if (other := self.find(name)) and not set(other) <= set(tags):
            raise VocabularyError(f"{name!r} is the name of another word: merge that one too.")
        return self._name(tags, name)

    def _name(self, tags: Sequence[str], name: str) -> WordChoices:
        """Give tags a name; one that is each's own anyway is not kept."""
        names = {tag: of for tag, of in self.choices.names.items() if tag not in tags}
        bare = dataclasses.replace(self.choices, names=names)
        return self._replace(names=names | {tag: name for tag in tags if bare.name(tag) != name})

    def add(self, words: Sequence[str]) -> WordChoices:
        """Add words that were never learned.

        Raises:
            VocabularyError: one is a word of the tagger already, or no word.
        """
        added = list(self.choices.added)
        for word in words:
            tag = clean(check_word(word, "a new word")).tag
            if self.find(tag) or tag in self.choices.blocked or tag in added:
                raise VocabularyError(
                    f"{word!r} is a word of this tagger already, as {self.find(tag) or 'blocked'}."
                )
            added.append(tag)
        return self._replace(added=tuple(added))

    def _replace(self, **changes: object) -> WordChoices:
        return dataclasses.replace(self.choices, **changes)
