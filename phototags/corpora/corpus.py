"""Description of a corpus, complete before anything is fetched."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from phototags.corpora.source_addresses import KNOWN_FILES
from phototags.download.sources import Source

PUBLISHABLE = (
    "public domain ",
    "cc0 ",
    "cc by ",
    "cc by-sa ",
    "gpl-",
    "free of charge and without",
)
"""Beginnings of licences under which pictures may be passed on."""


@dataclass(frozen=True)
class Corpus:
    """A corpus: its files, licence and reader.

    Args:
        name: the folder of its files in `data/corpora`.
        reader: the name of its reader in `phototags.corpora.readers`.
        photos: how many photos it lists, at most; known before anything is fetched, because
            the number of shards depends on it.
        sources: its files.
        licence: of its pictures.
        citation: the work to cite.
        pictures: whether they are `packaged` in the sources or on the `web`, each at its photo_url.
        sample: how many photos are taken of it, chosen by a hash of their ids; None takes all.
        collection: the folder of its sources, which corpora on the same files share.
        view_of: the corpus whose photos have other tags here; they are packed and embedded
            there, once for all its views. Empty for a corpus with pictures of its own.
        separators: characters between the tags of an own table's photo.
        levels: which levels of hierarchical keywords are tags, where photos' keywords are.
    """

    name: str
    reader: str
    photos: int
    sources: tuple[Source, ...]
    licence: str
    citation: str
    pictures: Literal["packaged", "web"] = "packaged"
    sample: int | None = None
    collection: str = ""
    view_of: str = ""
    separators: str = ","
    levels: Literal["all", "last", "whole"] = "all"

    @property
    def publishable(self) -> bool:
        """Whether its licence lets everybody pass on its pictures, so that git may track them."""
        stated = f"{self.licence.strip().casefold()} "
        return stated.startswith(PUBLISHABLE)

    @property
    def files(self) -> list[str]:
        """Names of its files under `data/sources/{folder}`."""
        return [source.file for source in self.sources]

    @property
    def folder(self) -> str:
        """The folder of its sources under `data/sources`."""
        return self.collection or self.name

    @property
    def pictures_of(self) -> str:
        """The corpus under whose name its pictures and their features lie."""
        return self.view_of or self.name

    def limit(self, photos: int | None) -> "Corpus":
        """Take only a sample of this many photos; None takes what the corpus itself has."""
        if photos is None:
            return self
        known = self.photos if self.sample is None else photos
        return replace(self, photos=min(known, photos), sample=photos)


def make_corpus(
    name: str, photos: int, paths: Iterable[str], *, reader: str = "", **more
) -> Corpus:
    """Describe a corpus by the paths of its files in a mirror.

    Args:
        paths: packages of Debian, `FOLDER/PACKAGE.deb`, are kept as the tar of their files; of
            a compressed tar the path ends with `.tar`, since it is kept uncompressed.
        reader: the corpus' own name, where empty.
        more: the other fields of the corpus; its licence and citation are those of its files.
    """
    terms = {key: more[key] for key in ("licence", "citation")}
    sources = [_make_source(path, **terms) for path in paths]
    return Corpus(name, reader or name, photos, tuple(sources), **more)


def _make_source(path: str, **terms: str) -> Source:
    folder, _, file = path.rpartition("/")
    package = file.removesuffix(".deb")
    if package != file:
        return Source(f"{package}.tar", path, package=package, **terms)
    known = KNOWN_FILES.get(path, {})
    published = (known.get("url") or file).rpartition("/")[2]
    return Source(file, f"{folder}/{published}", **known, **terms)
