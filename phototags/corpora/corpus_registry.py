"""Registry of corpora and their sources, the user's own tables included.

Light on purpose: the Snakefile imports it. The readers are in `phototags.corpora.readers`.
"""

import difflib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from phototags.corpora.corpus import Corpus, make_corpus
from phototags.corpora.published_corpora import KNOWN
from phototags.download.sources import Source
from phototags.errors import CorpusError, ParamsError

if TYPE_CHECKING:
    from phototags.params.own_tables import OwnTable

CORPORA = {corpus.name: corpus for corpus in KNOWN}
COLLECTIONS = {
    "wordnet": (
        Source(
            "wordnet-base.deb",
            "wordnet/wordnet-base.deb",
            package="wordnet-base",
            licence="WordNet licence, free to use and to pass on",
            citation="Fellbaum (ed.), WordNet: An Electronic Lexical Database, MIT Press 1998",
        ),
    ),
}
"""What is fetched besides the corpora, by the folder under `data/sources`."""
LAYOUTS = {
    ("packaged", "listed"): ("table", ("photos.tsv", "images.tar")),
    ("packaged", "folders"): ("folders", ("images.tar",)),
    ("packaged", "keywords"): ("keywords", ("images.tar",)),
    ("web", "listed"): ("table-web", ("photos.tsv",)),
}
"""Reader and files of an own table, by its `pictures` and `tags`."""


def find_corpus(
    name: str, tables: Mapping[str, "OwnTable"], samples: Mapping[str, int | None] | None = None
) -> Corpus:
    """Look up a corpus by name: a known one, or one of the user's own tables.

    Args:
        samples: how many photos to take, by corpus; all of a corpus that is missing.

    Raises:
        ParamsError: when there is none of that name, or a table takes the name of a known corpus.

    >>> find_corpus("flickr8k", {}).files
    ['photos.tsv', 'images.tar']
    """
    taken = sorted(set(tables) & (CORPORA.keys() | COLLECTIONS.keys()))
    if taken:
        raise ParamsError(
            f"corpora.tables names {taken[0]!r}, but phototags already has a corpus or collection "
            "of that name. Give your table another name (and its folder in the mirror too)."
        )
    if name in CORPORA:
        found = CORPORA[name]
    elif name in tables:
        found = _make_own_corpus(name, tables[name])
    else:
        known = [*CORPORA, *tables]
        closest = difflib.get_close_matches(name, known, n=1, cutoff=0.5) or known
        raise ParamsError(
            f"no corpus is called {name!r}; closest: {', '.join(closest)}. Correct experiments in "
            "params.yaml, or describe your own pictures under corpora.tables."
        )
    return found.limit((samples or {}).get(name))


def find_pictures(name: str) -> str:
    """Find the corpus under whose name a corpus' shards and features lie: itself, if no view.

    >>> find_pictures("corel5k-260"), find_pictures("corel5k")
    ('corel5k', 'corel5k')
    """
    return CORPORA[name].pictures_of if name in CORPORA else name


def _make_own_corpus(name: str, own: "OwnTable") -> Corpus:
    reader, files = LAYOUTS[own.pictures, own.tags]
    paths = [f"{name}/{file}" for file in files]
    terms = {"licence": own.licence, "citation": own.citation, "pictures": own.pictures}
    more = terms | {"separators": own.separators, "levels": own.levels}
    return make_corpus(name, own.photos, paths, reader=reader, **more)


def find_sources(name: str, tables: Mapping[str, "OwnTable"]) -> tuple[Source, ...]:
    """Look up the sources of a corpus, of corpora that share their files, or of a collection.

    Raises:
        ParamsError: when there is none of that name.
    """
    if name in COLLECTIONS:
        return COLLECTIONS[name]
    sharing = [known for known in CORPORA.values() if known.folder == name]
    shared = {source.file: source for known in sharing for source in known.sources}
    return tuple(shared.values()) or find_corpus(name, tables).sources


def check_count(corpus: Corpus, listed: int) -> None:
    """Refuse a listing of more photos than there are shards for.

    Raises:
        CorpusError: naming the number to write.
    """
    if listed > corpus.photos:
        where = (
            f"the photos of {corpus.name!r} in phototags/corpora/published_corpora.py"
            if corpus.name in CORPORA
            else f"corpora.tables.{corpus.name}.photos in params.yaml"
        )
        raise CorpusError(
            f"{corpus.name} lists {listed} photos, but is declared to have at most "
            f"{corpus.photos}. Set {where} to {listed}."
        )
