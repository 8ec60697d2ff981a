"""Every corpus that phototags knows: where its files come from and what may be done with them.

Light on purpose: the Snakefile imports it. The readers are in `phototags.corpora.readers`.
"""

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from phototags.corpora.corpus import Corpus, corpus_of
from phototags.corpora.published_corpora import PUBLISHED
from phototags.download.sources import Source
from phototags.errors import CorpusError, ParamsError


@dataclass(frozen=True)
class Table:
    """What params say of the user's own pictures (config.Table; an edit there fetches nothing)."""

    photos: int
    licence: str
    citation: str
    pictures: Literal["packaged", "web"] = "packaged"
    tags: Literal["listed", "folders"] = "listed"


COREL_LICENCE = "research use only, never republished: the pictures are Corel's"
COREL_CITATION = (
    "Duygulu, Barnard, de Freitas & Forsyth, Object Recognition as Machine Translation, ECCV 2002"
)
BUILT_IN = (
    corpus_of(
        "openclipart",
        "openclipart",
        8121,
        packages=("openclipart-png", "openclipart-svg"),
        licence="public domain",
        citation="the contributors of the Open Clip Art Library, by Debian's openclipart packages",
    ),
    corpus_of(
        "tuxpaint",
        "tuxpaint",
        796,
        packages=("tuxpaint-stamps-default",),
        licence="GPL-2",
        citation="Bill Kendrick and contributors, Tux Paint Stamps, by Debian's package",
    ),
    corpus_of(
        "corel5k",
        "table",
        4999,
        mirrored=("corel5k/photos.tsv", "corel5k/images.tar"),
        licence=COREL_LICENCE,
        citation=COREL_CITATION,
    ),
    corpus_of(
        "corel5k-260",
        "inria",
        4999,
        mirrored=(
            "corel5k/images.tar",
            "corel5k/inria260/corel_train_list.txt",
            "corel5k/inria260/corel_test_list.txt",
            "corel5k/inria260/corel_train_annot.txt",
            "corel5k/inria260/corel_test_annot.txt",
            "corel5k/inria260/recovered_words.tsv",
        ),
        licence=COREL_LICENCE,
        citation=f"{COREL_CITATION}; its 260-word form: Guillaumin, Mensink, Verbeek & Schmid, "
        "TagProp, ICCV 2009",
    ),
    corpus_of(
        "flickr8k",
        "table",
        4000,
        mirrored=("flickr8k/photos.tsv", "flickr8k/images.tar"),
        licence="non-commercial research only, never republished",
        citation="Hodosh, Young & Hockenmaier, Framing Image Description as a Ranking Task, "
        "JAIR 47, 2013",
    ),
)
CORPORA = {corpus.name: corpus for corpus in (*BUILT_IN, *PUBLISHED)}
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


def tables_of(settings: str) -> dict[str, Table]:
    """The user's own tables from their JSON, which the Snakefile has validated.

    >>> tables_of('{"mine": {"photos": 3, "licence": "CC0", "citation": ""}}')["mine"].photos
    3
    """
    return {name: Table(**own) for name, own in json.loads(settings).items()}


def corpus(
    name: str, tables: Mapping[str, Table], samples: Mapping[str, int | None] | None = None
) -> Corpus:
    """The corpus of that name: one of ours, or one of the user's own tables.

    Args:
        samples: how many photos to take, of those corpora of which not all are wanted.

    Raises:
        ParamsError: when there is none of that name, or when a table takes a name of ours.

    >>> corpus("flickr8k", {}).files
    ['photos.tsv', 'images.tar']
    """
    taken = sorted(set(tables) & (CORPORA.keys() | COLLECTIONS.keys()))
    if taken:
        raise ParamsError(
            f"corpora.tables names {taken[0]!r}, but phototags already has a corpus or collection "
            "of that name. Give your table another name (and its folder in the mirror too)."
        )
    sample = (samples or {}).get(name)
    if name in CORPORA:
        return CORPORA[name].sampled(sample)
    if name not in tables:
        known = [*CORPORA, *tables]
        closest = difflib.get_close_matches(name, known, n=1, cutoff=0.5) or known
        raise ParamsError(
            f"no corpus is called {name!r}; closest: {', '.join(closest)}. Correct experiments in "
            "params.yaml, or describe your own pictures under corpora.tables."
        )
    own = tables[name]
    reader, files = {
        ("packaged", "listed"): ("table", ("photos.tsv", "images.tar")),
        ("packaged", "folders"): ("folders", ("images.tar",)),
        ("web", "listed"): ("table-web", ("photos.tsv",)),
    }[own.pictures, own.tags]
    return corpus_of(
        name,
        reader,
        own.photos,
        mirrored=tuple(f"{name}/{file}" for file in files),
        licence=own.licence,
        citation=own.citation,
        pictures=own.pictures,
    ).sampled(sample)


def sources_of(name: str, tables: Mapping[str, Table]) -> tuple[Source, ...]:
    """The sources of a corpus, of corpora that share their files, or of another collection.

    Raises:
        ParamsError: when there is none of that name.
    """
    if name in COLLECTIONS:
        return COLLECTIONS[name]
    sharing = [known for known in CORPORA.values() if known.folder == name]
    shared = {source.file: source for known in sharing for source in known.sources}
    return tuple(shared.values()) or corpus(name, tables).sources


def check_count(corpus: Corpus, listed: int) -> None:
    """Refuse a listing of more photos than there are shards for.

    Raises:
        CorpusError: naming the number to write.
    """
    if listed > corpus.photos:
        where = (
            f"CORPORA[{corpus.name!r}].photos in phototags/corpora/corpus_registry.py"
            if corpus.name in CORPORA
            else f"corpora.tables.{corpus.name}.photos in params.yaml"
        )
        raise CorpusError(
            f"{corpus.name} lists {listed} photos, but is declared to have at most "
            f"{corpus.photos}. Set {where} to {listed}."
        )
