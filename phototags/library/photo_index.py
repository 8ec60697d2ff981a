"""Search an index of photos: words that all must hold, likeness, folders and dates.

Without torch, unless it is asked for photos like one that is not indexed.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phototags.errors import ModelError
from phototags.library import own_search
from phototags.library.found import FoundPhoto, SearchResult
from phototags.library.likeness import find_photo, measure_likeness
from phototags.library.store import name_errors, open_store, read_about
from phototags.library.vectors import PhotoVectors, read_vectors
from phototags.library.words_by_meaning import MeaningOfWords
from phototags.search.ranking import pick_best
from phototags.search.terms import TagNames, Term, Terms, parse_terms

LOWEST = 0.1
"""Probability of a wanted term, the geometric mean of several, below which nothing is found."""
CERTAIN = 0.5
"""Probability of an unwanted term from which a photo is left out."""


class PhotoIndex:
    """An opened index; several searches share what was read.

    >>> PhotoIndex.open("/no/index")
    Traceback (most recent call last):
        ...
    phototags.errors.ModelError: expected an index of photos in /no/index, found no index.sqlite. \
Make one with `phototags index FOLDER --index /no/index`.
    """

    def __init__(self, folder: Path, store: sqlite3.Connection):
        self.folder = folder
        self.store = store
        self.about = read_about(store)
        if "generation" not in self.about:
            raise ModelError(
                f"{folder} is an index that was not finished. Run `phototags index` again."
            )
        self.tags: list[str] = json.loads(self.about["tags"])
        self.names = TagNames(self.tags, json.loads(self.about["aliases"]))
        self.vectors: PhotoVectors = read_vectors(folder, self.about["generation"], len(self.tags))
        self.meaning = MeaningOfWords(Path(self.about["model"]), self.vectors.text_vectors)

    @classmethod
    def open(cls, folder: Path | str) -> PhotoIndex:
        """Open the index in a folder, to be read.

        Raises:
            ModelError: there is none, or it is damaged, of another version or another program.
        """
        folder = Path(folder)
        with name_errors(folder):
            return cls(folder, open_store(folder))

    def close(self) -> None:
        """Close its files."""
        self.store.close()

    def __enter__(self) -> PhotoIndex:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        """The number of different photos."""
        return len(self.vectors.photos)

    def search(
        self,
        words: str = "",
        *,
        without: Sequence[str] = (),
        like: str | None = None,
        since: str = "",
        within: str | None = None,
        own_only: bool = False,
        top: int = 20,
    ) -> SearchResult:
        """Find the photos for which all words hold.

        A word that the photo's owner wrote (keyword, title, file name) is certain; a learned tag
        has its probability; other words are placed among the photos by their meaning. The score
        is the product of all.

        Args:
            words: `dog beach -people`, `not people`, `without people`; a comma ends a term.
            without: more words that must not hold.
            like: path of a photo; those that look like it come first.
            since: a year, month or day, `2019-07`; photos without a date are left out.
            within: a folder; photos below it alone are found.
            own_only: search what the owner wrote, no learned tag.
            top: photos, at most.

        Raises:
            ModelError: when the index is damaged, or `like` can be neither found nor read.
        """
        with name_errors(self.folder):
            terms, notes = self._parse(words, without, own_only)
            scores = self._score(terms, own_only)
            if like is None and not (terms.wanted or terms.unwanted):
                scores[:] = -np.inf
            limits = own_search.select_files(self.store, since, within)
            if limits is not None:
                outside = np.ones(len(self), bool)
                outside[self.vectors.find_places(limits)] = False
                scores[outside] = -np.inf
            if like is not None:
                scores[find_photo(self, like)] = -np.inf
                places = np.flatnonzero(scores > -np.inf)
                scores[places] *= measure_likeness(self, like, places)
            best = pick_best(scores, top)
            photos = [self._describe(place, score, within) for place, score in best]
        named = [tuple(term.text for term in of) for of in (terms.wanted, terms.unwanted)]
        return SearchResult(*named, tuple(notes), tuple(filter(None, photos)), len(self))

    def _parse(self, words: str, without: Sequence[str], own_only: bool) -> tuple[Terms, list[str]]:
        """The terms of a search, without words that mean nothing here, and notes about these."""
        is_own = own_search.make_lookup(self.store)
        terms = parse_terms(words, self.names, is_own)
        more = [parse_terms(one, self.names, is_own).wanted for one in without]
        unwanted = (*terms.unwanted, *(term for of in more for term in of))
        notes: list[str] = []

        def keep(term: Term) -> bool:
            if (term.tag is not None and not own_only) or is_own(term.text):
                return True
            found = not own_only and self.meaning.knows(term.text)
            where = "written on no photo" if own_only else "no tag and no keyword"
            notes.append(
                f"{term.text!r} is {where}: " + ("searched by its meaning" if found else "left out")
            )
            return found

        return Terms(tuple(filter(keep, terms.wanted)), tuple(filter(keep, unwanted))), notes

    def _score(self, terms: Terms, own_only: bool) -> NDArray[np.float32]:
        """(n,) probabilities that all terms hold, -inf below the cut."""
        scores = np.ones(len(self), np.float32)
        for term in terms.wanted:
            scores *= self.estimate(term, own_only)
        scores[scores < LOWEST ** len(terms.wanted)] = -np.inf
        for term in terms.unwanted:
            probability = self.estimate(term, own_only)
            scores *= 1 - np.minimum(probability, 1)
            scores[probability >= CERTAIN] = -np.inf
        return scores

    def estimate(self, term: Term, own_only: bool = False) -> NDArray[np.float32]:
        """(n,) probabilities that a term holds."""
        if own_only:
            found = np.zeros(len(self), np.float32)
        elif term.tag is not None:
            found = self.vectors.read_probabilities(term.tag)
        else:
            found = self.meaning.estimate(term.text, len(self))
        own = own_search.find_contents(self.store, term.text)
        found[self.vectors.find_places(own)] = 1
        return found

    def _describe(self, place: int, score: float, within: str | None) -> FoundPhoto | None:
        """A found photo with its files; None where it has left the index meanwhile."""
        number = int(self.vectors.photos[place])
        rows = self.store.execute(
            "SELECT path, keywords, title, taken, top FROM files JOIN contents "
            "ON contents.id = content WHERE content = ? ORDER BY path",
            (number,),
        ).fetchall()
        rows = [row for row in rows if own_search.lies_within(os.fsdecode(row[0]), within)]
        if not rows:
            return None
        paths = [os.fsdecode(row[0]) for row in rows]
        _, keywords, title, taken, top = rows[0]
        tags = tuple((tag, float(of)) for tag, of in json.loads(top or "[]"))
        own = tuple(json.loads(keywords))
        return FoundPhoto(paths[0], score, tags, own, title, taken, tuple(paths[1:]))
